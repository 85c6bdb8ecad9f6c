"""Rectangles, mask lengths and the context crop, over many sizes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato_protocol.errors import InvalidField
from sfumato_protocol.geometry import (
    ENOUGH_CONTEXT,
    MIN_CONTEXT,
    RING,
    WHOLE,
    WIDE,
    ZONES,
    Extent,
    MaskSettings,
    Rect,
    context_crop,
    default_masks,
    island_extent,
    pass_extent,
)

canvases = st.builds(Rect, st.just(0), st.just(0), st.integers(1, 9000), st.integers(1, 9000))
boxes = st.builds(
    Rect, st.integers(-300, 9000), st.integers(-300, 9000), st.integers(1, 4000),
    st.integers(1, 4000),
)  # fmt: skip
rects = st.builds(
    Rect, st.integers(-50, 50), st.integers(-50, 50), st.integers(0, 60), st.integers(0, 60)
)
extents = st.lists(
    st.builds(
        Extent, st.sampled_from(ZONES), st.floats(0, 300), st.floats(0, 300), st.floats(0, 300),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@given(canvases, boxes, extents)
def test_the_crop_lies_on_the_canvas_and_holds_all_that_is_touched(
    canvas: Rect, selection: Rect, passes: list[Extent]
) -> None:
    visible = selection.intersected(canvas)
    if visible.empty:
        with pytest.raises(InvalidField, match="a selection that lies on the canvas"):
            context_crop(selection, canvas, passes)
        return
    crop = context_crop(selection, canvas, passes)
    assert canvas.contains(crop)
    reach = max(extent.reach for extent in passes)
    touched = visible.grown(int(reach) + (reach > int(reach))).intersected(canvas)
    assert crop.contains(touched)


@given(canvases, boxes, extents)
def test_at_the_edge_the_crop_is_shifted_not_shrunk(
    canvas: Rect, selection: Rect, passes: list[Extent]
) -> None:
    visible = selection.intersected(canvas)
    if visible.empty:
        return
    free = Rect(-100_000, -100_000, 300_000, 300_000)
    wanted = context_crop(visible, free, passes)
    crop = context_crop(selection, canvas, passes)
    assert crop.width == min(wanted.width, canvas.width)
    assert crop.height == min(wanted.height, canvas.height)


@given(boxes, extents)
def test_far_from_edges_there_is_context_on_every_side(box: Rect, passes: list[Extent]) -> None:
    canvas = Rect(-100_000, -100_000, 300_000, 300_000)
    crop = context_crop(box, canvas, passes)
    margin = min(box.x - crop.x, box.y - crop.y, crop.right - box.right, crop.bottom - box.bottom)
    reach = max(extent.reach for extent in passes)
    assert margin >= reach + MIN_CONTEXT
    assert margin >= reach + min(max(box.width, box.height) / 2, ENOUGH_CONTEXT)
    assert min(box.x - crop.x, crop.right - box.right) >= reach + box.width / 2
    assert min(box.y - crop.y, crop.bottom - box.bottom) >= reach + box.height / 2


PHOTO = Rect(0, 0, 6000, 4000)
MOST = 4096 * 4096


@pytest.mark.parametrize("box", [Rect(1500, 2000, 3000, 40), Rect(1700, 1800, 2600, 500)])
@pytest.mark.parametrize("upright", [False, True])
def test_a_long_line_needs_no_square_of_context(box: Rect, upright: bool) -> None:
    canvas = PHOTO
    if upright:
        canvas = Rect(0, 0, canvas.height, canvas.width)
        box = Rect(box.y, box.x, box.height, box.width)
    masks = default_masks(canvas, box)
    crop = context_crop(box, canvas, [pass_extent(WIDE, 1.0, 1.0, masks)])
    assert crop.width * crop.height <= MOST / 1.5
    assert min(box.x - crop.x, box.y - crop.y) >= 500


@given(canvases, boxes, extents, st.integers(1, 3000**2), st.integers(1, 9000))
def test_context_gives_way_before_a_crop_is_too_large(
    canvas: Rect, selection: Rect, passes: list[Extent], most: int, longest: int
) -> None:
    visible = selection.intersected(canvas)
    if visible.empty:
        return
    free = context_crop(selection, canvas, passes)
    crop = context_crop(selection, canvas, passes, most, longest)
    touched = visible.grown(math.ceil(max(extent.reach for extent in passes))).intersected(canvas)
    assert canvas.contains(crop)
    assert crop.contains(touched)
    if free.width * free.height <= most and max(free.width, free.height) <= longest:
        assert crop == free
    elif crop.width * crop.height > most or max(crop.width, crop.height) > longest:
        assert crop == context_crop(selection, canvas, passes, 1, 1), "all of it has given way"


def test_as_much_context_is_kept_as_there_is_room_for() -> None:
    box = Rect(1500, 500, 3000, 3000)
    crop = context_crop(box, PHOTO, (), MOST)
    assert 0.97 * MOST <= crop.width * crop.height <= MOST
    assert min(box.x - crop.x, box.y - crop.y) > 400


@given(canvases, boxes)
def test_default_lengths_are_those_of_the_definition(canvas: Rect, box: Rect) -> None:
    masks = default_masks(canvas, box)
    large = min(20, max(10, max(canvas.width, canvas.height) / 128))
    radius = min(box.width, box.height) / 2
    assert masks.auto
    assert masks.feather == pytest.approx(min(large, max(radius / 3, 2)))
    assert masks.grow == pytest.approx(min(large / 2, max(radius / 8, 1)))
    assert masks.ring_width == masks.feather
    assert masks.wide_feather <= min(max(48, 4 * large), max(radius, 12))
    assert masks.wide_feather + masks.grow <= max(2 * radius, 3) + 1e-9, "no larger than the region"


@pytest.mark.parametrize(
    ("longest", "side", "feather", "grow"),
    [(512, 400, 10, 5), (1920, 400, 15, 7.5), (8000, 400, 20, 10), (8000, 23, 23 / 6, 23 / 16)],
)
def test_feather_follows_the_document_and_the_selection(
    longest: int, side: int, feather: float, grow: float
) -> None:
    masks = default_masks(Rect(0, 0, longest, 100), Rect(0, 0, side, side))
    assert masks.feather == pytest.approx(feather)
    assert masks.grow == pytest.approx(grow)


@given(st.floats(0.5, 400), st.floats(0.5, 400), st.sampled_from(ZONES), st.floats(0.1, 4))
def test_an_island_never_gets_more_than_a_larger_one(
    one: float, other: float, zone: str, factor: float
) -> None:
    most = pass_extent(
        zone, factor, 1.0, default_masks(Rect(0, 0, 4096, 4096), Rect(0, 0, 900, 900))
    )
    small, large = (island_extent(most, radius) for radius in sorted((one, other)))
    assert small.grow <= large.grow <= most.grow
    assert small.width <= large.width <= most.width
    assert small.feather <= large.feather + 1 / 8 * abs(one - other) <= most.feather + 50
    assert small.reach <= most.reach


def test_chosen_lengths_are_no_island_s_business() -> None:
    chosen = MaskSettings(10, 5, 12, 60)
    for zone in ZONES:
        extent = pass_extent(zone, 1.0, 1.0, chosen)
        assert island_extent(extent, 1.5) == extent


MASKS = MaskSettings(feather=10, grow=5, ring_width=12, wide_feather=60)


@pytest.mark.parametrize(
    ("zone", "expected", "reach"),
    [
        (WHOLE, Extent(WHOLE, 5, 20, 0), 25),
        (RING, Extent(RING, 5, 20, 6), 26),
        (WIDE, Extent(WIDE, 5, 120, 0), 125),
    ],
)
def test_a_pass_scales_the_job_s_lengths(zone: str, expected: Extent, reach: float) -> None:
    extent = pass_extent(zone, 2.0, 0.5, MASKS)
    assert extent == expected
    assert extent.reach == reach


def test_keeping_inside_reaches_nowhere() -> None:
    masks = MaskSettings(10, 5, 12, 60, keep_inside=True)
    for zone in ZONES:
        assert pass_extent(zone, 1.0, 1.0, masks).reach == 0


@given(rects, rects)
def test_intersection_is_what_both_have(one: Rect, two: Rect) -> None:
    def pixels(rect: Rect) -> set[tuple[int, int]]:
        return {(x, y) for x in range(rect.x, rect.right) for y in range(rect.y, rect.bottom)}

    both = one.intersected(two)
    assert pixels(both) == pixels(one) & pixels(two)
    assert both.empty == (not pixels(both))
    if not both.empty:
        assert one.contains(both)
        assert two.contains(both)


@given(rects, st.integers(0, 20), st.integers(-9, 9))
def test_growing_and_moving(rect: Rect, px: int, step: int) -> None:
    assert rect.grown(px).contains(rect)
    assert rect.grown(px).width == rect.width + 2 * px
    assert rect.moved(step, -step).moved(-step, step) == rect


@pytest.mark.parametrize("wrong", [-1, 2.5, True, "3", 10**8])
def test_a_rectangle_is_of_whole_pixels(wrong: object) -> None:
    with pytest.raises(InvalidField):
        Rect(0, 0, wrong, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf"), 2000.0, "10"])
def test_mask_lengths_are_bounded(wrong: object) -> None:
    with pytest.raises(InvalidField, match="feather"):
        MaskSettings(wrong, 5, 10, 48)  # type: ignore[arg-type]
