"""The quality figures where the right answer is known by construction."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from benchmarks.quality_figures import Figures, measure
from numpy.typing import NDArray

from engines.test_contract import disc, texture
from sfumato_server.imaging.figures.seam import steps


@pytest.fixture
def hole() -> NDArray[np.bool_]:
    return np.asarray(disc(96, 96, 24) > 0)


def healed_as(fill: NDArray[np.float32], hole: NDArray[np.bool_]) -> Figures:
    truth = texture(96, 96)
    return measure(np.where(hole[..., None], fill, truth), truth, truth, hole)


def test_the_truth_itself_is_perfect(hole: NDArray[np.bool_]) -> None:
    figures = healed_as(texture(96, 96), hole)
    assert figures.ssim == pytest.approx(1)
    assert figures.psnr == 100
    faults = (figures.texture, figures.gradient, figures.seam, figures.shift, figures.grain)
    assert faults == pytest.approx((0, 0, 0, 0, 0), abs=1e-6)
    assert figures.outside == 0


def test_a_blurred_fill_lacks_texture_and_grain(hole: NDArray[np.bool_]) -> None:
    figures = healed_as(np.asarray(cv2.GaussianBlur(texture(96, 96), (0, 0), 3), np.float32), hole)
    assert figures.texture > 0.5
    assert figures.grain > 2
    assert figures.gradient > 5


def test_other_grain_of_the_same_kind_has_the_same_texture(hole: NDArray[np.bool_]) -> None:
    figures = healed_as(texture(96, 96, seed=9), hole)
    assert figures.texture < 0.1
    assert figures.grain < 0.2


def test_half_the_contrast_is_one_octave_of_texture(hole: NDArray[np.bool_]) -> None:
    figures = healed_as(np.asarray(texture(96, 96) / 2 + 0.2, np.float32), hole)
    assert figures.texture == pytest.approx(1, abs=0.15)


def test_a_step_at_the_edge_is_a_seam_and_none_is_none(hole: NDArray[np.bool_]) -> None:
    noise = np.random.default_rng(3).normal(0.5, 0.02, (96, 96, 3)).astype(np.float32)
    assert steps(noise, hole).visibility == pytest.approx(1, abs=0.1)
    stepped = noise + np.where(hole, np.float32(0.3), np.float32(0))[..., None]
    assert steps(stepped, hole).visibility > 5


def test_a_change_outside_is_told(hole: NDArray[np.bool_]) -> None:
    truth = texture(96, 96)
    result = truth.copy()
    result[0, 0, 0] += np.float32(0.25)
    assert measure(result, truth, truth, hole).outside == pytest.approx(0.25)
