"""Masks that are only looked at are drawn small, and lie where those that run lie."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from sfumato_protocol.geometry import Extent, MaskSettings, Rect, default_masks, pass_extent
from sfumato_server.imaging.arrays import Mask
from sfumato_server.imaging.masks.drawn import drawn
from sfumato_server.imaging.masks.glance import glance
from sfumato_server.imaging.masks.zones import SelectionShape

SIZE = (2100, 1700)  # height, width
OFF = 16  # levels, next to where it is


def empty() -> Mask:
    return np.zeros(SIZE, np.uint8)


def blob() -> Mask:
    return np.asarray(
        cv2.ellipse(empty(), (800, 1000), (400, 620), 20, 0, 360, 255, -1, cv2.LINE_AA), np.uint8
    )


def blurred(sigma: float) -> Callable[[], Mask]:
    return lambda: np.asarray(cv2.GaussianBlur(blob(), (0, 0), sigma), np.uint8)


def lasso() -> Mask:
    corners = np.array([(300, 300), (1300, 500), (1000, 900), (1500, 1700), (400, 1500)])
    return np.asarray(cv2.fillPoly(empty(), [corners], 255), np.uint8)


def islands() -> Mask:
    mask = empty()
    for x, y, radius in ((300, 300, 200), (1100, 500, 300), (700, 1500, 400)):
        cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    return mask


def half_selected() -> Mask:
    return np.asarray(blob() // 2, np.uint8)


def inverted() -> Mask:
    return np.asarray(255 - blurred(9)(), np.uint8)


LARGE = {
    "sharp": blob,
    "ramp of 12 px": blurred(3),
    "ramp of 80 px": blurred(20),
    "ramp of 240 px": blurred(60),
    "lasso": lasso,
    "islands": islands,
    "half selected": half_selected,
    "inverted": inverted,
}


def dotted() -> Mask:
    mask = blob()
    mask[100, 1600] = 255
    return mask


def hairy() -> Mask:
    return np.asarray(cv2.line(blob(), (800, 1000), (1600, 100), 255, 1, cv2.LINE_AA), np.uint8)


def slit() -> Mask:
    return np.asarray(cv2.line(blob(), (500, 1000), (1100, 1000), 0, 1), np.uint8)


THIN = {"a dot": dotted, "a hair": hairy, "a slit": slit}


def ladder(masks: MaskSettings) -> list[Extent]:
    return [pass_extent(zone, 1.0, 1.0, masks) for zone in ("whole", "ring", "wide")]


AUTO = default_masks(Rect(0, 0, SIZE[1], SIZE[0]), Rect(300, 300, 1000, 1200))
SETTINGS = {
    "auto": AUTO,
    "by hand": MaskSettings(30, 12, 16, 90),
    "inside": MaskSettings(24, 0, 16, 60, keep_inside=True),
}


@pytest.mark.parametrize(
    ("selection", "settings", "longest"),
    [
        *((selection, settings, 384) for selection in LARGE for settings in SETTINGS),
        *((selection, "auto", 1024) for selection in ("lasso", "ramp of 12 px", "ramp of 80 px")),
    ],
)
def test_edges_lie_within_a_pixel_of_what_is_shown(
    selection: str, settings: str, longest: int
) -> None:
    mask, extents = LARGE[selection](), ladder(SETTINGS[settings])
    seen = glance(mask, longest)
    exact = (selection, longest) == ("ramp of 12 px", 1024)
    assert (seen.scale == 1) is exact
    if not exact:
        assert max(seen.shape.selection.shape) == round(SIZE[0] / seen.scale) < SIZE[0] * 0.7
    half = (selection, settings) == ("half selected", "inside")
    assert seen.suits(extents) is not half
    if exact or half:
        return
    small = drawn(seen.shape, map(seen.scaled, extents), longest)
    large = drawn(SelectionShape(mask), extents, longest)
    for mine, theirs in zip(sum(small, ()), sum(large, ()), strict=True):
        assert mine.shape == theirs.shape
        assert _off(mine, theirs) <= OFF
        assert np.abs(mine.astype(int) - theirs).mean() < 1.5


def _off(mine: Mask, theirs: Mask) -> int:
    """How many levels it is off from anything within a pixel."""
    around = np.ones((3, 3), np.uint8)
    above = cv2.subtract(mine, cv2.dilate(theirs, around))
    below = cv2.subtract(cv2.erode(theirs, around), mine)
    return max(int(above.max()), int(below.max()))


@pytest.mark.parametrize("selection", THIN)
def test_what_is_too_thin_is_drawn_as_it_is(selection: str) -> None:
    mask = THIN[selection]()
    seen = glance(mask, 384)
    assert seen.scale == 1
    assert seen.shape.selection.shape == SIZE
    extent = ladder(AUTO)[0]
    assert seen.suits([extent])
    assert seen.scaled(extent) == extent


def test_islands_that_are_fitted_on_their_own_scale_are_drawn_as_they_are() -> None:
    mask = blob()
    cv2.circle(mask, (1600, 100), 25, 255, -1, cv2.LINE_AA)
    seen = glance(mask, 384)
    assert seen.scale > 1
    assert not seen.suits(ladder(AUTO))
    assert seen.suits(ladder(SETTINGS["by hand"]))


def test_ramps_finer_than_what_is_drawn_are_drawn_as_they_are() -> None:
    seen = glance(blob(), 384)
    assert seen.scale > 3
    assert not seen.suits(ladder(MaskSettings(0, 0, 0, 0)))
    assert not seen.suits([Extent("ring", 0.0, 4.0, 2.0)])


@pytest.mark.parametrize(("size", "longest"), [(2100, 0), (700, 384), (1200, 1024)])
def test_what_is_wanted_large_or_is_small_is_exact(size: int, longest: int) -> None:
    selection = np.zeros((size, size), np.uint8)
    selection[size // 3 : size // 2, size // 3 : size // 2] = 255
    assert glance(selection, longest).scale == 1
