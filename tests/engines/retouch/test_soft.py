"""A feathered paste is measured: how soft its edge is, and the light that lies over it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sfumato_server.engines.retouch import field
from sfumato_server.engines.retouch.outline import outlines, sides
from sfumato_server.engines.retouch.soft import Soft, soft
from sfumato_server.imaging.arrays import Float

SHAPE, MIDDLE, HALF = (300, 320), (150.0, 160.0), (90.0, 80.0)
DEPTH = 80.0


def ground(seed: int) -> Float:
    """Log light with the spectrum of a photograph, 1 / f^2."""
    noise = np.random.default_rng(seed).normal(size=(*SHAPE, 3))
    down, across = np.fft.fftfreq(SHAPE[0]), np.fft.fftfreq(SHAPE[1])
    size = np.hypot(down[:, None], across[None])
    size[0, 0] = 1
    made = np.fft.ifft2(np.fft.fft2(noise, axes=(0, 1)) / (size**1.5)[..., None], axes=(0, 1)).real
    return np.asarray(0.15 * made / made.std() - 1, np.float32)


def depth() -> Float:
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    away = np.hypot((y - MIDDLE[0]) / HALF[0], (x - MIDDLE[1]) / HALF[1])
    inside = (away < 1).astype(np.uint8)
    far = [cv2.distanceTransform(side, cv2.DIST_L2, 5) for side in (inside, 1 - inside)]
    return np.asarray(far[0] - far[1] - np.where(inside > 0, 0.5, -0.5), np.float32)


def heard(light: Float) -> Soft:
    lines = outlines(depth())
    places = np.concatenate([line.points for line in lines])
    base = field.terms(places, (MIDDLE[1], MIDDLE[0], HALF[0]))
    found = soft(sides(light, depth() > 0), lines, base, DEPTH)
    assert found is not None
    return found


@pytest.mark.parametrize("sigma", [1.0, 2.0, 4.0])
def test_the_light_and_the_feather_are_measured(sigma: float) -> None:
    across = (np.arange(SHAPE[1]) - MIDDLE[1]) / HALF[0]
    over = np.array([-0.14, -0.1, -0.05]) + 0.12 * across[None, :, None]
    alpha = cv2.GaussianBlur((depth() > 0).astype(np.float32), (0, 0), sigma)
    found = heard(np.asarray(ground(3) + alpha[..., None] * over, np.float32))
    assert found.fit.evidence == 1
    assert found.read
    assert 0.6 * sigma <= found.sigma <= 1.5 * sigma
    assert found.fit.factors[0] == pytest.approx([-0.14, -0.1, -0.05], abs=0.035)
    assert found.fit.factors[1] == pytest.approx(0.12, abs=0.04)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_heard_where_nothing_was_pasted(seed: int) -> None:
    assert heard(ground(seed)).fit.evidence == 0
