"""Faces at work: pasted ovals, spots and scratches on features, faces that are good already.

The portraits come in the wheels of scikit-image and Matplotlib. The astronaut's face is 100 px wide
in her photograph and is worked on at twice that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.quality_case import Case, coverage, crop, ellipse, photograph, rounded
from benchmarks.quality_holes import scratched, spotted, with_spot
from sfumato_protocol.specs import PassSpec
from sfumato_server.imaging.arrays import Float

LADDER = "face-swap-boundary"
WIDE = (PassSpec(zone="wide", strength=0.25),)
Place = tuple[int, int]  # y, x in the photograph's own px


@dataclass(frozen=True)
class Portrait:
    """scale: how many times its own size it is worked on at. oval: of the face, centre and half
    axes. places: by name. line: over features."""

    photograph: str
    scale: int
    oval: tuple[int, int, int, int]
    places: tuple[tuple[str, Place], ...]
    line: tuple[Place, ...]
    held_out: bool


ASTRONAUT = Portrait(
    "astronaut",
    2,
    (130, 222, 50, 38),
    (
        ("cheek", (121, 196)),
        ("mouth corner", (141, 203)),
        ("eyelid", (95, 203)),
        ("hairline", (80, 212)),
        ("nostril", (131, 215)),
    ),
    ((90, 192), (104, 212), (126, 226), (152, 240)),
    False,
)
HOPPER = Portrait(
    "hopper",
    1,
    (232, 262, 92, 70),
    (
        ("cheek", (252, 206)),
        ("mouth corner", (279, 228)),
        ("eyelid", (205, 303)),
        ("hairline", (150, 186)),
        ("nostril", (246, 246)),
    ),
    ((150, 200), (190, 226), (240, 262), (282, 318)),
    True,
)
CAT = Portrait(
    "chelsea",
    1,
    (150, 240, 88, 76),
    (),
    ((70, 130), (110, 178), (190, 250), (236, 276)),
    False,
)
PORTRAITS = (ASTRONAUT, HOPPER, CAT)
SIZES = (8, 16, 40)  # px across, of the spots' selections


@dataclass(frozen=True)
class Paste:
    """An oval moved by (down, right) px, each channel times `gain`. slope: the gain goes from
    1 − slope at its left to 1 + slope at its right. feather: sigma in px of its edge, 0 is hard."""

    portrait: Portrait
    what: str
    down: int
    right: int
    gain: tuple[float, float, float]
    slope: float = 0.0
    feather: float = 0.0


DARK, WARM, COOL, SAME = (0.87, 0.87, 0.87), (1.03, 0.97, 0.87), (0.91, 0.98, 1.05), (1.0, 1.0, 1.0)
PASTES = (
    Paste(ASTRONAUT, "3 px, dark", 3, -1, DARK),
    Paste(ASTRONAUT, "6 px, lit from the side", -2, 6, SAME, 0.12),
    Paste(ASTRONAUT, "4 px, warm", 0, 4, WARM),
    Paste(CAT, "4 px, dark", 2, 4, DARK),
    Paste(HOPPER, "4 px, warm", -4, 1, WARM),
    Paste(HOPPER, "2 px, dark, lit from the side", 2, 0, DARK, 0.1),
    Paste(HOPPER, "5 px, cool", 3, 4, COOL),
    Paste(ASTRONAUT, "3 px, warm, feather 1", 2, 2, WARM, 0.0, 1.0),
    Paste(ASTRONAUT, "4 px, lit from the side, feather 5", 4, 1, SAME, 0.12, 5.0),
    Paste(CAT, "3 px, cool, feather 2", 0, 3, COOL, 0.0, 2.0),
    Paste(HOPPER, "3 px, dark, feather 2", 1, -3, DARK, 0.0, 2.0),
    Paste(HOPPER, "2 px, lit from the side, feather 1", 2, 0, SAME, 0.12, 1.0),
    Paste(HOPPER, "4 px, warm, feather 5", 0, 4, WARM, 0.0, 5.0),
)


def faces() -> Iterator[Case]:
    """All of them; what a sheet shows side by side stands together."""
    yield from (_pasted(paste) for paste in PASTES)
    for portrait in PORTRAITS:
        truth, middle, half = framed(portrait)
        oval = coverage(ellipse(truth.shape, *middle, *half))
        name, held = portrait.photograph, portrait.held_out
        yield Case(f"{name}, clean", "clean", held, truth, truth, oval, LADDER, (), truth)
        yield Case(f"{name}, clean, wide", "wide", held, truth, truth, oval, LADDER, WIDE, truth)
    for portrait in PORTRAITS:
        for place, at in portrait.places:
            yield from (_spotted(portrait, place, at, size) for size in SIZES)
        truth, origin = _frame(portrait)
        points = [_moved(portrait, at, origin) for at in portrait.line]
        name = f"{portrait.photograph}, scratch over features"
        yield scratched(name, portrait.held_out, truth, points)
        if portrait.places:
            yield _specks(portrait)


def _frame(portrait: Portrait) -> tuple[Float, Place]:
    """The crop around the face, and where its origin lies in the enlarged photograph."""
    picture = photograph(portrait.photograph)
    if portrait.scale > 1:
        size = (picture.shape[1] * portrait.scale, picture.shape[0] * portrait.scale)
        picture = rounded(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LANCZOS4)))
    y, x = (portrait.scale * each for each in portrait.oval[:2])
    cut, (inner_y, inner_x) = crop(picture, y, x)
    return cut, (y - inner_y, x - inner_x)


def _moved(portrait: Portrait, at: Place, origin: Place) -> Place:
    return portrait.scale * at[0] - origin[0], portrait.scale * at[1] - origin[1]


def framed(portrait: Portrait) -> tuple[Float, Place, Place]:
    """The crop around the face (H, W, 3), and the oval's centre and half axes in it, px."""
    truth, origin = _frame(portrait)
    y, x, half_height, half_width = portrait.oval
    half = portrait.scale * half_height, portrait.scale * half_width
    return truth, _moved(portrait, (y, x), origin), half


