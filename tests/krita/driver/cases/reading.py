"""Reading a document: what comes back is what Krita holds."""

import gc

from pictures import HEIGHT, SPACES, WIDTH, bytes_of, picture, select

from krita import Selection
from sfumato.krita_io import document as reader
from sfumato_protocol.geometry import Extent, Rect, context_crop

EXTENTS = (Extent("whole", 5.0, 10.0, 0.0), Extent("wide", 5.0, 48.0, 0.0))


def extents(canvas, bounds):
    return EXTENTS


def case_everything_of_a_rectangle_in_every_supported_space():
    for colour in SPACES:
        with picture(colour) as document:
            select(document, 200, 150, 60, 40)
            reading = reader.read(document, extents)
            canvas, bounds = Rect(0, 0, WIDTH, HEIGHT), Rect(200, 150, 60, 40)
            assert (reading.canvas, reading.bounds, reading.colour) == (canvas, bounds, colour)
            assert reading.crop == context_crop(bounds, canvas, EXTENTS), reading.crop
            assert reading.crop != canvas, "the crop should be smaller than the picture"
            assert bytes(reading.pixels) == bytes_of(document, reading.crop)
            assert coverage_at(reading, 200, 150) == 255 and coverage_at(reading, 199, 150) == 0
            assert coverage_at(reading, 259, 189) == 255 and coverage_at(reading, 260, 189) == 0


def case_soft_selections_come_through_unchanged():
    with picture() as document:
        soft = Selection()
        soft.setPixelData(bytes(range(256)) * 4, 100, 80, 32, 32)
        document.setSelection(soft)
        reading = reader.read(document, extents)
        assert coverage_at(reading, 105, 80) == 5
        assert coverage_at(reading, 131, 87) == 255
        assert sum(bytes(reading.selection)) == 4 * sum(range(256))


def case_the_extents_are_asked_for_with_canvas_and_bounds():
    asked = []
    with picture() as document:
        select(document, 20, 30, 40, 50)
        reader.read(document, lambda *args: asked.append(args) or EXTENTS)
    assert asked == [(Rect(0, 0, WIDTH, HEIGHT), Rect(20, 30, 40, 50))], asked


def case_a_selection_half_off_the_canvas():
    with picture() as document:
        select(document, -30, -20, 60, 50)
        reading = reader.read(document, extents)
        assert reading.bounds == Rect(-30, -20, 60, 50), reading.bounds
        assert reading.crop.x == 0 and reading.crop.y == 0
        assert coverage_at(reading, 29, 29) == 255 and coverage_at(reading, 30, 29) == 0


def case_the_whole_canvas_selected():
    with picture() as document:
        select(document, 0, 0, WIDTH, HEIGHT)
        reading = reader.read(document, extents)
        assert reading.crop == reading.canvas
        assert bytes(reading.selection) == b"\xff" * (WIDTH * HEIGHT)


def case_buffers_outlive_the_document_and_are_not_copied():
    with picture() as document:
        select(document, 100, 100, 50, 50)
        reading = reader.read(document, extents)
        expected = bytes(reading.pixels)
        assert type(reading.pixels.obj).__name__ == "QByteArray"
    gc.collect()
    assert bytes(reading.pixels) == expected
    assert len(reading.pixels) == reading.crop.width * reading.crop.height * 4


def case_reading_changes_nothing():
    with picture() as document:
        select(document, 100, 100, 50, 50)
        document.setModified(False)
        before = bytes_of(document), names(document)
        reader.read(document, extents)
        assert (bytes_of(document), names(document)) == before
        assert not document.modified()


def case_a_document_keeps_its_identity():
    with picture() as first, picture() as second:
        assert reader.identity(first) != reader.identity(second)
        assert reader.find(reader.identity(first)) == first
        assert reader.find(reader.identity(second)) == second
        kept = reader.identity(first)
        first.setName("renamed")
        assert reader.identity(first) == kept
    assert reader.find(kept) is None


def names(document):
    return [node.name() for node in document.topLevelNodes()]


def coverage_at(reading, x, y):
    """The selection's byte at a canvas pixel."""
    row = (y - reading.crop.y) * reading.crop.width
    return reading.selection[row + x - reading.crop.x]
