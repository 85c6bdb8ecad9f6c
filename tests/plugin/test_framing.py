"""What of a picture a click sends: sizes alone, no pixels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import flat_server
from sfumato.core.framing import Framing
from sfumato.core.types import Bytes, Coverage, Refusal
from sfumato_protocol.blobs import MAX_SIDE
from sfumato_protocol.geometry import RING, WHOLE, Rect, context_crop

RECIPE = flat_server.WELCOME.recipes[0]
LIMITS = flat_server.WELCOME.limits
FRAMING = Framing(RECIPE.passes, LIMITS)
PHOTO = Rect(0, 0, 6000, 4000)


def unread(area: Rect) -> Bytes:
    raise AssertionError(f"{area} of the selection was read")


def spots(*rects: Rect) -> Coverage:
    """A selection of rectangles."""

    def coverage(area: Rect) -> Bytes:
        content = bytearray(area.width * area.height)
        for rect in rects:
            seen = rect.intersected(area)
            for y in range(seen.y, seen.bottom):
                start = (y - area.y) * area.width + seen.x - area.x
                content[start : start + seen.width] = b"\xff" * seen.width
        return content

    return coverage


def test_a_small_selection_is_one_crop_and_not_looked_into() -> None:
    bounds = Rect(100, 100, 50, 40)
    (frame,) = FRAMING(PHOTO, bounds, unread)
    extents = FRAMING.extents(PHOTO, bounds)
    assert (frame.bounds, frame.parts) == (bounds, ())
    assert frame.crop == context_crop(bounds, PHOTO, extents)


@pytest.mark.parametrize(
    "bounds",
    [Rect(1500, 2000, 3000, 40), Rect(1700, 1700, 2600, 500), Rect(1000, 300, 3400, 3400)],
    ids=["power line", "seam", "large"],
)
def test_what_was_refused_for_its_context_alone_is_one_crop(bounds: Rect) -> None:
    (frame,) = FRAMING(PHOTO, bounds, spots(bounds))
    assert frame.crop.width * frame.crop.height <= LIMITS.crop_pixels
    reach = max(extent.reach for extent in FRAMING.extents(PHOTO, bounds))
    assert frame.crop.contains(bounds.grown(int(reach) + 1))


def test_far_spots_get_crops_of_their_own() -> None:
    places = (Rect(200, 150, 120, 90), Rect(5600, 300, 80, 80), Rect(3000, 3700, 60, 100))
    near = Rect(5700, 350, 40, 40)
    bounds = Rect(200, 150, 5540, 3650)
    frames = FRAMING(PHOTO, bounds, spots(*places, near))
    assert len(frames) == 3
    held = {part for frame in frames for part in frame.parts}
    assert held == {places[0], Rect(5600, 300, 140, 90), places[2]}
    for frame in frames:
        assert frame.crop.width * frame.crop.height < 1_000_000
        assert all(frame.bounds.contains(part) for part in frame.parts)
        assert frame.crop.contains(frame.bounds)


def test_a_crop_that_would_be_mostly_for_nothing_is_divided_too() -> None:
    places = (Rect(500, 500, 80, 80), Rect(3400, 3300, 90, 70))
    bounds = Rect(500, 500, 2990, 2870)
    frames = FRAMING(PHOTO, bounds, spots(*places))
    assert [frame.parts for frame in frames] == [(place,) for place in places]
    busy = Framing(RECIPE.passes, replace(LIMITS, jobs=1))(PHOTO, bounds, spots(*places))
    assert [frame.parts for frame in busy] == [()], "one crop will do where no more jobs are taken"
    large = (Rect(500, 500, 1300, 2870), Rect(2200, 500, 1290, 2870))
    assert len(FRAMING(PHOTO, bounds, spots(*large))) == 1, "little to gain"


def test_parts_that_need_no_more_together_share_a_crop() -> None:
    """Two pairs, the pairs far from each other; in a pair the crops would overlap by most."""
    pairs = [Rect(x, y, 300, 300) for x in (100, 5300) for y in (100, 800)]
    frames = FRAMING(PHOTO, Rect(100, 100, 5500, 3800), spots(*pairs, Rect(100, 3700, 200, 200)))
    assert sorted(len(frame.parts) for frame in frames) == [1, 2, 2]


def test_more_places_than_jobs_are_shared_out_or_refused() -> None:
    limits = replace(LIMITS, jobs=3)
    row = [Rect(x, 100, 20, 20) for x in (100, 900, 5000, 5800)]
    tail = Rect(100, 3900, 20, 20)
    bounds = Rect(100, 100, 5720, 3820)
    frames = Framing(RECIPE.passes, limits)(PHOTO, bounds, spots(*row, tail))
    assert len(frames) <= 3
    assert sum(len(frame.parts) for frame in frames) == 5
    with pytest.raises(Refusal, match=r"2 places far apart.*at most 1 more"):
        Framing(RECIPE.passes, replace(LIMITS, jobs=1))(PHOTO, bounds, spots(row[0], row[3], tail))


@pytest.mark.parametrize("side", [8192, 20000])
def test_a_whole_large_picture_is_refused_by_its_bounds(side: int) -> None:
    read = 0

    def coverage(area: Rect) -> Bytes:
        nonlocal read
        read += area.width * area.height
        return b"\xff" * (area.width * area.height)

    whole = Rect(0, 0, side, side)
    with pytest.raises(Refusal, match=r"megapixels.*at most 16\.8.*smaller"):
        FRAMING(whole, whole, coverage)
    assert read < side * side / 50


def test_a_part_that_is_too_large_by_itself_is_refused() -> None:
    field, spot = Rect(0, 0, 5000, 3900), Rect(5900, 3900, 50, 50)
    with pytest.raises(Refusal, match="smaller"):
        FRAMING(PHOTO, Rect(0, 0, 5950, 3950), spots(field, spot))


def test_the_limit_itself_is_not_too_large() -> None:
    whole = Rect(0, 0, 300, 200)
    limits = replace(LIMITS, crop_pixels=300 * 200)
    assert Framing(RECIPE.passes, limits)(whole, whole, spots(whole))[0].crop == whole
    with pytest.raises(Refusal, match="smaller"):
        Framing(RECIPE.passes, replace(limits, crop_pixels=300 * 200 - 1))(
            whole, whole, spots(whole)
        )


@pytest.mark.parametrize("upright", [False, True])
def test_a_crop_longer_than_can_be_sent_is_refused(upright: bool) -> None:
    framing = Framing(RECIPE.passes, replace(LIMITS, crop_pixels=MAX_SIDE * 4096))
    for side in (MAX_SIDE, MAX_SIDE + 1):
        whole = Rect(0, 0, 300, side) if upright else Rect(0, 0, side, 300)
        if side <= MAX_SIDE:
            assert framing(whole, whole, spots(whole))
            continue
        with pytest.raises(Refusal, match=f"are {side} px long.*at most {MAX_SIDE} px.*shorter"):
            framing(whole, whole, spots(whole))


def test_extents_follow_the_recipe() -> None:
    extents = FRAMING.extents(Rect(0, 0, 1280, 720), Rect(10, 10, 50, 50))
    assert [extent.zone for extent in extents] == [WHOLE, RING]
    assert extents[0].feather == pytest.approx(50 / 6)
    assert extents[1].width == pytest.approx(50 / 6)
