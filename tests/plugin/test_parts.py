"""Far parts of a selection, found in plain bytes; numpy draws the selections."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.core.parts import far_parts
from sfumato_protocol.geometry import Rect

boxes = st.builds(
    Rect, st.integers(0, 180), st.integers(0, 130), st.integers(1, 20), st.integers(1, 20)
)


def drawn(rects: list[Rect], width: int = 200, height: int = 150) -> Callable[[Rect], bytes]:
    canvas = np.zeros((height, width), np.uint8)
    for rect in rects:
        canvas[rect.y : rect.bottom, rect.x : rect.right] = 1

    def coverage(area: Rect) -> bytes:
        return canvas[area.y : area.bottom, area.x : area.right].tobytes()

    return coverage


@given(st.lists(boxes, min_size=1, max_size=6), st.integers(1, 40))
def test_the_parts_hold_all_that_is_selected_and_lie_apart(rects: list[Rect], gap: int) -> None:
    area = Rect(0, 0, 200, 150)
    coverage = drawn(rects)
    parts = far_parts(area, coverage, gap)
    assert sum(sum(coverage(part)) for part in parts) == sum(coverage(area))
    for one, other in combinations(parts, 2):
        across = max(one.x, other.x) - min(one.right, other.right)
        along = max(one.y, other.y) - min(one.bottom, other.bottom)
        assert max(across, along) >= gap
    if len(parts) > 1:
        for part in parts:
            edges = (
                Rect(part.x, part.y, part.width, 1),
                Rect(part.x, part.bottom - 1, part.width, 1),
                Rect(part.x, part.y, 1, part.height),
                Rect(part.right - 1, part.y, 1, part.height),
            )
            assert all(any(coverage(edge)) for edge in edges), "looser than can be"


def test_three_far_spots_are_three_parts() -> None:
    spots = [Rect(3, 5, 10, 8), Rect(150, 40, 9, 20), Rect(20, 130, 4, 4)]
    assert far_parts(Rect(3, 5, 156, 129), drawn(spots), 30) == tuple(spots)


def test_near_spots_are_one() -> None:
    area = Rect(10, 10, 49, 12)
    assert far_parts(area, drawn([Rect(10, 10, 10, 12), Rect(49, 12, 10, 10)]), 30) == (area,)


@pytest.mark.parametrize("side", [8192])
def test_a_full_selection_is_known_by_a_few_lines(side: int) -> None:
    read = 0

    def coverage(area: Rect) -> bytes:
        nonlocal read
        read += area.width * area.height
        return b"\xff" * (area.width * area.height)

    area = Rect(0, 0, side, side)
    assert far_parts(area, coverage, 264) == (area,)
    assert read < side * side / 100
