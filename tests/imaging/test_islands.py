"""Lengths that nobody chose: each island gets its own, none reaches into another."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfumato_protocol.geometry import WHOLE, WIDE, Extent, Rect, default_masks, pass_extent
from sfumato_server.imaging.arrays import Float, Mask
from sfumato_server.imaging.masks.zones import SelectionShape

from .shapes import coverage, disc, grid, line, union

SIZE = 240
CANVAS = Rect(0, 0, 1200, 900)


def drawn(selection: Mask, zone: str = WHOLE, factor: float = 1.0) -> Float:
    """D as a client asks for it who chooses nothing."""
    x, y, width, height = cv2.boundingRect(selection)
    masks = default_masks(CANVAS, Rect(x, y, width, height))
    return SelectionShape(selection).denoise_mask(pass_extent(zone, factor, 1.0, masks))


def pieces(mask: Float) -> int:
    return cv2.connectedComponents((mask > 0).astype(np.uint8))[0] - 1


def across(mask: Float, row: int) -> int:
    return int(np.count_nonzero(mask[row]))


@pytest.mark.parametrize(("radius", "most"), [(3.5, 14), (11.5, 34), (40, 112)])
def test_a_spot_s_mask_is_hardly_larger_than_the_spot(radius: float, most: int) -> None:
    mask = drawn(coverage(disc(120, 120, radius), SIZE))
    assert 2 * radius + 4 <= across(mask, 120) <= most
    assert mask.max() == 1


@pytest.mark.parametrize("radius", [3.5, 11.5, 40])
def test_a_wide_mask_reaches_no_further_than_the_region_is_large(radius: float) -> None:
    mask = drawn(coverage(disc(120, 120, radius), SIZE), WIDE)
    assert across(mask, 120) <= 3 * 2 * radius + 1
    assert across(mask, 120) >= 3 * radius


def test_a_speck_beside_a_face_gets_a_feather_of_its_own() -> None:
    face, speck = disc(85, 120, 70), disc(205, 120, 5)
    mask = drawn(coverage(union(face, speck), SIZE))
    alone = drawn(coverage(face, SIZE))
    np.testing.assert_allclose(mask[:, :150], alone[:, :150], atol=1e-5)
    assert across(mask[:, 180:], 120) <= 2 * 5 + 2 * 3 + 1
    assert across(mask[:, :180], 120) >= 2 * 70 + 2 * 14


def test_a_long_scratch_gets_the_feather_of_its_width() -> None:
    mask = drawn(coverage(line(np.pi / 4, 170, 5), SIZE))
    off = np.abs(line(np.pi / 4, 170, 0)(*grid(SIZE)))
    assert off[mask > 0].max() <= 2.5 + 3 + 0.7


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(2, 26)),
        min_size=2, max_size=7, unique_by=lambda spot: spot[:2],
    ),
    st.sampled_from(["whole", "wide"]),
)  # fmt: skip
def test_spots_at_least_8_px_apart_stay_apart(spots: list[tuple[int, int, int]], zone: str) -> None:
    placed = [disc(30 + 60 * column, 30 + 60 * row, radius) for column, row, radius in spots]
    selection = coverage(union(*placed), SIZE)
    mask = drawn(selection, zone)
    assert pieces(mask) == len(spots)
    for column, row, _ in spots:
        assert mask[30 + 60 * row, 30 + 60 * column] == 1


def test_where_islands_are_near_the_ramp_shortens_there_only_and_without_a_step() -> None:
    mask = drawn(coverage(union(disc(75, 120, 60), disc(180, 120, 30)), SIZE))
    assert pieces(mask) == 2
    assert np.count_nonzero(mask[120, 135:151]) < 15
    assert np.count_nonzero(mask[120, :15]) >= 13, "the far side keeps the whole ramp"
    steps = np.abs(np.diff(mask, axis=0)).max(), np.abs(np.diff(mask, axis=1)).max()
    assert max(steps) < 1.5 / 2 + 0.05, "no steeper than the least feather of 2 px"


def test_what_stays_inside_is_not_shortened_for_a_neighbour() -> None:
    face, speck = disc(85, 120, 70), disc(170, 120, 10)
    extent = Extent(WHOLE, 5.0, 10.0, 0.0, keep_inside=True, fit=1.0)
    both, alone = (
        SelectionShape(coverage(shape, SIZE)).denoise_mask(extent)
        for shape in (union(face, speck), face)
    )
    np.testing.assert_allclose(both[:, :157], alone[:, :157], atol=1e-5)


def test_chosen_lengths_are_drawn_as_given() -> None:
    selection = coverage(union(disc(60, 120, 12), disc(100, 120, 12)), SIZE)
    mask = SelectionShape(selection).denoise_mask(Extent(WHOLE, 6.0, 12.0, 0.0))
    assert pieces(mask) == 1
    assert across(mask[:, :72], 120) == pytest.approx(12 + 18 + 12, abs=1)


def test_a_ramp_is_never_under_what_the_model_can_blend() -> None:
    selection = coverage(disc(120, 120, 6), SIZE)
    extent = Extent(WHOLE, 5.0, 20.0, 0.0, fit=1.0, narrowest=16.0)
    mask = SelectionShape(selection).denoise_mask(extent)
    assert across(mask, 120) == pytest.approx(12 + 2 * (1 + 16), abs=2)
