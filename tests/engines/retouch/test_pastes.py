"""Pasted ovals keep who they show and lose their light; faces that are good stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import pytest
from benchmarks.quality_case import coverage, ellipse, rounded
from benchmarks.quality_faces import ASTRONAUT, DARK, HOPPER, SAME, WARM, WIDE, Portrait, framed
from benchmarks.quality_figures import Figures, measure
from benchmarks.quality_moles import skin

from fakes.retouching import disc, job, made, stages
from sfumato_server.imaging.arrays import Float, Mask

LADDER = "face-swap-boundary"
WITHIN = 0.85  # of the face's oval, so that its edge is not the hairline all round
KEPT = 0.97
MOVED = {"astronaut": 1.0, "hopper": 2.8}  # levels


@dataclass(frozen=True)
class Light:
    """How far a face is moved (down, right) px, its channels' gain and its slope to the right."""

    down: int
    right: int
    gain: tuple[float, float, float]
    slope: float = 0.0


LIGHTS = {
    "dark": Light(3, -1, DARK),
    "warm": Light(0, 4, WARM),
    "lit from the side": Light(-2, 2, SAME, 0.12),
}
PORTRAITS = {"astronaut": ASTRONAUT, "hopper": HOPPER}


def face(portrait: Portrait, within: float = WITHIN) -> tuple[Float, Mask]:
    """The portrait and a selection of its face."""
    truth, middle, half = framed(portrait)
    return truth, coverage(ellipse(truth.shape, *middle, within * half[0], within * half[1]))


@cache
def unified(name: str, light: str, feather: float) -> list[Figures]:
    """Figures of the pasted picture and of it after each pass of the ladder."""
    truth, selection = face(PORTRAITS[name])
    image = pasted(truth, selection, LIGHTS[light], feather)
    inside = selection > 0
    return [
        measure(each, truth, image, inside) for each in (image, *stages(image, selection, LADDER))
    ]


def pasted(truth: Float, selection: Mask, light: Light, feather: float) -> Float:
    columns = np.nonzero(selection.any(0))[0]
    middle, half = columns.mean(), np.ptp(columns) / 2
    side = ((np.arange(truth.shape[1]) - middle) / half).clip(-1, 1)[None, :, None]
    moved = np.roll(truth, (light.down, light.right), (0, 1))
    layer = rounded(np.asarray(moved * np.array(light.gain) * (1 + light.slope * side)))
    alpha = (selection > 0).astype(np.float32)
    if feather:
        alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), feather), np.float32)
    return rounded(np.asarray(truth + alpha[..., None] * (layer - truth), np.float32))


FEATHERS = (0.0, 1.0, 2.0)
# A soft paste's light is not found on every line; then the picture stays as it was.
NOT_SEEN = {("hopper", "dark", 2.0), ("hopper", "lit from the side", 2.0)}
LEFT = 0.67  # of the pasted picture's low-frequency difference to the truth
EVERY = [(name, light, feather) for name in PORTRAITS for light in LIGHTS for feather in FEATHERS]
SEEN = [one for one in EVERY if one not in NOT_SEEN]


@pytest.mark.parametrize(("name", "light", "feather"), EVERY)
def test_a_pasted_face_keeps_who_it_shows(name: str, light: str, feather: float) -> None:
    assert unified(name, light, feather)[-1].keep > KEPT


@pytest.mark.parametrize(("name", "light", "feather"), EVERY)
def test_no_pass_makes_a_paste_worse(name: str, light: str, feather: float) -> None:
    found = unified(name, light, feather)
    low, seam = (np.array([getattr(one, what) for one in found]) for what in ("low", "seam"))
    assert np.diff(low).max() < 0.05
    assert np.diff(seam).max() < (0.2 if feather == 0 else 0.7)
    assert seam[-1] < 1.01 * seam[0]


@pytest.mark.parametrize(("name", "light", "feather"), SEEN)
def test_the_light_that_was_laid_over_a_paste_goes(name: str, light: str, feather: float) -> None:
    found = unified(name, light, feather)
    assert found[-1].low < LEFT * found[0].low
    assert found[-1].seam < 0.75 * found[0].seam


@pytest.mark.parametrize("within", [0.8, 0.6])
@pytest.mark.parametrize("name", PORTRAITS)
def test_a_face_that_is_good_stays(name: str, within: float) -> None:
    truth, selection = face(PORTRAITS[name], within)
    inside = selection > 0
    result = stages(truth, selection, LADDER)[-1]
    found = measure(result, truth, truth, inside)
    assert found.low < 0.2
    assert found.moved < MOVED[name]
    (wide,) = stages(truth, selection, LADDER, passes=WIDE)
    assert measure(wide, truth, truth, inside).change < 0.1


def test_a_grade_rises_with_strength() -> None:
    truth, selection = face(HOPPER)
    image = pasted(truth, selection, LIGHTS["dark"], 0)
    drawn = (selection > 0).astype(np.float32)
    change = [
        np.abs(made(job(image, drawn, strength)) - image).mean()
        for strength in (0.15, 0.3, 0.45, 0.6, 0.7)
    ]
    assert change[0] > 0
    assert np.diff(change).min() > 0


def test_a_replacement_rises_with_strength() -> None:
    """On a blot that is nothing like the skin around it."""
    truth = framed(HOPPER)[0]
    at, radius = skin(HOPPER, 3)[1], 14
    blot = disc(truth.shape, *at, radius)
    image = rounded(np.asarray(truth + 0.8 * blot[..., None] * (0.1 - truth), np.float32))
    change = [
        np.abs(made(job(image, blot, strength)) - image)[blot > 0].mean()
        for strength in (0.75, 0.85, 0.95, 1.0)
    ]
    assert np.diff(change).min() > 0
    assert change[-1] > 0.15
