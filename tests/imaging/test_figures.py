"""Figures whose right answer is known by construction."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from sfumato_protocol.geometry import Extent
from sfumato_server.imaging.arrays import Float, Mask
from sfumato_server.imaging.figures.drift import drift
from sfumato_server.imaging.figures.ghosting import ghosting
from sfumato_server.imaging.figures.measure import measure, outside, shift
from sfumato_server.imaging.figures.seam import seam
from sfumato_server.imaging.masks.zones import SelectionShape, blend_mask

from .shapes import coverage, disc

SIZE = 256


def masks(feather: float) -> tuple[Float, Mask]:
    """D and A of a disc."""
    shape = SelectionShape(coverage(disc(128, 128, 70), SIZE))
    denoise = shape.denoise_mask(
        Extent("whole", grow=feather / 2, feather=feather, width=0, keep_inside=False)
    )
    return denoise, blend_mask(denoise)


def laid(result: Float, context: Float, blend: Mask) -> Float:
    alpha = (blend / 255)[..., None].astype(np.float32)
    return alpha * result + (1 - alpha) * context


def texture(blur: float = 0, seed: int = 0) -> Float:
    """The same in every direction and place, so that no line in it is special."""
    noise = np.random.default_rng(seed).normal(0, 1, (SIZE, SIZE, 3)).astype(np.float32)
    if blur:
        noise = cv2.GaussianBlur(noise, (0, 0), blur).view(np.float32)
    shown: Float = np.clip(0.5 + 0.1 * noise / noise.std(), 0, 1).astype(np.float32)
    return shown


def photograph() -> Float:
    pixels = data.astronaut()[:SIZE, 100 : 100 + SIZE]
    photo: Float = (pixels / 255).astype(np.float32)
    return photo


@pytest.mark.parametrize("feather", [0, 10, 20])
@pytest.mark.parametrize("blur", [0, 1.0])
def test_a_perfect_blend_has_no_seam(feather: float, blur: float) -> None:
    scores = [seam(texture(blur, seed), masks(feather)[1]) for seed in range(4)]
    assert np.mean([score or 0 for score in scores]) == pytest.approx(1, abs=0.05)


def test_a_plain_ground_has_no_seam() -> None:
    assert seam(np.full((SIZE, SIZE, 3), 0.4, np.float32), masks(10)[1]) == pytest.approx(1)


@pytest.mark.parametrize(("feather", "least"), [(0, 8), (10, 5), (40, 2)])
def test_a_step_on_a_plain_ground_shows(feather: float, least: float) -> None:
    ground = np.full((SIZE, SIZE, 3), 0.4, np.float32)
    blend = masks(feather)[1]
    faint, strong = (seam(laid(ground + step, ground, blend), blend) for step in (0.03, 0.1))
    assert strong is not None
    assert faint is not None
    assert strong > least
    assert 1.2 < faint < strong


def test_a_harder_edge_scores_higher_in_a_photograph() -> None:
    photo = photograph()
    hard, soft = masks(0)[1], masks(20)[1]
    scores = [seam(laid(photo + np.float32(0.2), photo, blend), blend) for blend in (hard, soft)]
    clean = seam(photo, hard)
    assert clean is not None
    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0] > scores[1] > clean * 1.1
    assert scores[0] > 2


def test_without_an_edge_there_is_no_seam() -> None:
    photo = photograph()
    assert seam(photo, np.zeros((SIZE, SIZE), np.uint8)) is None
    assert seam(photo, np.full((SIZE, SIZE), 255, np.uint8)) is None


def test_shift_is_the_colour_difference_outside() -> None:
    denoise = masks(10)[0]
    grey = np.full((SIZE, SIZE, 3), 0.5, np.float32)
    assert shift(grey, grey, denoise) == 0
    lighter = grey + np.float32(0.05)
    a, b = (cv2.cvtColor(one[:1, :1], cv2.COLOR_RGB2Lab) for one in (grey, lighter))
    assert shift(lighter, grey, denoise) == pytest.approx(float(np.linalg.norm(a - b)), rel=1e-3)
    painted = grey.copy()
    painted[denoise == 1] = (1, 0, 0)
    assert shift(painted, grey, denoise) == 0
    assert shift(grey, grey, np.ones((SIZE, SIZE), np.float32)) is None


def test_lost_detail_is_no_shift() -> None:
    photo, denoise = photograph(), masks(10)[0]
    soft = cv2.GaussianBlur(photo, (0, 0), 1.5).view(np.float32)
    found = shift(soft, photo, denoise)
    assert found is not None
    assert found < 1


def test_drift_is_none_for_the_same_and_all_for_another() -> None:
    photo, blend = photograph(), masks(10)[1]
    assert drift(photo, photo, blend) == pytest.approx(0, abs=1e-6)
    other = drift(photo, texture(2.0), blend)
    soft = drift(photo, cv2.GaussianBlur(photo, (0, 0), 1).view(np.float32), blend)
    assert other is not None
    assert soft is not None
    assert 0 < soft < 0.3 < 0.75 < other <= 1
    changed_outside = photo.copy()
    changed_outside[blend == 0] = 0
    near = drift(photo, changed_outside, blend)
    assert near == pytest.approx(0, abs=0.02)
    assert drift(photo, photo, np.zeros((SIZE, SIZE), np.uint8)) is None


@pytest.mark.parametrize("displacement", [(0, 6), (6, 0), (5, 5), (-8, 3)])
@pytest.mark.parametrize("before", [photograph(), texture(2.0)], ids=["photograph", "texture"])
def test_a_mix_with_a_displaced_copy_is_a_ghost(
    displacement: tuple[int, int], before: Float
) -> None:
    copy = np.roll(before, displacement, (0, 1))
    everywhere = np.full((SIZE, SIZE), 255, np.uint8)
    assert ghosting(before, (before + copy) * np.float32(0.5), everywhere) > 0.6


def test_what_is_no_ghost() -> None:
    before = photograph()
    everywhere = np.full((SIZE, SIZE), 255, np.uint8)
    assert ghosting(before, before, everywhere) < 0.01
    assert ghosting(before, before * np.float32(0.8), everywhere) < 0.1
    assert ghosting(before, before[::-1].copy(), everywhere) < 0.2
    assert ghosting(before, texture(), everywhere) < 0.2
    assert ghosting(before, cv2.GaussianBlur(before, (0, 0), 1).view(np.float32), everywhere) < 0.3
    plain = np.full_like(before, 0.5)
    assert ghosting(plain, before, everywhere) == 0
    assert ghosting(before, plain, np.zeros((SIZE, SIZE), np.uint8)) == 0


def test_a_ghost_outside_the_mask_is_not_counted() -> None:
    before, blend = photograph(), masks(10)[1]
    after = (before + np.roll(before, 6, 1)) * np.float32(0.5)
    after[blend > 0] = before[blend > 0]
    assert ghosting(before, after, blend) < 0.05


def test_outside_is_the_greatest_change_where_nothing_may() -> None:
    before, blend = photograph(), masks(10)[1]
    after = laid(texture(), before, blend)
    after[blend == 0] = before[blend == 0]
    assert outside(before, after, blend) == 0
    after[0, 0, 2] += np.float32(0.01)
    assert outside(before, after, blend) == pytest.approx(0.01, abs=1e-6)
    assert outside(before, after, np.full((SIZE, SIZE), 255, np.uint8)) == 0


def test_all_figures_of_a_pass() -> None:
    photo = photograph()
    denoise, blend = masks(10)
    painted = np.clip(photo + np.float32(0.02), 0, 1)
    after = laid(painted, photo, blend)
    after[blend == 0] = photo[blend == 0]
    found = measure(photo, photo, painted, after, denoise, blend)
    assert {"seam", "shift", "drift", "ghosting", "outside"} <= set(found)
    assert found["outside"] == 0
    assert found["shift"] == pytest.approx(2, abs=1)
    assert all(type(value) is float for value in found.values())


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (20, 9)])
def test_tiny_crops_have_figures_too(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 0.5, np.float32)
    for level in (0, 255):
        blend = np.full(shape, level, np.uint8)
        found = measure(picture, picture, picture, picture, (blend / 255).astype(np.float32), blend)
        assert found["outside"] == 0
