"""A selection's own softness: told place by place, and never by a threshold."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from sfumato_protocol.geometry import RING, WHOLE, WIDE, ZONES, Extent
from sfumato_server.imaging.arrays import Float, Mask
from sfumato_server.imaging.masks.zones import SelectionShape, blend_mask

from .shapes import coverage, disc, grid

SIZE = 200
EDGE = 100
GROW, FEATHER = 5.0, 10.0


def drawn(selection: Mask, zone: str = WHOLE, keep_inside: bool = False) -> Float:
    return SelectionShape(selection).denoise_mask(Extent(zone, GROW, FEATHER, 8.0, keep_inside))


def levels(share: np.ndarray, low: int = 0, high: int = 255) -> Mask:
    selection: Mask = np.rint(low + np.clip(share, 0, 1) * (high - low)).astype(np.uint8)
    return selection


def ramp(width: float | np.ndarray, low: int = 0, high: int = 255) -> Mask:
    """Selected to the left of `EDGE`; the linear ramp across it is `width` px wide."""
    x, _ = grid(SIZE)
    return levels((EDGE - 0.5 - x) / width + 0.5, low, high)


def blurred(selection: Mask, sigma: float) -> Mask:
    return cv2.GaussianBlur(selection, (0, 0), sigma).astype(np.uint8)


def reach(mask: Float, row: int = SIZE // 2) -> int:
    """px past the edge where the mask still is above 0."""
    return int(np.count_nonzero(mask[row, EDGE:]))


HARD = drawn(ramp(1))


@pytest.mark.parametrize(
    ("low", "high"), [(0, 252), (0, 251), (16, 235), (3, 240), (0, 235), (16, 255)]
)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("inside", [False, True])
def test_levels_near_the_ends_are_the_ends(low: int, high: int, zone: str, inside: bool) -> None:
    expected = drawn(ramp(1), zone, inside)
    np.testing.assert_allclose(drawn(ramp(1, low, high), zone, inside), expected, atol=0.02)


def test_noise_around_black_and_white_is_not_selected() -> None:
    off = np.random.default_rng(3).integers(0, 4, (SIZE, SIZE)).astype(np.int16)
    noisy = np.where(ramp(1) > 0, 255 - off, off).astype(np.uint8)
    np.testing.assert_allclose(drawn(noisy), HARD, atol=0.02)


@pytest.mark.parametrize("width", [10, 14, 30, 80])
def test_a_ramp_of_at_least_the_feather_is_honoured_as_drawn(width: int) -> None:
    selection = ramp(width)
    assert np.abs(drawn(selection) - selection / 255.0).max() < 0.013


@pytest.mark.parametrize("sigma", [0.5, 0.8, 1.1])
def test_a_slight_blur_keeps_the_reach(sigma: float) -> None:
    assert reach(drawn(blurred(ramp(1), sigma))) >= reach(HARD) - 3
    assert reach(HARD) >= 15


@pytest.mark.parametrize("width", [2.0, 3.0, 4.0, 5.0])
def test_a_narrower_ramp_is_widened_to_the_feather(width: float) -> None:
    mask = drawn(ramp(width))[SIZE // 2]
    assert (mask >= ramp(width)[SIZE // 2] / 255.0 - 1e-6).all()
    assert np.count_nonzero((mask > 0) & (mask < 1)) >= FEATHER - 2
    assert np.abs(np.diff(mask)).max() <= 1.5 / FEATHER + 0.05


def test_the_mask_follows_the_ramp_without_a_jump() -> None:
    masks = [drawn(ramp(width)) for width in np.arange(1, 14, 0.1)]
    steps = [np.abs(after - before).max() for before, after in pairwise(masks)]
    assert max(steps) < 0.16


@pytest.mark.parametrize("width", [1, 2, 3, 3.5, 5, 6, 7, 10, 20])
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("inside", [False, True])
def test_one_level_more_or_less_changes_the_mask_by_little(
    width: float, zone: str, inside: bool
) -> None:
    selection = ramp(width)
    partial = (selection > 0) & (selection < 255)
    for step in (-1, 1):
        off = np.random.default_rng(1).integers(0, 2, selection.shape) * step * partial
        changed: Mask = (selection + off).astype(np.uint8)
        assert np.abs(drawn(changed, zone, inside) - drawn(selection, zone, inside)).max() < 0.08


def test_one_feathered_spot_leaves_other_edges_alone() -> None:
    x, y = grid(2 * SIZE)
    hard = levels((EDGE - x) + 0.5)
    spot = levels((20 - np.hypot(x - 300, y - 200)) / 30 + 0.5)
    mask = drawn(np.maximum(hard, spot))
    np.testing.assert_allclose(mask[:, :150], drawn(hard)[:, :150], atol=1e-5)
    assert np.abs(mask - spot / 255.0)[:, 220:].max() < 0.013


def test_along_one_outline_each_stretch_has_its_own_softness() -> None:
    x, y = grid(2 * SIZE)
    width = np.clip(1 + (y - 150) / 4, 1, 24)
    selection = levels((EDGE - 0.5 - x) / width + 0.5)
    mask = drawn(selection)
    np.testing.assert_allclose(mask[60:110], drawn(levels(EDGE - x))[60:110], atol=0.02)
    assert np.abs(mask - selection / 255.0)[260:].max() < 0.013
    assert np.abs(np.diff(mask, axis=0)).max() < 0.15


@pytest.mark.parametrize("level", [60, 126, 127, 128, 129, 200])
@pytest.mark.parametrize("inside", [False, True])
def test_a_partly_selected_region_is_that_much_denoised(level: int, inside: bool) -> None:
    mask = drawn(ramp(1, 0, level), WHOLE, inside)
    assert mask[:, :80] == pytest.approx(level / 255, abs=0.01)
    assert mask.max() <= level / 255 + 0.01
    if not inside:
        np.testing.assert_allclose(mask, HARD * (level / 255), atol=0.02)


def test_a_half_selected_region_beside_a_selected_one_does_not_jump() -> None:
    x, y = grid(300)
    inner = np.hypot(x - 150, y - 150) < 40
    plate = (np.abs(x - 150) < 100) & (np.abs(y - 150) < 100)
    masks = {}
    for level in (126, 127, 128, 129):
        selection = np.where(inner, 255, np.where(plate, level, 0)).astype(np.uint8)
        masks[level] = drawn(selection)
        assert masks[level][150, 75] == pytest.approx(level / 255, abs=0.01)
        assert masks[level][150, 45] > 0.4, "its outline has the job's feather"
        assert masks[level][150, 193] > 0.9, "and so has that of what lies in it"
    assert np.abs(masks[127] - masks[128]).max() < 0.2


@pytest.mark.parametrize("zone", ZONES)
def test_keep_inside_changes_nothing_outside_whatever_the_softness(zone: str) -> None:
    x, y = grid(2 * SIZE)
    width = np.clip(1 + (y - 100) / 8, 1, 24)
    selection = levels((EDGE - 0.5 - x) / width + 0.5)
    mask = drawn(selection, zone, keep_inside=True)
    assert (mask[selection == 0] == 0).all()
    assert (blend_mask(mask)[selection == 0] == 0).all()
    assert mask.max() > 0.99


def test_a_hairline_is_kept_beside_a_feathered_spot() -> None:
    x, y = grid(2 * SIZE)
    spot = levels((20 - np.hypot(x - 300, y - 200)) / 30 + 0.5)
    hairline = np.zeros_like(spot)
    hairline[:, 100] = 90
    for zone in (WHOLE, RING, WIDE):
        for inside in (False, True):
            mask = drawn(np.maximum(spot, hairline), zone, inside)
            assert mask[20:-20, 100].min() > (0.7 if inside else 0.99)


def test_an_anti_aliased_disc_is_sharp_and_a_blurred_one_soft() -> None:
    sharp = coverage(disc(100, 100, 50.3), SIZE)
    assert not SelectionShape(sharp).soft
    assert SelectionShape(blurred(sharp, 4)).soft
