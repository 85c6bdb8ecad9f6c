"""Denoise and blend masks: ramps where the formulas put them, exact zeros, nothing vanishing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sfumato_protocol.errors import InvalidField
from sfumato_protocol.geometry import Extent
from sfumato_server.imaging.arrays import Float, Mask
from sfumato_server.imaging.masks.zones import SelectionShape, blend_mask

from .shapes import (
    Field,
    Implicit,
    coverage,
    disc,
    grid,
    half_plane,
    line,
    outside,
    smoothstep,
    union,
)

SIZE = 200
RADIUS = 50.3
DISC = disc(100.2, 99.6, RADIUS)
LENGTHS = {"grow": 6.0, "feather": 12.0, "width": 9.0, "keep_inside": 0.0}
KNOWN: dict[str, Callable[[Field], Field]] = {
    "whole": lambda d: smoothstep((d + 6 + 12) / 12),
    "ring": lambda d: smoothstep((9 + 12 - abs(d)) / 12),
    "wide": lambda d: smoothstep((d + 6 + 12) / 12),
}


def drawn(shape: Implicit | Mask, zone: str = "whole", **changed: float) -> Float:
    selection = shape if isinstance(shape, np.ndarray) else coverage(shape, SIZE)
    asked = {**LENGTHS, **changed}
    inside = bool(asked.pop("keep_inside"))
    return SelectionShape(selection).denoise_mask(Extent(zone, keep_inside=inside, **asked))


def crossing(profile: Float, level: float) -> float:
    """Where a falling profile passes `level`, in px."""
    last = np.flatnonzero(profile >= level)[-1]
    share = (profile[last] - level) / (profile[last] - profile[last + 1])
    return float(last + share)


@pytest.mark.parametrize("zone", KNOWN)
def test_ramps_lie_within_half_a_pixel_of_the_formula(zone: str) -> None:
    for shape in (DISC, half_plane(0.4, 130.1), outside(DISC)):
        mask = drawn(shape, zone)
        distance = shape(*grid(SIZE))[40:160, 40:160]
        lower, upper = KNOWN[zone](distance - 0.5), KNOWN[zone](distance + 0.5)
        low, high = np.minimum(lower, upper), np.maximum(lower, upper)
        middle = mask[40:160, 40:160]
        assert mask.dtype == np.float32
        assert (middle >= low - 0.02).all()
        assert (middle <= high + 0.02).all()


def test_the_ramp_is_exactly_as_long_as_the_feather() -> None:
    profile = drawn(half_plane(np.pi, -100.5))[100]
    assert crossing(profile, 0.5) == pytest.approx(100.5 + 6 + 6, abs=0.2)
    assert (profile[:106] == 1).all()
    assert (profile[119:] == 0).all()
    assert profile[117] > 0


def test_the_ring_lies_on_the_edge_with_equal_flanks() -> None:
    profile = drawn(half_plane(np.pi, -100.5), "ring")[100]
    assert (profile[92:109] == 1).all()
    assert crossing(profile, 0.5) == pytest.approx(100.5 + 9 + 6, abs=0.2)
    assert crossing(profile[::-1], 0.5) == pytest.approx(199 - (100.5 - 9 - 6), abs=0.2)
    assert (profile[:79] == 0).all()
    assert (profile[122:] == 0).all()


@pytest.mark.parametrize("zone", KNOWN)
def test_blend_is_full_by_the_middle_of_the_ramp_and_zero_with_it(zone: str) -> None:
    denoise = drawn(DISC, zone)
    blend = blend_mask(denoise)
    assert blend.dtype == np.uint8
    assert (blend[denoise >= 0.5] == 255).all()
    assert (blend[denoise == 0] == 0).all()
    assert np.abs(blend - 255 * smoothstep(2 * denoise.astype(np.float64))).max() <= 0.51
    order = np.argsort(denoise, axis=None)
    assert (np.diff(blend.ravel()[order].astype(int)) >= 0).all()


def test_masks_fall_monotonically_away_from_a_disc() -> None:
    known = DISC(*grid(SIZE))
    mask = drawn(DISC)
    means = [mask[np.abs(known - d) < 0.5].mean() for d in range(10, -25, -1)]
    assert (np.diff(means) <= 1e-3).all()


def test_islands_and_holes() -> None:
    def ring(x: Field, y: Field) -> Field:
        return np.minimum(disc(70, 100, 50)(x, y), -disc(70, 100, 30)(x, y))

    mask = drawn(union(ring, disc(165, 100, 10)), grow=0, feather=8)
    assert mask[100, 70] == 0
    assert mask[100, 30] == 1
    assert mask[100, 165] == 1
    assert mask[100, 138] == 0


def test_the_selection_goes_on_past_the_crop() -> None:
    selection = np.zeros((120, 120), np.uint8)
    selection[:, :60] = 255
    whole, ring = drawn(selection), drawn(selection, "ring")
    assert (whole[:, :60] == 1).all()
    assert (ring[:, :38] == 0).all()
    assert np.ptp(ring, axis=0).max() < 0.01


def test_a_full_selection_is_full_and_has_no_ring() -> None:
    full = np.full((40, 50), 255, np.uint8)
    for inside in (False, True):
        assert (drawn(full, keep_inside=inside) == 1).all()
        assert (drawn(full, "ring", keep_inside=inside) == 0).all()


@pytest.mark.parametrize("zone", KNOWN)
def test_an_empty_selection_is_nothing(zone: str) -> None:
    for inside in (False, True):
        assert (drawn(np.zeros((40, 50), np.uint8), zone, keep_inside=inside) == 0).all()


@pytest.mark.parametrize("zone", KNOWN)
@pytest.mark.parametrize("angle", [0, 0.3, np.pi / 4])
@pytest.mark.parametrize("width", [0.5, 1.0, 2.5])
def test_hairlines_are_never_lost(zone: str, angle: float, width: float) -> None:
    shape = line(angle, 100 * (np.cos(angle) + np.sin(angle)) + 0.2, width)
    selection = coverage(shape, SIZE)
    assert not SelectionShape(selection).soft
    along = np.abs(shape(*grid(SIZE)) - width / 2) < 0.5
    assert drawn(selection, zone)[along].min() == 1
    inside = drawn(selection, zone, keep_inside=True)
    # Each stretch of the line keeps a full core even when it must stay inside.
    assert inside.max() == 1
    assert (inside[selection == 0] == 0).all()


@pytest.mark.parametrize("zone", KNOWN)
@pytest.mark.parametrize("inside", [False, True])
def test_one_pixel_is_never_lost(zone: str, inside: bool) -> None:
    selection = np.zeros((60, 60), np.uint8)
    selection[30, 30] = 255
    mask = drawn(selection, zone, keep_inside=inside)
    assert mask[30, 30] == pytest.approx(1)
    assert np.count_nonzero(mask) == 1 or not inside


@pytest.mark.parametrize("zone", KNOWN)
def test_keep_inside_changes_nothing_outside(zone: str) -> None:
    selection = coverage(union(DISC, disc(20, 20, 2.4)), SIZE)
    mask = drawn(selection, zone, keep_inside=True)
    assert (mask[selection < 128] == 0).all()
    assert (blend_mask(mask)[selection < 128] == 0).all()
    assert mask.max() == 1
    # The islet is smaller than the feather: its ramp is as long as it is deep.
    assert mask[15:26, 15:26].max() == pytest.approx(1)


def test_keep_inside_shifts_the_ramp_to_end_at_the_edge() -> None:
    profile = drawn(half_plane(np.pi, -100.5), keep_inside=True)[100]
    assert crossing(profile, 0.5) == pytest.approx(100.5 - 6, abs=0.2)
    assert profile[88] == 1


def test_no_feather_is_an_edge_of_one_pixel() -> None:
    profile = drawn(half_plane(np.pi, -100.5), feather=0, grow=0)[100]
    assert crossing(profile, 0.5) == pytest.approx(100.5, abs=0.3)
    assert np.count_nonzero((profile > 0) & (profile < 1)) <= 2
    thin = drawn(half_plane(np.pi, -100.5), "ring", feather=0, width=0)[100]
    assert thin.max() == 1
    assert np.count_nonzero(thin) <= 4


def feathered(transition: float, peak: int = 255) -> Mask:
    x, y = grid(SIZE)
    share = np.clip((RADIUS - np.hypot(x - 100.2, y - 99.6)) / transition + 0.5, 0, 1)
    selection: Mask = np.rint(peak * share).astype(np.uint8)
    return selection


@pytest.mark.parametrize(("transition", "soft"), [(1, False), (2, False), (4, True), (20, True)])
def test_a_feather_is_told_from_anti_aliasing(transition: float, soft: bool) -> None:
    assert SelectionShape(feathered(transition)).soft is soft


@pytest.mark.parametrize("peak", [255, 102])
@pytest.mark.parametrize("inside", [False, True])
def test_the_artists_own_feather_is_honoured_exactly(peak: int, inside: bool) -> None:
    selection = feathered(30, peak)
    mask = drawn(selection, keep_inside=inside)
    off = np.abs(mask * 255 - selection)
    assert off.max() <= 3.01, "levels up to 3 from the ends are the ends"
    assert off[(selection >= 12) & (selection <= 243)].max() < 0.01


def test_ring_and_wide_of_a_feathered_selection() -> None:
    selection = feathered(30)
    known = DISC(*grid(SIZE))
    ring = drawn(selection, "ring")
    assert np.abs(ring - KNOWN["ring"](known)).max() < 0.1
    wide = drawn(selection, "wide", feather=24.0)
    assert (wide >= selection / 255 - 1e-6).all()
    assert wide[np.abs(known + 20) < 1].min() > 0
    for zone in ("ring", "wide"):
        kept = drawn(selection, zone, keep_inside=True)
        assert (kept[selection == 0] == 0).all()
        assert kept.max() == 1


def test_a_uniformly_faint_selection_stays_faint() -> None:
    selection = np.zeros((80, 80), np.uint8)
    selection[20:60, 20:60] = 102
    assert drawn(selection).max() == pytest.approx(0.4)
    assert drawn(selection, "ring")[20, 40] == 1


def test_an_unknown_zone_and_a_wrong_array_are_refused() -> None:
    with pytest.raises(InvalidField, match="halo"):
        drawn(DISC, "halo")
    with pytest.raises(ValueError, match="float64"):
        SelectionShape(np.zeros((3, 3)))  # type: ignore[arg-type]


some_px = st.floats(0, 40, width=32)
selections = arrays(
    np.uint8,
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    elements=st.sampled_from([0, 0, 128, 255]),
)


@settings(max_examples=80, deadline=None)
@given(selections, st.sampled_from(sorted(KNOWN)), some_px, some_px, some_px, st.booleans())
def test_any_mask_is_bounded_and_stays_in_reach(
    selection: Mask, zone: str, grow: float, feather: float, width: float, inside: bool
) -> None:
    shape = SelectionShape(selection)
    mask = shape.denoise_mask(Extent(zone, grow, feather, width, inside))
    blend = blend_mask(mask)
    assert mask.shape == selection.shape
    assert mask.min() >= 0
    assert mask.max() <= 1
    assert (blend[mask == 0] == 0).all()
    if inside:
        assert (mask[selection == 0] == 0).all()
    reach = max(feather, 1) + (max(width, 0.5) if zone == "ring" else grow)
    outer = (shape.distance < -reach - 1e-3) & (selection == 0)
    assert (mask[outer] == 0).all()
    if selection.max() >= 128 and zone != "ring":
        assert mask.max() >= 0.5
