"""A picture is known again by a few of its rows, and another one of its size is not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from fakes import plugin_values as values
from sfumato.core.context import UNKNOWN, Context, Look, is_elsewhere, remember, without
from sfumato_protocol.geometry import Rect

Picture = NDArray[Any]
CANVAS, CROP = Rect(0, 0, 512, 512), Rect(230, 280, 150, 160)


def photo() -> Picture:
    rgb = skimage.data.astronaut()
    return np.dstack([rgb[..., ::-1], np.full(rgb.shape[:2], 255, np.uint8)])


def drawing() -> Picture:
    """A line on white paper: most of it is the same anywhere."""
    paper = np.full((512, 512, 4), 255, np.uint8)
    for y in range(512):
        paper[y, y // 2 : y // 2 + 3, :3] = 0
    return paper


def sky() -> Picture:
    """Light that falls off to the right, alike in every row, and one small cloud."""
    picture = np.full((512, 512, 4), 255, np.uint8)
    picture[..., :3] = (np.arange(512) // 3)[None, :, None]
    picture[300:420, 250:330, :3] = np.random.default_rng(1).integers(0, 255, (120, 80, 3))
    return picture


def of(picture: Picture) -> Look:
    return lambda area: picture[area.y : area.bottom, area.x : area.right].tobytes()


def scaled(picture: Picture) -> Picture:
    half = picture.reshape(256, 2, 256, 2, 4).mean((1, 3)).astype(np.uint8)
    grown: Picture = half.repeat(2, 0).repeat(2, 1)
    return grown


def cropped(picture: Picture) -> Picture:
    return np.roll(picture, (-30, -40), (0, 1))


@pytest.mark.parametrize("made", [photo, drawing, sky])
@pytest.mark.parametrize(
    "moved",
    [
        lambda picture: picture[:, ::-1],
        lambda picture: picture[::-1],
        lambda picture: picture[::-1, ::-1],
        lambda picture: picture.transpose(1, 0, 2),
        cropped,
    ],
    ids=["across", "down", "turned", "transposed", "cropped"],
)
@pytest.mark.parametrize("depth", ["U8", "U16"])
def test_a_picture_that_was_moved_is_told(
    made: Callable[[], Picture], moved: Callable[[Picture], Picture], depth: str
) -> None:
    picture = made() if depth == "U8" else made().astype("<u2") * np.uint16(257)
    context = remember(CROP, CANVAS, of(picture))
    assert not is_elsewhere(context, CANVAS, of(picture))
    assert is_elsewhere(context, CANVAS, of(moved(picture)))


def test_a_picture_that_was_scaled_down_and_up_is_told() -> None:
    assert is_elsewhere(remember(CROP, CANVAS, of(photo())), CANVAS, of(scaled(photo())))


@pytest.mark.parametrize("made", [photo, drawing, sky])
def test_an_artist_may_paint_meanwhile(made: Callable[[], Picture]) -> None:
    picture = made()
    context = remember(CROP, CANVAS, of(picture))
    chance = random.Random(5)
    for _ in range(12):  # strokes beside the crop, and in it
        y, x = chance.randrange(480), chance.randrange(480)
        picture[y : y + 30, x : x + 30, :3] = chance.randrange(256)
    assert not is_elsewhere(context, CANVAS, of(picture))
    y, x = CROP.y, CROP.x
    picture[y : y + 120, x : x + 120] = (9, 9, 200, 255)
    assert not is_elsewhere(context, CANVAS, of(picture))


def test_what_is_the_same_anywhere_tells_nothing() -> None:
    white = np.full((512, 512, 4), 255, np.uint8)
    context = remember(CROP, CANVAS, of(white))
    assert not is_elsewhere(context, CANVAS, of(photo()))
    assert not is_elsewhere(UNKNOWN, CANVAS, of(photo()))


def test_layers_of_ours_count_as_nothing() -> None:
    """A job over the same place went in first: all round it, the picture is as it was."""
    picture = photo()
    context = remember(CROP, CANVAS, of(picture))
    area = Rect(130, 180, 320, 320)
    picture[area.y : area.bottom, area.x : area.right, :3] ^= 1
    assert is_elsewhere(context, CANVAS, of(picture))
    covered = without(context, [area])
    assert not is_elsewhere(covered, CANVAS, of(picture))
    assert is_elsewhere(covered, CANVAS, of(picture[:, ::-1]))


def test_the_whole_canvas_and_the_smallest() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (3, 5, 4)).astype(np.uint8)
    small = Rect(0, 0, 5, 3)
    context = remember(small, small, of(noise))
    assert context.area == small
    assert not is_elsewhere(context, small, of(noise))
    assert not is_elsewhere(context, Rect(0, 0, 4, 3), of(noise))


def test_no_mark_that_anyone_wrote_ends_in_an_error() -> None:
    for marks in ("x", "12345678" * 256, "é" * 9, "\0" * 2048):
        for area in (values.CROP, Rect(0, 0, 1, 1), Rect(-5, -5, 9, 9)):
            context = Context(area, marks)
            assert is_elsewhere(context, CANVAS, of(photo())) in (True, False)
            assert without(context, [values.CROP]).area == area
