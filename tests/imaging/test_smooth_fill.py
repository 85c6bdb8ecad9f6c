"""Membranes and plates where the right answer is known by construction."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sfumato_server.imaging.arrays import Flags, Float
from sfumato_server.imaging.smooth_fill import (
    HELD,
    MEMBRANE,
    PLATE,
    membrane,
    plate,
    relaxed,
    smooth_fill,
)

LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)


def hole(height: int = 40, width: int = 50) -> Flags:
    inside = np.zeros((height, width), np.bool_)
    inside[16:24, 12:40] = True
    return inside


def slopes(channels: int) -> Float:
    """(40, 50, channels) planes, each with its own slope."""
    y, x = np.mgrid[:40, :50].astype(np.float32)
    return np.stack([(0.2 + 0.1 * c) * x / 50 + 0.3 * y / 40 for c in range(channels)], axis=2)


def noise(shape: tuple[int, ...], seed: int) -> Float:
    return np.random.default_rng(seed).random(shape, np.float32)


def curved(u: Float) -> Float:
    found = cv2.filter2D(u, -1, LAPLACIAN, borderType=cv2.BORDER_REPLICATE)
    return found.reshape(u.shape).view(np.float32)


@pytest.mark.parametrize("channels", [1, 3, 4, 5])
def test_a_membrane_carries_a_plane_on(channels: int) -> None:
    ground = slopes(channels)
    given = np.where(hole()[..., None], np.float32(9), ground)
    filled = membrane(given, hole())
    np.testing.assert_allclose(filled, ground, atol=2e-3)
    np.testing.assert_array_equal(filled[~hole()], ground[~hole()])


def test_a_plate_carries_slopes_and_bends_on() -> None:
    y, x = np.mgrid[:40, :50].astype(np.float32)
    ground = np.stack([x / 50, y / 40, 0.5 + (x - 20) ** 2 / 900 - (y - 20) ** 2 / 900], axis=2)
    ground = np.clip(ground, 0, 1)
    given = np.where(hole()[..., None], np.float32(9), ground)
    filled = plate(given, hole())
    np.testing.assert_allclose(filled[hole()], ground[hole()], atol=2e-3)
    np.testing.assert_array_equal(filled[~hole()], ground[~hole()])


def test_of_a_holes_content_nothing_is_left() -> None:
    ground, inside = noise((40, 50, 3), 1), hole()
    other = np.where(inside[..., None], noise((40, 50, 3), 2), ground)
    np.testing.assert_array_equal(membrane(ground, inside), membrane(other, inside))
    np.testing.assert_array_equal(plate(ground, inside), plate(other, inside))


def test_between_what_is_known_and_smoothness_the_equation_holds() -> None:
    """w (u − p) = Δu at every px, for weights of every size."""
    picture, weight = noise((64, 80, 2), 3), 10 ** (3 * noise((64, 80), 4) - 2)
    u = smooth_fill(picture, weight)
    force = weight[..., None] * (u - picture)
    np.testing.assert_allclose(force, curved(u), atol=2e-3)


def test_a_far_side_of_a_large_hole_is_reached() -> None:
    """One edge 0 and the other 1, 300 px between them: half way is a half."""
    picture, inside = np.zeros((300, 300, 1), np.float32), np.ones((300, 300), np.bool_)
    picture[:, -1], inside[:, [0, -1]] = 1, False
    np.testing.assert_allclose(membrane(picture, inside)[150, 150], 0.5, atol=0.01)


@pytest.mark.parametrize(("kind", "sign"), [(MEMBRANE, -1), (PLATE, 1)])
def test_a_source_gives_back_the_picture_whose_bends_it_is(kind: int, sign: int) -> None:
    wanted = cv2.GaussianBlur(noise((40, 50, 3), 5), (0, 0), 3).view(np.float32)
    source = wanted
    for _ in range(kind):
        source = curved(source)
    weight = np.where(hole(), np.float32(0), HELD)
    start = np.where(hole()[..., None], np.float32(0), wanted)
    found = relaxed(start, wanted, weight, 150, sign * source, kind)
    np.testing.assert_allclose(found, wanted, atol=5e-3)


def test_nothing_to_fill_is_left_alone() -> None:
    picture = noise((8, 9, 3), 6)
    assert membrane(picture, np.zeros((8, 9), np.bool_)) is picture
