"""The selection beside a record, and the small picture."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest

from fakes import plugin_values as values
from sfumato import thumbnails
from sfumato.core import packing
from sfumato.core.placement import plan_layers
from sfumato.core.types import Refusal
from sfumato.qt import QImage
from sfumato_protocol.geometry import Rect
from sfumato_protocol.provenance import SELECTION, THUMBNAIL

AREA = Rect(-3, 5, 7, 4)
COVERAGE = bytes(range(28))


def test_what_was_packed_is_unpacked() -> None:
    assert packing.unpack(packing.pack(AREA, COVERAGE)) == (AREA, COVERAGE)
    assert packing.pack(AREA, COVERAGE[:-1]) == b""


def test_places_that_are_of_no_canvas_are_not_joined() -> None:
    far = replace(AREA, x=9_000_000, y=9_000_000), COVERAGE
    with pytest.raises(Refusal):
        packing.joined([(AREA, COVERAGE), far])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        packing.pack(AREA, COVERAGE)[:-12],
        packing.pack(AREA, COVERAGE)[:16],
        b"\xff" * 16 + zlib.compress(b""),
        b"\0" * 8 + b"\x02\0\0\0\x02\0\0\0" + zlib.compress(b"\0" * 3),
        b"\0" * 8 + b"\0\0\0\x7f\0\0\0\x7f" + zlib.compress(b"\0" * 100),
        packing.pack(AREA, COVERAGE)[:16] + b"no zlib",
    ],
)
def test_what_is_no_packed_selection_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="not stored"):
        packing.unpack(content)


@pytest.mark.parametrize("depth", ["U8", "U16"])
def test_a_job_leaves_its_selection_and_a_small_picture(application: object, depth: str) -> None:
    job = values.finished_job(depth)
    small = thumbnails.jpeg(job)
    plan = plan_layers(job, thumbnails={job.id: small})
    stored = dict(plan.other_records)
    reading = job.request.reading
    assert packing.unpack(stored[SELECTION + job.id]) == (reading.crop, reading.selection)
    image = QImage.fromData(stored[THUMBNAIL + job.id])
    assert (image.width(), image.height()) == (values.CROP.width, values.CROP.height)
    assert len(small) < 20_000


def test_a_job_of_an_earlier_krita_has_neither_pixels_nor_selection(application: object) -> None:
    job = values.finished_job()
    reading = replace(job.request.reading, pixels=b"", selection=b"")
    bare = replace(job, request=replace(job.request, reading=reading))
    assert plan_layers(bare).other_records == ()
    assert not thumbnails.composed(reading, job.results).isNull()
    assert thumbnails.jpeg(replace(bare, results=())) == b""


def test_what_lies_over_the_picture_is_seen_as_far_as_the_masks_let_it(application: object) -> None:
    job = values.finished_job()
    result = job.results[1]
    half = replace(
        result,
        area=Rect(values.CROP.x + 4, values.CROP.y + 2, 8, 6),
        pixels=bytes([10, 20, 30, 255]) * 48,
        mask=b"\xff" * 24 + b"\0" * 24,
    )
    image = thumbnails.overlaid(job.request.reading, [half])
    assert image.size().width() == values.CROP.width
    seen, hidden, beside = (image.pixelColor(x, y) for x, y in ((5, 3), (5, 7), (0, 0)))
    assert (seen.red(), seen.green(), seen.blue(), seen.alpha()) == (30, 20, 10, 255)
    assert (hidden.alpha(), beside.alpha()) == (0, 0)
    reading = job.request.reading
    linear = replace(reading, colour=replace(reading.colour, profile="sRGB-elle-V2-g10.icc"))
    seen = thumbnails.overlaid(linear, [half]).pixelColor(5, 3)
    assert (seen.red(), seen.alpha()) == (96, 255), "as bright as Krita shows it"


def test_a_small_picture_shows_what_the_passes_reach(application: object) -> None:
    job = values.finished_job()
    crop = values.CROP
    done = replace(
        job.results[0],
        area=Rect(crop.x + 4, crop.y + 2, 8, 6),
        pixels=bytes([10, 20, 30, 255]) * 48,
        mask=b"\xff" * 48,
    )
    image = thumbnails.closely(job.request.reading, [done], 2 * crop.width)
    assert image.width() == image.height()
    assert image.width() >= 8
    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    assert (middle.red(), middle.green(), middle.blue()) == (30, 20, 10)
    assert thumbnails.closely(job.request.reading, []).isNull()
