"""Holes in texture, in straight structure and in clean skies; scratches off faces."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.quality_case import Case, coverage, crop, ellipse, line, photograph, rounded
from sfumato_server.imaging.arrays import Float

# name, kind, photograph, centre y, centre x, half height, half width (px), held out
HOLES = (
    ("forehead", "hole", "astronaut", 92, 215, 11, 18, False),
    ("flight suit", "hole", "astronaut", 300, 130, 40, 40, False),
    ("cat fur", "hole", "chelsea", 190, 60, 40, 36, False),
    ("wood", "hole", "coffee", 60, 95, 45, 45, False),
    ("saucer edge", "straight", "coffee", 320, 130, 40, 50, False),
    ("brick", "straight", "brick", 256, 256, 64, 64, False),
    ("shelf", "straight", "motorcycle", 104, 470, 34, 40, False),
    ("foliage", "hole", "china", 350, 480, 40, 50, False),
    ("bokeh", "hole", "flower", 180, 110, 50, 50, False),
    ("hair", "hole", "astronaut", 45, 222, 18, 26, True),
    ("uniform", "hole", "hopper", 470, 120, 45, 40, True),
    ("grass", "hole", "grass", 256, 256, 64, 64, True),
    ("gravel", "hole", "gravel", 256, 256, 64, 64, True),
    ("roof", "straight", "china", 190, 230, 30, 50, True),
    ("water", "hole", "china", 235, 420, 30, 50, True),
    ("lattice", "straight", "rocket", 250, 70, 40, 40, True),
    ("mast", "straight", "rocket", 265, 190, 28, 28, True),
    ("tyre", "hole", "motorcycle", 400, 640, 36, 40, True),
)

# name, photograph, y, x, held out
SCRATCHES = (
    ("scratch on face", "astronaut", 130, 215, False),
    ("scratch on fabric", "astronaut", 330, 110, False),
    ("scratch on petals", "flower", 200, 290, True),
    ("scratch on fur", "chelsea", 60, 250, True),
)

# name, photograph, y, x, held out; on faces that are 100 and 140 px wide
BLEMISHES = (
    ("blemishes on skin", "astronaut", 130, 222, False),
    ("blemishes on old skin", "hopper", 242, 240, True),
)
RED = (0.45, 0.12, 0.1)
SPOTS = ((-14, -19, 3), (-6, 19, 4), (2, -21, 2), (3, 17, 3), (-22, 21, 2), (26, 6, 3))  # y, x, r

# name, top and bottom colour, held out
SKIES = (
    ("sky at noon", (72, 128, 196), (176, 206, 232), False),
    ("sky at dusk", (44, 58, 110), (226, 168, 128), True),
)


def holes() -> list[Case]:
    """A hole's px are grey, so that nothing of the truth is given."""
    return [_hole(*entry) for entry in HOLES]


def scratches() -> list[Case]:
    return [*(_scratch(*entry) for entry in SCRATCHES), *(_blemished(*each) for each in BLEMISHES)]


def skies() -> list[Case]:
    return [_sky(*entry) for entry in SKIES]


def _hole(
    name: str, kind: str, photo: str, y: int, x: int, half_height: int, half_width: int, held: bool
) -> Case:
    truth, (y, x) = crop(photograph(photo), y, x)
    return emptied(name, kind, held, truth, ellipse(truth.shape, y, x, half_height, half_width))


def emptied(name: str, kind: str, held_out: bool, truth: Float, hole: Float) -> Case:
    """A case whose picture is grey where `hole` is at least a half."""
    image = np.where(hole[..., None] >= 0.5, np.float32(0.5), truth)
    return Case(name, kind, held_out, rounded(image), truth, coverage(hole))


def _scratch(name: str, photo: str, y: int, x: int, held_out: bool) -> Case:
    truth, (y, x) = crop(photograph(photo), y, x)
    points = [(y - 32, x - 45), (y - 8, x - 12), (y + 4, x + 8), (y + 40, x + 48)]
    return scratched(name, held_out, truth, points)


def scratched(name: str, held_out: bool, truth: Float, points: list[tuple[int, int]]) -> Case:
    """A crooked line, 2 px wide, bright to its middle and red beyond, selected 3 px wider."""
    share = line(truth.shape, points, 2)[..., None]
    middle = sum(x for _, x in points) / len(points)
    red = np.arange(truth.shape[1])[None, :, None] > middle
    bright, crimson = (np.array(c, np.float32) for c in ([0.95, 0.95, 0.9], [0.8, 0.1, 0.1]))
    drawn = truth * (1 - share) + np.where(red, crimson, bright) * share
    image = np.asarray(drawn, dtype=np.float32)
    selected = cv2.dilate((share[..., 0] > 0).astype(np.float32), np.ones((7, 7), np.uint8))
    selection = coverage(np.asarray(selected, np.float32))
    return Case(name, "scratch", held_out, rounded(image), truth, selection)


def _blemished(name: str, photo: str, y: int, x: int, held_out: bool) -> Case:
    """Six spots of 2–4 px radius; each is selected 3 px wider."""
    truth, (y, x) = crop(photograph(photo), y, x)
    return spotted(name, "scratch", held_out, truth, [(y + dy, x + dx, r) for dy, dx, r in SPOTS])


def spotted(
    name: str, kind: str, held_out: bool, truth: Float, spots: list[tuple[float, float, float]]
) -> Case:
    """Round spots (y, x, radius), each selected 3 px wider."""
    image, selected = truth, np.zeros(truth.shape[:2], np.float32)
    for y, x, radius in spots:
        image = with_spot(image, y, x, radius)
        reach = radius + 3
        selected = np.maximum(selected, ellipse(truth.shape, y, x, reach, reach))
    return Case(name, kind, held_out, image, truth, coverage(selected))


def with_spot(
    picture: Float, y: float, x: float, radius: float, colour: tuple[float, ...] = RED
) -> Float:
    """The picture with a round spot, three quarters opaque, its edge softened by 0.8 px."""
    spot = cv2.GaussianBlur(ellipse(picture.shape, y, x, radius, radius), (0, 0), 0.8)
    share = np.float32(0.75) * spot[..., None]
    ink = np.array(colour, np.float32)
    return rounded(np.asarray(picture + share * (ink - picture), np.float32))


def _sky(name: str, top: tuple[int, ...], bottom: tuple[int, ...], held_out: bool) -> Case:
    """A gradient without noise, tilted a little, rounded to 8 bits."""
    ys, xs = np.mgrid[:512, :512] / 511
    share = np.asarray(0.9 * ys + 0.1 * xs, np.float32)[..., None]
    ends = [np.array(colour, np.float32) / np.float32(255) for colour in (top, bottom)]
    mixed: Float = ends[0] * (1 - share) + ends[1] * share
    truth = rounded(np.asarray(mixed, dtype=np.float32))
    return emptied(name, "sky", held_out, truth, ellipse(truth.shape, 250, 262, 70, 90))
