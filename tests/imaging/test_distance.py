"""The signed distance against shapes whose distance is known."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sfumato_server.imaging.arrays import Float, Mask
from sfumato_server.imaging.masks.distance import edge_distance
from sfumato_server.imaging.masks.zones import SelectionShape

from .shapes import Field, Implicit, coverage, disc, grid, half_plane, line, outside, union

SIZE = 224


def signed_distance(selection: Mask) -> Float:
    return SelectionShape(selection).distance


def error(shape: Implicit, size: int = SIZE, margin: int = 0, within: float = 60.0) -> Field:
    """|measured - known| at most `within` px from the edge and at least `margin` off the border."""
    known = shape(*grid(size))
    measured = signed_distance(coverage(shape, size))
    assert measured.dtype == np.float32
    assert measured.flags.c_contiguous
    inner = np.s_[margin : size - margin, margin : size - margin]
    off: Field = np.abs(measured - known)[inner][np.abs(known[inner]) < within]
    return off


@pytest.mark.parametrize("radius", [2.2, 3.2, 10.4, 30.3, 77.7])
@pytest.mark.parametrize("way", [lambda shape: shape, outside], ids=["disc", "hole"])
def test_discs_and_holes_are_exact_to_half_a_pixel(
    radius: float, way: Callable[[Implicit], Implicit]
) -> None:
    shape = way(disc(112.3, 109.7, radius))
    off = error(shape)
    # The tip of the cone, a pixel or two in the middle, is interpolated away.
    assert (off > 0.5).sum() <= 4
    assert off.max() <= 1
    assert off.mean() <= 0.15


@pytest.mark.parametrize("angle", [0, 0.1, 0.3, 0.5, math.pi / 4, 1.2, 2.0, -0.7])
def test_half_planes_are_exact_to_half_a_pixel(angle: float) -> None:
    middle = 112 * (math.cos(angle) + math.sin(angle)) + 0.3
    off = error(half_plane(angle, middle), margin=60)
    assert off.max() <= 0.5
    assert off.mean() <= 0.1


def test_a_half_plane_on_the_grid_is_found_below_a_pixel() -> None:
    for shift in np.arange(0, 1, 0.125):
        off = error(half_plane(0, 100 + shift))
        assert off.max() <= 0.07


@pytest.mark.parametrize("angle", [0, 0.4, math.pi / 4])
@pytest.mark.parametrize("width", [0.4, 1.0, 2.0, 3.0])
def test_hairlines_keep_their_place(angle: float, width: float) -> None:
    middle = 112 * (math.cos(angle) + math.sin(angle)) + 0.2
    off = error(line(angle, middle, width), margin=60)
    assert off.max() <= 1.0
    assert np.percentile(off, 98) <= 0.8
    assert off.mean() <= 0.4


@pytest.mark.parametrize(
    "shape",
    [disc(112.3, 109.7, 20.4), disc(112.3, 109.7, 77.7), half_plane(0.1, 122.9), line(0.4, 147, 9)],
    ids=["small disc", "disc", "half plane", "band"],
)
def test_a_stepped_edge_is_taken_for_the_line_through_its_steps(shape: Implicit) -> None:
    """Without anti-aliasing a pixel says only on which side it lies."""
    known = shape(*grid(SIZE))
    distance = signed_distance(np.where(known > 0, 255, 0).astype(np.uint8))
    off = np.abs(distance - known)[50:-50, 50:-50]
    assert np.percentile(off, 99) <= 0.7
    assert off.mean() <= 0.2


def test_one_pixel() -> None:
    selection = np.zeros((41, 41), np.uint8)
    selection[20, 20] = 255
    distance = signed_distance(selection)
    assert distance[20, 20] == pytest.approx(0.5, abs=0.2)
    assert (distance > 0).sum() == 1
    x, y = grid(41)
    to_square = np.hypot(np.maximum(abs(x - 20) - 0.5, 0), np.maximum(abs(y - 20) - 0.5, 0))
    away = to_square > 0
    assert np.abs(distance + to_square)[away].max() <= 0.5


def test_islands_are_each_measured() -> None:
    off = error(union(disc(50.2, 60.1, 25.3), disc(150.4, 120.6, 40.2), disc(60, 170, 3.3)))
    assert np.percentile(off, 98) <= 0.5


def test_a_corner_is_round_outside() -> None:
    selection = np.zeros((64, 64), np.uint8)
    selection[20:44, 20:44] = 255
    distance = signed_distance(selection)
    assert distance[10, 10] == pytest.approx(-math.hypot(9.5, 9.5), abs=0.5)
    assert distance[32, 10] == pytest.approx(-9.5, abs=0.1)
    assert distance[32, 25] == pytest.approx(5.5, abs=0.1)


def test_the_border_of_the_crop_is_no_edge() -> None:
    selection = np.zeros((80, 90), np.uint8)
    selection[:, :40] = 255
    distance = signed_distance(selection)
    known = np.broadcast_to(39.5 - np.arange(90), (80, 90))
    assert np.abs(distance - known).max() <= 0.05


@pytest.mark.parametrize(("level", "sign"), [(0, -1), (255, 1)])
def test_without_an_edge_all_is_far(level: int, sign: int) -> None:
    distance = signed_distance(np.full((33, 47), level, np.uint8))
    assert distance.shape == (33, 47)
    assert (distance * sign > 1e5).all()


def test_faint_noise_is_nothing() -> None:
    selection = np.zeros((50, 50), np.uint8)
    selection[10, 10] = 5
    assert signed_distance(selection).max() < -1e5


def test_a_faint_line_is_a_line() -> None:
    selection = np.zeros((50, 50), np.uint8)
    selection[:, 20] = 90
    distance = signed_distance(selection)
    assert (distance[:, 20] >= 0).all()
    assert distance[25, 10] == pytest.approx(-9.8, abs=0.4)


def test_a_feathered_selection_has_its_edge_at_half_its_peak() -> None:
    x, y = grid(160)
    ramp = np.clip((60 - np.hypot(x - 80, y - 80)) / 40 + 0.5, 0, 1)
    for peak in (255, 100):
        distance = signed_distance(np.rint(ramp * peak).astype(np.uint8))
        off = np.abs(distance - (60 - np.hypot(x - 80, y - 80)))
        assert np.percentile(off, 98) <= 1.0


masks = arrays(
    np.uint8, st.tuples(st.integers(1, 24), st.integers(1, 24)), elements=st.sampled_from([0, 255])
)


def pixels(*places: tuple[int, int]) -> Mask:
    """Single pixels of a 10 x 21 px mask."""
    mask = np.zeros((10, 21), np.uint8)
    mask[tuple(zip(*places, strict=True))] = 255
    return mask


@settings(max_examples=60, deadline=None)
@given(masks)
@example(pixels((5, 20), (7, 20), (9, 17), (9, 19)))
def test_any_binary_mask_is_near_its_exact_distance(selection: Mask) -> None:
    """Brute force: the edge lies between the nearest centres of both sides, at most 0.71 px off."""
    distance = signed_distance(selection)
    inside = selection > 0
    if inside.all() or not inside.any():
        assert (np.abs(distance) > 1e5).all()
        return
    assert ((distance > 0) == inside).all()
    points = np.argwhere(np.ones_like(inside))
    gaps = np.linalg.norm(points[:, None] - points[None], axis=2)
    gaps[inside.ravel()[:, None] == inside.ravel()[None]] = np.inf
    nearest = gaps.min(axis=1).reshape(inside.shape)
    assert (np.abs(distance) <= nearest + 0.5).all()
    assert (np.abs(distance) >= nearest - 2).all()


TEXTURES: dict[str, Callable[[int], Mask]] = {
    "dithered": lambda size: (
        255 * (np.random.default_rng(0).random((size, size)) < 0.4).astype("u1")
    ),
    "striped": lambda size: np.tile(np.array([255, 0], "u1"), (size, size // 2)),
    "chequered": lambda size: np.uint8(255) * (np.indices((size, size)).sum(0) % 2).astype("u1"),
    "dotted": lambda size: np.kron(
        np.ones((size // 8, size // 8), "u1"), np.eye(8, dtype="u1") * 255
    ),
}


@pytest.mark.parametrize("texture", TEXTURES)
def test_a_selection_that_is_all_edge_takes_no_longer_than_a_shape(texture: str) -> None:
    """Pairs of segments were compared one by one: three hundred times the cost of a disc."""

    def seconds(selection: Mask) -> float:
        started = time.perf_counter()
        edge_distance(selection)
        return time.perf_counter() - started

    size = 1024
    plain = coverage(disc(512, 512, 300), size)
    ratio = min(seconds(TEXTURES[texture](size)) for _ in range(2)) / max(
        seconds(plain) for _ in range(3)
    )
    assert ratio < 50


def test_a_dithered_selection_has_its_edge_between_its_pixels() -> None:
    selection = TEXTURES["dithered"](1024)
    found = edge_distance(selection)
    assert ((found > 0) == (selection > 0)).all()
    y, x = np.mgrid[280:360, 280:360]
    for at in product(range(300, 340), repeat=2):
        other = (selection[280:360, 280:360] > 0) != (selection[at] > 0)
        least = np.hypot(y - at[0], x - at[1])[other].min()
        assert abs(abs(found[at]) - (least - 0.5)) < 0.01
