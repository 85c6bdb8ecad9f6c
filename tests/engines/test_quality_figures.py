"""The quality figures where the right answer is known by construction."""

from __future__ import annotations

from math import isnan

import cv2
import numpy as np
import pytest
from benchmarks.quality_figures import Figures, measure, outline
from benchmarks.quality_holes import with_spot
from benchmarks.quality_score import score
from numpy.typing import NDArray

from engines.test_contract import disc, texture

Picture = NDArray[np.float32]


@pytest.fixture
def hole() -> NDArray[np.bool_]:
    return np.asarray(disc(96, 96, 24) > 0)


def filled_with(fill: Picture, hole: NDArray[np.bool_]) -> Figures:
    truth = texture(96, 96)
    given = np.where(hole[..., None], np.float32(0.5), truth)
    return measure(np.where(hole[..., None], fill, truth), truth, given, hole)


def test_the_truth_itself_is_perfect(hole: NDArray[np.bool_]) -> None:
    found = filled_with(texture(96, 96), hole)
    assert (found.ssim, found.psnr) == pytest.approx((1, 100))
    faults = (found.seam, found.low, found.texture, found.gradient, found.blob, found.error)
    assert faults == pytest.approx((0,) * 6, abs=1e-4)
    assert found.around == 0


def test_a_smooth_fill_lacks_texture_and_other_grain_of_the_same_kind_does_not(
    hole: NDArray[np.bool_],
) -> None:
    smooth = np.asarray(cv2.GaussianBlur(texture(96, 96), (0, 0), 3), np.float32)
    assert filled_with(smooth, hole).texture > 0.5
    assert filled_with(smooth, hole).gradient > 5
    assert filled_with(texture(96, 96, seed=9), hole).texture < 0.15


def test_half_the_contrast_is_one_octave_of_texture(hole: NDArray[np.bool_]) -> None:
    half = np.asarray(texture(96, 96) / 2 + 0.2, np.float32)
    assert filled_with(half, hole).texture == pytest.approx(1, abs=0.15)


def test_a_lighter_disc_has_a_step_at_its_edge_and_as_much_light(
    hole: NDArray[np.bool_],
) -> None:
    grey = np.full((96, 96, 3), 0.5, np.float32)  # L* 53.4, at 0.6 it is 63.2
    result = np.where(hole[..., None], np.float32(0.6), grey)
    found = measure(result, grey, result, hole)
    assert found.seam == pytest.approx(9.8, abs=0.3)
    assert 4 < found.low < 9
    assert found.error == pytest.approx(25.5, abs=0.01)


def test_identity_outlives_a_change_of_light_and_not_another_face(
    hole: NDArray[np.bool_],
) -> None:
    chance = np.random.default_rng(4)
    given, another = (
        np.clip(0.5 + cv2.GaussianBlur(each, (0, 0), 1.5), 0, 1)
        for each in chance.normal(0, 0.4, (2, 96, 96, 3)).astype(np.float32)
    )
    darker = np.where(hole[..., None], np.float32(0.9) * given, given)
    assert measure(darker, given, given, hole).keep > 0.95
    other = np.where(hole[..., None], another, given)
    assert measure(other, given, given, hole).keep < 0.5


def test_identity_of_a_spot_is_not_measurable_and_costs_nothing(
    hole: NDArray[np.bool_],
) -> None:
    small = np.asarray(disc(96, 96, 8) > 0)
    found = measure(texture(96, 96), texture(96, 96), texture(96, 96), small)
    assert isnan(found.keep)
    assert score("paste", found) == pytest.approx(0, abs=1e-4)


def test_harm_around_the_selection_is_seen(hole: NDArray[np.bool_]) -> None:
    truth = texture(96, 96)
    ring = (cv2.dilate(hole.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0) & ~hole
    result = np.where(ring[..., None], np.float32(0), truth)
    assert measure(result, truth, truth, hole).around > 5


def test_a_mole_is_an_outline_and_grain_is_none(hole: NDArray[np.bool_]) -> None:
    skin = np.full((96, 96, 3), (0.8, 0.65, 0.55), np.float32)
    grain = np.random.default_rng(2).normal(0, 0.02, skin.shape).astype(np.float32)
    assert outline(skin + grain, skin, hole) < 2
    assert outline(with_spot(skin, 48, 48, 3.5, (0.3, 0.2, 0.15)), skin, hole) > 12
