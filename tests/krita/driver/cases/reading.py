"""Reading a document: what comes back is what Krita holds."""

import gc

from pictures import HEIGHT, SPACES, WIDTH, bytes_of, picture, select

from krita import Selection
from sfumato.core.types import Frame
from sfumato.krita_io import document as reader
from sfumato_protocol.geometry import Extent, Rect, context_crop

EXTENTS = (Extent("whole", 5.0, 10.0, 0.0), Extent("wide", 5.0, 48.0, 0.0))


def framed(canvas, bounds, coverage):
    """One frame, as the plugin makes it of a small selection."""
    return (Frame(bounds, context_crop(bounds, canvas, EXTENTS)),)


def case_everything_of_a_rectangle_in_every_supported_space():
    for colour in SPACES:
        with picture(colour) as document:
            select(document, 200, 150, 60, 40)
            (reading,) = reader.read(document, framed)
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
        (reading,) = reader.read(document, framed)
        assert coverage_at(reading, 105, 80) == 5
        assert coverage_at(reading, 131, 87) == 255
        assert sum(bytes(reading.selection)) == 4 * sum(range(256))


def case_the_frames_are_asked_for_with_canvas_bounds_and_the_selection():
    asked = []

    def frames(canvas, bounds, coverage):
        asked.append((canvas, bounds, coverage(Rect(18, 30, 4, 2))))
        return framed(canvas, bounds, coverage)

    with picture() as document:
        select(document, 20, 30, 40, 50)
        reader.read(document, frames)
    selected = b"\0\0\xff\xff" * 2
    assert asked == [(Rect(0, 0, WIDTH, HEIGHT), Rect(20, 30, 40, 50), selected)], asked


def case_each_frame_has_its_own_parts_of_the_selection():
    near, far = Rect(20, 30, 40, 50), Rect(300, 200, 60, 30)
    beside = Rect(100, 30, 5, 5)  # in the first crop, and no part of it
    with picture() as document:
        chosen = Selection()
        for part in (near, far, beside):
            chosen.select(part.x, part.y, part.width, part.height, 200)
        document.setSelection(chosen)
        crops = Rect(0, 0, 120, 100), Rect(280, 150, 200, 200)
        frames = (Frame(near, crops[0], (near,)), Frame(far, crops[1], (far,)))
        readings = reader.read(document, lambda *asked: frames)
    for reading, part, crop in zip(readings, (near, far), crops):
        assert (reading.bounds, reading.crop) == (part, crop)
        assert reading.selection == b"".join(
            bytes(200 * part.contains(Rect(x, y, 1, 1)) for x in range(crop.x, crop.right))
            for y in range(crop.y, crop.bottom)
        )
        assert len(reading.pixels) == crop.width * crop.height * 4


def case_a_selection_half_off_the_canvas():
    with picture() as document:
        select(document, -30, -20, 60, 50)
        (reading,) = reader.read(document, framed)
        assert reading.bounds == Rect(-30, -20, 60, 50), reading.bounds
        assert reading.crop.x == 0 and reading.crop.y == 0
        assert coverage_at(reading, 29, 29) == 255 and coverage_at(reading, 30, 29) == 0


def case_the_whole_canvas_selected():
    with picture() as document:
        select(document, 0, 0, WIDTH, HEIGHT)
        (reading,) = reader.read(document, framed)
        assert reading.crop == reading.canvas
        assert bytes(reading.selection) == b"\xff" * (WIDTH * HEIGHT)


def case_buffers_outlive_the_document_and_are_not_copied():
    with picture() as document:
        select(document, 100, 100, 50, 50)
        (reading,) = reader.read(document, framed)
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
        reader.read(document, framed)
        assert (bytes_of(document), names(document)) == before
        assert not document.modified()


def names(document):
    return [node.name() for node in document.topLevelNodes()]


def coverage_at(reading, x, y):
    """The selection's byte at a canvas pixel."""
    row = (y - reading.crop.y) * reading.crop.width
    return reading.selection[row + x - reading.crop.x]