def _pasted(paste: Paste) -> Case:
    truth, (y, x), half = framed(paste.portrait)
    oval = ellipse(truth.shape, y, x, *half)
    side = ((np.arange(truth.shape[1]) - x) / half[1]).clip(-1, 1)[None, :, None]
    light = np.array(paste.gain) * (1 + paste.slope * side)
    layer = rounded(
        np.asarray(np.roll(truth, (paste.down, paste.right), (0, 1)) * light, np.float32)
    )
    alpha = cv2.GaussianBlur(oval, (0, 0), paste.feather) if paste.feather else oval
    image = rounded(np.asarray(truth + alpha[..., None] * (layer - truth), np.float32))
    kind = "feathered" if paste.feather else "paste"
    name = f"{paste.portrait.photograph}, {paste.what}"
    held = paste.portrait.held_out
    return Case(name, kind, held, image, truth, coverage(oval), LADDER, (), layer)


def _spotted(portrait: Portrait, place: str, at: Place, size: int) -> Case:
    """A reddish spot of half the selection's width in a round selection `size` px wide."""
    truth, origin = _frame(portrait)
    y, x = _moved(portrait, at, origin)
    image = with_spot(truth, y, x, size / 4)
    selection = coverage(ellipse(truth.shape, y, x, size / 2, size / 2))
    name = f"{portrait.photograph}, {place}, {size} px"
    return Case(name, "spot", portrait.held_out, image, truth, selection)


def _specks(portrait: Portrait) -> Case:
    """A dozen small spots over the face in one selection, each selected 3 px wider."""
    truth, (y, x), half = framed(portrait)
    chance = np.random.default_rng(7)
    spots, chance = [], np.random.default_rng(7)
    for _ in range(12):
        turn, far, radius = (
            chance.uniform(0, 6.3),
            chance.uniform(0.2, 0.85),
            chance.uniform(2, 4.5),
        )
        high, wide = far * half[0] * np.sin(turn), far * half[1] * np.cos(turn)
        spots.append((float(y + high), float(x + wide), float(radius)))
    name = f"{portrait.photograph}, specks"
    return spotted(name, "scratch", portrait.held_out, truth, spots)
