"""Holes of which it is known by construction how they go on."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from engines.test_contract import disc, texture
from sfumato_server.engines.base import Step
from sfumato_server.engines.patch.fill import anchored, fill
from sfumato_server.imaging.arrays import Flags, Float


def filled(image: Float, hole: Flags, seed: int = 3, anchor: float = 0.0) -> Float:
    return run(image, hole, seed, anchor)[1]


def run(image: Float, hole: Flags, seed: int, anchor: float = 0.0) -> tuple[list[Step], Float]:
    work, steps = fill(image, hole, seed, anchor), []
    while True:
        try:
            steps.append(next(work))
        except StopIteration as end:
            return steps, end.value


def painted(image: Float, hole: Flags) -> Float:
    """Magenta in the hole, so that nothing of the truth can be read there."""
    colour = np.array([1, 0, 1], np.float32)
    return np.where(hole[..., None], colour, image).astype(np.float32)


def hole_of(side: int, radius: float) -> Flags:
    return np.asarray(disc(side, side, radius) > 0)


def grained(picture: Float, deviation: float = 0.01) -> Float:
    noise = np.random.default_rng(1).normal(0, deviation, picture.shape)
    return np.asarray((picture + noise).clip(0, 1), np.float32)


def lattice(side: int) -> Float:
    """Dark bars of 3 px every 17 px across and every 23 px down, on light ground."""
    y, x = np.mgrid[:side, :side]
    bars = (x % 17 < 3) | (y % 23 < 3)
    return grained(np.where(bars[..., None], (0.2, 0.15, 0.1), (0.8, 0.75, 0.7)).astype(np.float32))


def shore(side: int) -> Float:
    """Two grounds of other colour and grain that meet at a slant of 1 in 4."""
    y, x = np.mgrid[:side, :side]
    above = (y < side / 2 + (x - side / 2) / 4)[..., None]
    upper = grained(np.full((side, side, 3), (0.7, 0.8, 0.9), np.float32), 0.01)
    lower = grained(np.full((side, side, 3), (0.4, 0.25, 0.15), np.float32), 0.06)
    return np.where(above, upper, lower).astype(np.float32)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("make", "most"), [(lattice, 0.12), (shore, 0.01)])
def test_lattices_and_edges_go_on_through_the_hole(
    make: Callable[[int], Float], most: float, seed: int
) -> None:
    """`most` is the share of the hole that may look otherwise; half a lattice's bars are 0.15."""
    truth, hole = make(192), hole_of(192, 32)
    result = filled(painted(truth, hole), hole, seed)
    other = np.abs(cv2.GaussianBlur(result - truth, (0, 0), 1.0)).max(axis=2)[hole] > 0.15
    assert other.mean() < most


def test_texture_keeps_its_contrast() -> None:
    truth, hole = texture(160, 160), hole_of(160, 32)
    result = filled(painted(truth, hole), hole)
    fine = [each - cv2.GaussianBlur(each, (0, 0), 1.5) for each in (result, truth)]
    assert fine[0][hole].std() == pytest.approx(fine[1][hole].std(), rel=0.1)


def sky(side: int) -> Float:
    """A gradient that bends, as light does, in 0..1."""
    y, x = np.mgrid[:side, :side].astype(np.float32) / side
    planes = (0.35 + 0.25 * y - 0.1 * y * y, 0.55 + 0.2 * y + 0.06 * x * y, 0.85 - 0.1 * y)
    vignette = 0.04 * np.cosh(1.5 * (x - 0.5))
    return np.stack([plane + vignette for plane in planes], axis=2).astype(np.float32)


def test_a_clean_sky_is_met_to_a_quarter_of_a_level() -> None:
    smooth, hole = sky(384) * 255, hole_of(384, 64)
    result = filled(painted(np.asarray(np.rint(smooth) / 255, np.float32), hole), hole) * 255
    assert np.abs(np.rint(result) - np.rint(smooth))[hole].mean() < 0.25
    assert np.abs(result - smooth)[hole].max() < 0.6


def test_a_grainy_sky_has_no_blotches_and_its_own_grain() -> None:
    smooth, hole = sky(384), hole_of(384, 48)
    result = filled(painted(grained(smooth), hole), hole)
    left = (result - smooth) * 255
    assert np.abs(cv2.GaussianBlur(left, (0, 0), 8))[hole].mean() < 0.5
    assert left[hole].std() == pytest.approx(2.55, rel=0.15)


def test_only_a_window_around_the_hole_is_looked_at() -> None:
    image, hole = texture(400, 400), np.zeros((400, 400), bool)
    hole[180:220, 190:214] = True
    image = painted(image, hole)
    at = np.s_[100:300, 110:294]
    elsewhere = np.zeros_like(image)
    elsewhere[at] = image[at]
    np.testing.assert_array_equal(filled(elsewhere, hole)[at], filled(image, hole)[at])


def test_a_hole_is_not_filled_from_another() -> None:
    image, hole = texture(160, 240), np.zeros((160, 240), bool)
    hole[60:100, 60:100] = hole[60:100, 140:180] = True
    result = filled(painted(image, hole), hole)
    assert (result[..., 1] - result[..., 2])[hole].min() > -0.3
    np.testing.assert_array_equal(result[~hole], image[~hole])


@pytest.mark.parametrize("image", [texture(128, 128), sky(128)], ids=["texture", "sky"])
def test_steps_are_counted_and_the_input_is_left_alone(image: Float) -> None:
    hole = hole_of(128, 20)
    kept = image.copy()
    steps, result = run(image, hole, 1)
    assert [step.index for step in steps] == list(range(1, steps[-1].total + 1))
    np.testing.assert_array_equal(image, kept)
    np.testing.assert_array_equal(result[~hole], image[~hole])


def test_an_anchor_keeps_the_old_contents_low_frequencies_by_its_share() -> None:
    truth, hole = texture(128, 128), hole_of(128, 30)
    old = np.where(hole[..., None], truth * np.float32(0.5), truth).astype(np.float32)
    means = [float(filled(old, hole, 3, anchor)[hole].mean()) for anchor in (0, 0.3, 0.6, 1)]
    assert means == sorted(means, reverse=True)
    free, kept = means[0], means[-1]
    assert free == pytest.approx(float(truth[hole].mean()), abs=0.04)
    assert kept < free - 0.6 * (free - float(old[hole].mean()))


def test_an_anchor_makes_no_step_at_the_edge() -> None:
    image, hole = np.full((96, 96, 3), 0.5, np.float32), hole_of(96, 24)
    old = np.where(hole[..., None], np.float32(0.2), image).astype(np.float32)
    result = anchored(image, old, hole, 1.0)
    depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)
    line = (depth > 0) & (depth < 1.5)
    assert np.abs(result - image)[line].max() < 0.3 * np.abs(old - image)[line].max()
    assert result[48, 48, 0] == pytest.approx(0.2, abs=0.03)
