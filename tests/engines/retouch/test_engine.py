"""The built-in engine on the awkward and on the easy."""

from __future__ import annotations

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from engines.test_contract import disc, finish, job, texture
from sfumato_server.engines.base import EngineError
from sfumato_server.engines.retouch.engine import Retouch
from sfumato_server.imaging.arrays import Float


def healed(image: Float, mask: Float, strength: float = 1.0, seed: int = 7) -> Float:
    engine = Retouch()
    engine.load()
    return finish(engine, job(image, mask, strength, seed))[1]


def test_a_heal_imports_neither_torch_nor_diffusers() -> None:
    code = (
        "import sys; from engines.retouch.test_engine import healed;"
        "from engines.test_contract import disc, texture;"
        "healed(texture(64, 64), disc(64, 64, 14));"
        "sys.exit(bool({'torch', 'diffusers'} & set(sys.modules)))"
    )
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ, **paths})
    assert run.returncode == 0


@pytest.mark.parametrize("strength", [0.25, 1.0])
@pytest.mark.parametrize(("height", "width"), [(20, 20), (8, 9), (33, 97), (97, 33)])
def test_any_size_works(height: int, width: int, strength: float) -> None:
    image, mask = texture(height, width), disc(height, width, 2.5)
    result = healed(image, mask, strength)
    assert result.shape == image.shape
    assert np.isfinite(result).all()
    np.testing.assert_array_equal(result[mask == 0], image[mask == 0])


def test_one_pixel_takes_the_colour_around_it() -> None:
    image = np.full((40, 40, 3), 0.4, np.float32)
    image[20, 20] = (1, 0, 0)
    mask = np.zeros((40, 40), np.float32)
    mask[20, 20] = 1
    np.testing.assert_allclose(healed(image, mask), 0.4, atol=0.02)


def test_a_hairline_is_healed() -> None:
    clean = texture(64, 64)
    image, mask = clean.copy(), np.zeros((64, 64), np.float32)
    image[:, 32], mask[:, 32] = (0.9, 0.1, 0.1), 1
    result = healed(image, mask)
    assert np.abs(result - clean)[mask > 0].mean() < 0.1
    assert np.abs(result - image)[mask > 0].mean() > 0.2


def test_a_flat_picture_stays_flat() -> None:
    flat = np.full((64, 64, 3), (0.2, 0.5, 0.7), np.float32)
    np.testing.assert_allclose(healed(flat, disc(64, 64, 15)), flat, atol=0.01)


def test_nothing_to_copy_from_is_said() -> None:
    with pytest.raises(EngineError, match=r"64 × 48 px .* smaller"):
        healed(texture(48, 64), np.ones((48, 64), np.float32))


def test_a_region_at_the_picture_edge_is_healed() -> None:
    image, mask = texture(64, 64), np.zeros((64, 64), np.float32)
    mask[:20, :24] = 1
    result = healed(image, mask)
    assert np.abs(result - image)[mask > 0].mean() < 0.2


def test_texture_goes_on_through_the_hole() -> None:
    image, mask = texture(160, 160), disc(160, 160, 26)
    result = healed(image, mask)
    inside = mask > 0
    ratio = (
        np.diff(result, axis=1)[inside[:, 1:]].std() / np.diff(image, axis=1)[inside[:, 1:]].std()
    )
    assert 0.7 < ratio < 1.2


def test_a_defects_colour_does_not_survive() -> None:
    image, mask = texture(96, 96), np.zeros((96, 96), np.float32)
    clean = image.copy()
    mask[40:52, 20:76] = 1
    image[44:48, 26:70] = (0.9, 0.05, 0.05)
    result = healed(image, mask)
    excess = (result[..., 0] - result[..., 1]) - (clean[..., 0] - clean[..., 1])
    assert np.percentile(excess[mask > 0], 99) < 0.3


def test_strength_rises_without_a_leap_or_a_rest() -> None:
    image, mask = texture(120, 120), disc(120, 120, 30)
    image[mask > 0] = image[mask > 0] * 0.6
    strengths = (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0)
    change = [
        float(np.mean([np.abs(healed(image, mask, s, n) - image)[mask > 0].mean() for n in (1, 2)]))
        for s in strengths
    ]
    steps = np.diff(change)
    assert steps[:4].min() > 0
    assert steps.min() > -0.06 * change[-1]


def test_half_free_content_keeps_more_of_itself_than_free_content() -> None:
    image, mask = texture(64, 96), np.zeros((64, 96), np.float32)
    image[20:44, 20:40] = image[20:44, 56:76] = (0.2, 0.8, 0.3)
    mask[16:48, 16:44], mask[16:48, 52:80] = 0.3, 1
    change = np.abs(healed(image, mask) - image)
    assert change[20:44, 20:40].mean() < 0.5 * change[20:44, 56:76].mean()


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_mask_too_faint_to_act_changes_nothing(strength: float) -> None:
    image = texture(64, 64)
    for faint in (np.full((64, 64), 0.02, np.float32), disc(64, 64, 12) * np.float32(0.01)):
        np.testing.assert_array_equal(healed(image, faint, strength), image)


def test_a_feathers_outer_half_stays() -> None:
    mask = np.asarray(cv2.GaussianBlur(disc(96, 96, 20), (0, 0), 4), np.float32)
    image = texture(96, 96)
    result = healed(image, mask)
    np.testing.assert_array_equal(result[mask < 0.5 * mask.max()], image[mask < 0.5 * mask.max()])
    assert np.abs(result - image)[mask > 0.6].mean() > 0.01
