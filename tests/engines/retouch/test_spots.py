"""Spots and scratches: what is around goes on, and nothing of what was there is read."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.quality_case import line
from benchmarks.quality_figures import measure

from fakes.retouching import disc, job, made
from sfumato_server.engines.retouch import pieces
from sfumato_server.imaging.arrays import Flags, Float

SHAPE = (160, 160)


def slope() -> Float:
    """A light that falls off in two directions, another one in each channel."""
    y, x = np.indices(SHAPE) / 160
    return np.stack([0.3 + 0.4 * x, 0.4 + 0.2 * y, 0.7 - 0.3 * x], 2).astype(np.float32)


def stripes(period: float) -> Float:
    y, x = np.indices(SHAPE)
    wave = np.sin(2 * np.pi * (x + 0.5 * y) / period)
    grain = np.random.default_rng(1).normal(0, 0.01, SHAPE)
    return np.repeat((0.5 + 0.2 * wave + grain)[..., None], 3, 2).astype(np.float32)


def scratch() -> Flags:
    """8 px wide, 150 px long."""
    return np.asarray(line(SHAPE, [(10, 20), (90, 150)], 8) > 0, bool)


def healed(image: Float, hole: Flags, unknown: Flags, seed: int = 1) -> Float:
    *_, last = pieces.healed(image, hole, unknown, seed)
    return last


@pytest.mark.parametrize("radius", [3, 8, 16])
def test_on_a_plain_slope_a_spot_comes_out_within_half_a_level(radius: int) -> None:
    truth, spot = slope(), disc(SHAPE, 70, 90, radius)
    image = np.where(spot[..., None] > 0, np.float32(0.1), truth)
    result = made(job(image, spot, 1.0))
    assert np.abs(result - truth).max() < 0.5 / 255


@pytest.mark.parametrize("radius", [6, 12])
def test_stripes_go_on_through_a_spot(radius: int) -> None:
    truth, spot = stripes(11), disc(SHAPE, 80, 80, radius)
    image = np.where(spot[..., None] > 0, np.float32(0.9), truth)
    result = made(job(image, spot, 1.0))
    at = np.s_[40:120, 40:120]
    found = measure(result[at], truth[at], image[at], spot[at] > 0)
    assert found.ssim > 0.85
    assert found.psnr > 24


def test_a_long_scratch_is_healed_in_pieces() -> None:
    hole = scratch()
    count = pieces.count(hole)
    assert count >= 3
    steps = list(pieces.healed(stripes(11), hole, hole, 1))
    assert len(steps) == count
    assert pieces.count(np.asarray(disc(SHAPE, 80, 80, 20) > 0)) == 1


def test_stripes_go_on_through_a_scratch() -> None:
    truth, hole = stripes(11), scratch()
    image = np.where(hole[..., None], np.float32(0.95), truth)
    result = made(job(image, hole.astype(np.float32), 1.0))
    found = measure(result, truth, image, hole)
    assert found.ssim > 0.8
    np.testing.assert_array_equal(result[~hole], image[~hole])


@pytest.mark.parametrize("what", [np.nan, 1.0, 0.0], ids=str)
def test_nothing_unknown_is_read(what: float) -> None:
    """Neither in the piece nor in what else may not be copied from."""
    unknown = scratch() | np.asarray(disc(SHAPE, 110, 50, 12) > 0)
    truth = stripes(11)
    plain, garbage = truth.copy(), truth.copy()
    plain[unknown], garbage[unknown] = 0.5, what
    hole = scratch()
    with np.errstate(all="ignore"):
        result = healed(garbage, hole, unknown)
    np.testing.assert_allclose(result[hole], healed(plain, hole, unknown)[hole], atol=1e-4)


def test_another_seed_may_choose_another_place_and_the_same_one_does_not() -> None:
    noise = np.random.default_rng(4).normal(0.5, 0.1, (*SHAPE, 3)).clip(0, 1)
    image, spot = noise.astype(np.float32), disc(SHAPE, 80, 80, 8)
    results = [made(job(image, spot, 1.0, seed=seed)) for seed in (1, 1, 2, 3, 4)]
    np.testing.assert_array_equal(results[0], results[1])
    assert any(not np.array_equal(results[0], other) for other in results[2:])
