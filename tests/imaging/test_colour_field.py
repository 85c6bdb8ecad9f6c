"""A shift put on purpose over an engine's output is taken back; colours that are meant stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from sfumato_protocol.geometry import Extent
from sfumato_server.imaging.arrays import Float
from sfumato_server.imaging.colour_field import correct, known_share, shift_field
from sfumato_server.imaging.masks.zones import SelectionShape

from .shapes import coverage, disc, grid

SIZE = 256


def photograph() -> Float:
    """A face and its surround, with room for a shift below black and white."""
    pixels = data.astronaut()[:SIZE, 100 : 100 + SIZE]
    photo: Float = (pixels / 255 * 0.8 + 0.1).astype(np.float32)
    return photo


def mask(radius: float = 50, x: float = 128, y: float = 128) -> Float:
    selection = SelectionShape(coverage(disc(x, y, radius), SIZE))
    return selection.denoise_mask(Extent("whole", grow=5, feather=10, width=0, keep_inside=False))


def shift(name: str) -> Float:
    x, y = (2 * axis / SIZE - 1 for axis in grid(SIZE))
    strength = {
        "constant": np.full((SIZE, SIZE), 0.04),
        "linear": 0.05 * x + 0.03 * y,
        "vignette": 0.06 * (x * x + y * y),
        "wave": 0.04 * np.sin(2 * x + 1) * np.cos(1.5 * y),
    }[name]
    coloured: Float = (strength[..., None] * np.array([1, -0.5, 0.3])).astype(np.float32)
    return coloured


def difference(a: Float, b: Float) -> Float:
    """CIE 1976 colour difference."""
    ours, theirs = (cv2.cvtColor(picture, cv2.COLOR_RGB2Lab) for picture in (a, b))
    apart: Float = np.linalg.norm(ours - theirs, axis=2).astype(np.float32)
    return apart


@pytest.mark.parametrize("name", ["constant", "linear", "vignette", "wave"])
def test_a_varying_shift_is_removed(name: str) -> None:
    context, denoise = photograph(), mask()
    painted = context.copy()
    painted[100:156, 100:156] = painted[100:156, 100:156][::-1]
    # An engine's decoder also loses detail, which is no shift.
    painted = cv2.GaussianBlur(painted, (0, 0), 1.0).view(np.float32)
    off = difference(correct(painted + shift(name), context, denoise), painted)
    before = difference(painted + shift(name), painted)
    edge, core = (denoise > 0) & (denoise < 1), denoise == 1
    assert before[edge].mean() > 1.5
    assert off[edge].mean() <= 0.5
    assert off[core].mean() <= 1.0


def test_matching_mean_and_deviation_fails_where_this_does_not() -> None:
    context, denoise = photograph(), mask()
    painted = context + shift("linear")
    known = denoise == 0
    matched = painted.copy()
    for channel in range(3):
        ours, wanted = painted[known][:, channel], context[known][:, channel]
        scale = wanted.std() / ours.std()
        matched[..., channel] = (painted[..., channel] - ours.mean()) * scale + wanted.mean()
    edge = (denoise > 0) & (denoise < 1)
    assert difference(matched, context)[edge].mean() > 1.5
    assert difference(correct(painted, context, denoise), context)[edge].mean() < 0.2


def test_a_strong_colour_in_a_grey_surround_stays() -> None:
    context = np.full((SIZE, SIZE, 3), 0.5, np.float32)
    painted = context.copy()
    denoise = mask()
    painted[denoise > 0.5] = (0.75, 0.25, 0.2)
    assert difference(correct(painted, context, denoise), painted).max() < 0.05
    off = difference(correct(np.clip(painted + 0.03, 0, 1), context, denoise), painted)
    assert off[denoise == 1].mean() < 0.5


def test_nothing_known_nothing_changed() -> None:
    context, painted = photograph(), photograph()[::-1].copy()
    everywhere = np.ones((SIZE, SIZE), np.float32)
    assert known_share(everywhere) == 0
    assert correct(painted, context, everywhere) is painted
    assert known_share(mask()) == pytest.approx(1 - np.pi * 65**2 / SIZE**2, abs=0.01)


def test_a_mask_in_the_corner_does_not_run_away() -> None:
    context, denoise = photograph(), mask(80, 20, 30)
    painted = context + shift("linear")
    off = difference(correct(painted, context, denoise), context)
    assert off.max() < 2
    rng = np.random.default_rng(3)
    noisy = context + rng.normal(0, 0.05, context.shape).astype(np.float32)
    field = shift_field(noisy, context, denoise)
    assert np.abs(field).max() < 0.02


@pytest.mark.parametrize("shape", [(1, 1), (2, 7), (3, 200), (97, 5)])
def test_small_and_narrow_crops(shape: tuple[int, int]) -> None:
    context = np.full((*shape, 3), 0.5, np.float32)
    denoise = np.zeros(shape, np.float32)
    denoise[: shape[0] // 2] = 1
    corrected = correct(context + np.float32(0.1), context, denoise)
    assert corrected.shape == context.shape
    assert np.abs(corrected - context).max() < 0.02
