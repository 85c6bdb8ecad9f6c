"""Asking before the click: what is asked, when, how often, and what comes of the answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PyQt5.QtWidgets import QApplication

from fakes import flat_server
from fakes import plugin_values as values
from fakes.documents import FakeDocument, FakeDocuments
from fakes.qt_waiting import pass_time
from sfumato.core import shaping, status
from sfumato.core.choices import Choices
from sfumato.core.hand import MaskHand
from sfumato.core.held import at_once, holding
from sfumato.core.shaping import Foresight
from sfumato.core.sketch import Sketch, sketching
from sfumato.core.status import Status
from sfumato.line import Pack
from sfumato.shaper import IN_DOCKER, ON_CANVAS, SOON_MS, Shaper
from sfumato.turn import Turn
from sfumato.watching import Watching
from sfumato_protocol import messages
from sfumato_protocol.blobs import Blob, make_blob
from sfumato_protocol.geometry import Rect
from sfumato_protocol.offers import PLAN
from sfumato_protocol.peer import Received

WELCOME = replace(flat_server.WELCOME, features=(PLAN,))
LOOKER = "a panel"


@dataclass
class FakeLine:
    """Keeps what is sent."""

    sent: list[tuple[messages.Shape, tuple[Blob, ...]]] = field(default_factory=list)

    def send(self, pack: Pack) -> None:
        ids = iter(range(100))
        message, pictures = pack(lambda: next(ids))
        assert isinstance(message, messages.Shape)
        assert message.blobs() == tuple(one.info for one in pictures)
        self.sent.append((message, pictures))


class Room:
    """A shaper with all that it needs, and somebody who looks."""

    def __init__(self, welcome: messages.Welcome = WELCOME) -> None:
        self.document = FakeDocument()
        self.documents = FakeDocuments(self.document)
        self.watching, self.line, self.turn = Watching(), FakeLine(), Turn()
        self.shaper = Shaper(self.documents, self.watching, self.turn)
        self.shown: list[Foresight] = []
        self.shaper.changed.connect(self.shown.append)
        self.shaper.heed(Status(status.READY, "", welcome))
        self.shaper.attach(self.line)  # type: ignore[arg-type]
        self.shaper.attend(LOOKER, True)

    def asked(self, count: int = 1) -> messages.Shape:
        """The last question, when there are that many; no more come after it."""
        self.settle()
        assert len(self.line.sent) == count
        return self.line.sent[-1][0]

    def settle(self) -> None:
        pass_time(3 * SOON_MS + 20)

    def answer(self, shape: messages.Shape, *notes: messages.Note, seconds: float = 2.0) -> bool:
        return self.shaper.heard(answer(shape, *notes, seconds=seconds))


def answer(shape: messages.Shape, *notes: messages.Note, seconds: float = 2.0) -> Received:
    """What a server says to it: each pass's mask in a value of its own."""
    plan = values.plan(values.request())
    masks = [make_blob(i, bytes([50 * (i + 1)]) * 48, (6, 8), "G") for i in range(2 * len(plan))]
    half = len(plan)
    said = messages.Shaped(
        shape.request,
        tuple(one.info for one in masks[:half]),
        tuple(one.info for one in masks[half:]),
        plan,
        notes,
        seconds,
    )
    return Received(said, tuple(masks))


@pytest.fixture
def room(application: QApplication) -> Iterator[Room]:
    room = Room()
    yield room
    room.shaper.attend(LOOKER, False)


def test_what_a_click_would_submit_is_asked(room: Room) -> None:
    hand = MaskHand(feather=30.0, keep_inside=True)
    room.shaper.choose(Choices(prompt="a door", hand=hand, overall=0.5))
    shape = room.asked()
    _, (coverage, picture) = room.line.sent[0]
    assert (shape.recipe, shape.prompt, shape.crop) == ("two", "a door", values.CROP)
    assert (shape.masks.feather, shape.masks.keep_inside, shape.masks.auto) == (30.0, True, False)
    assert [one.strength for one in shape.passes] == [0.35, 0.2]
    assert shape.longest == IN_DOCKER
    assert bytes(coverage.pixels()) == values.reading().selection
    assert (picture.info.width, picture.info.height) == (values.CROP.width, values.CROP.height)
    assert bytes(picture.pixels()) == room.documents.look(room.document, values.CROP)


def test_the_answer_is_shown(room: Room) -> None:
    note = messages.Note("mask.small", "It is small.")
    assert room.answer(room.asked(), note)
    (shown,) = room.shown
    (place,) = shown.places
    assert [zone.denoise for zone in place.zones] == [bytes([50]) * 48, bytes([100]) * 48]
    assert [zone.planned.extent.zone for zone in place.zones] == ["whole", "ring"]
    assert (shown.notes, shown.seconds, shown.said) == ((note,), 2.0, "")
    assert shown.document_id == "document"
    assert room.shaper.now() == shown


def test_one_question_is_on_its_way_and_the_last_counts(room: Room) -> None:
    first = room.asked()
    for feather in (10.0, 20.0, 30.0):
        room.shaper.choose(Choices(hand=MaskHand(feather=feather)))
        room.settle()
    assert len(room.line.sent) == 1
    room.answer(first)
    assert room.asked(2).masks.feather == 30.0


def test_nobody_is_asked_while_nobody_looks(room: Room) -> None:
    room.answer(room.asked())
    room.shaper.attend(LOOKER, False)
    room.shaper.choose(Choices(prompt="a door"))
    room.watching.selection_changed.emit()
    room.asked(1)
    room.shaper.attend(LOOKER, True)
    assert room.asked(2).prompt == "a door"


def test_who_begins_to_look_again_when_nothing_has_changed_asks_nothing(room: Room) -> None:
    room.answer(room.asked())
    room.shaper.attend(LOOKER, False)
    room.shaper.attend(LOOKER, True)
    room.asked(1)


@pytest.mark.parametrize(
    "signal", ["selection_changed", "picture_changed", "layer_changed", "document_changed"]
)
def test_it_follows_what_happens_in_krita(room: Room, signal: str) -> None:
    room.answer(room.asked())
    room.documents.places = 2  # something is different
    for _ in range(5):
        getattr(room.watching, signal).emit()
    room.settle()
    assert [len(shown.places) for shown in room.shown] == [1, 2]


def test_what_was_answered_is_not_asked_again_and_the_picture_is_the_present_one(
    room: Room,
) -> None:
    room.answer(room.asked())
    room.document.picture = bytes(len(room.document.picture))
    room.watching.picture_changed.emit()
    room.asked(1)
    sketch = room.shown[-1].places[0].sketch
    assert sketch is not None
    assert not any(sketch.pixels)
    assert room.shown[-1].places[0].zones == room.shown[0].places[0].zones


def test_after_a_job_the_time_is_asked_again(room: Room) -> None:
    room.answer(room.asked(), seconds=0.0)
    room.shaper.heard(values.job_done(values.request()))
    room.watching.picture_changed.emit()
    room.answer(room.asked(2), seconds=3.0)
    assert room.shown[-1].seconds == 3.0


def test_a_server_that_is_too_old_is_said(application: QApplication) -> None:
    room = Room(flat_server.WELCOME)
    room.settle()
    assert room.line.sent == []
    assert "too old" in room.shown[-1].said


def test_what_a_click_would_be_refused_for_is_said(room: Room) -> None:
    room.documents.refusal = "The selection lies outside the canvas."
    room.settle()
    assert room.shown[-1].said == "The selection lies outside the canvas."
    room.documents.refusal = ""
    room.watching.selection_changed.emit()
    room.answer(room.asked())
    assert room.shown[-1].said == ""


def test_a_server_that_is_gone_is_said_and_asked_when_it_is_back(room: Room) -> None:
    first = room.asked()
    room.shaper.heed(Status(status.LOST, "It is gone."))
    room.settle()
    assert "as soon as there is a server" in room.shown[-1].said
    room.shaper.heed(Status(status.READY, "", WELCOME))
    room.shaper.attach(room.line)  # type: ignore[arg-type]
    second = room.asked(2)
    room.answer(first)
    assert not room.shown[-1].places
    room.answer(second)
    assert room.shown[-1].places


def test_a_failure_is_said_and_ends_the_question(room: Room) -> None:
    shape = room.asked()
    failed = messages.Failed("", "unknown_recipe", "two", "one", "Choose another.", shape.request)
    assert room.shaper.heard(Received(failed))
    assert "Choose another." in room.shown[-1].said
    room.watching.selection_changed.emit()
    room.asked(2)


def test_messages_about_other_things_are_not_taken(room: Room) -> None:
    room.asked()
    assert not room.shaper.heard(values.job_done(values.request()))
    assert not room.shaper.heard(Received(messages.Failed("", "x", "y", "z", "", "f" * 32)))


def test_masks_that_do_not_decode_end_the_question_alone(room: Room) -> None:
    received = answer(room.asked())
    spoilt = replace(received.blobs[0], info=replace(received.blobs[0].info, encoding="zlib"))
    assert room.shaper.heard(Received(received.message, (spoilt, *received.blobs[1:])))
    assert not room.shown
    room.watching.selection_changed.emit()
    room.asked(2)


def test_places_of_a_click_are_asked_after_one_another(room: Room) -> None:
    room.documents.places = 2
    room.watching.selection_changed.emit()
    room.answer(room.asked(1), seconds=2.0)
    assert not room.shown
    room.answer(room.asked(2), seconds=3.0)
    assert len(room.shown[-1].places) == 2
    assert room.shown[-1].seconds == 5.0


def test_finer_masks_are_asked_for_the_canvas(room: Room) -> None:
    room.answer(room.asked())
    room.shaper.sharpen(True)
    assert room.asked(2).longest == ON_CANVAS


def test_while_krita_is_written_to_nothing_is_read(room: Room) -> None:
    with room.turn.taken():
        room.settle()
        assert room.line.sent == []
    pass_time(150)
    room.asked(1)


# What a sketch is made of.


def drawn(crop: Rect, longest: int, pixel_bytes: int) -> tuple[Sketch, bytes]:
    """A sketch of a crop of a random picture of 300 x 200 px, and that picture."""
    width = 300
    picture = random.Random(2).randbytes(width * 200 * pixel_bytes)

    def look(area: Rect) -> bytes:
        starts = ((y * width + area.x) * pixel_bytes for y in range(area.y, area.bottom))
        return b"".join(picture[at : at + area.width * pixel_bytes] for at in starts)

    reading = sketching(crop, longest, look)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value, picture


@pytest.mark.parametrize("pixel_bytes", [4, 8])
@pytest.mark.parametrize("longest", [512, 100, 30])
def test_a_sketch_is_every_so_manieth_pixel(longest: int, pixel_bytes: int) -> None:
    crop = Rect(7, 5, 251, 190)
    sketch, picture = drawn(crop, longest, pixel_bytes)
    step = -(-251 // longest)
    wanted = b"".join(
        picture[(y * 300 + x) * pixel_bytes : (y * 300 + x + 1) * pixel_bytes]
        for y in range(5, 195, step)
        for x in range(7, 258, step)
    )
    assert sketch.pixels == wanted
    assert (sketch.width, sketch.height) == (len(range(0, 251, step)), len(range(0, 190, step)))
    assert max(sketch.width, sketch.height) <= longest


def test_a_sketch_is_thinned_like_a_picture() -> None:
    sketch, _ = drawn(Rect(0, 0, 300, 200), 300, 4)
    small, wanted = sketch.thinned(100), drawn(Rect(0, 0, 300, 200), 100, 4)[0]
    assert small == wanted
    assert sketch.thinned(512) == sketch


def test_a_large_selection_is_read_in_pieces_and_asked_after_as_a_whole() -> None:
    area, width = Rect(30, 20, 2000, 900), 2400
    picture = random.Random(3).randbytes(width * 1000)
    asked: list[Rect] = []

    def selected(part: Rect) -> bytes:
        """What is selected there; nothing is outside the area."""
        asked.append(part)
        return b"".join(
            bytes(
                picture[y * width + x] if area.contains(Rect(x, y, 1, 1)) else 0
                for x in range(part.x, part.right)
            )
            for y in range(part.y, part.bottom)
        )

    work = holding(area, selected)
    held = at_once(work)
    assert len(asked) == 2
    assert max(part.width * part.height for part in asked) <= 1024 * 1024
    inside = Rect(100, 100, 50, 40)
    for part in (inside, Rect(30, 25, 2000, 3), Rect(77, 20, 1, 900), Rect(0, 0, 60, 50)):
        assert held(part) == selected(part)
    assert held(Rect(0, 0, 10, 10)) == bytes(100)


def test_a_small_selection_is_read_as_it_is_asked_for() -> None:
    assert at_once(holding(Rect(0, 0, 100, 100), values.coverage)) is values.coverage


def test_deep_pixels_are_shown_by_their_upper_bytes() -> None:
    assert Sketch(1, 1, bytes([1, 2, 3, 4, 5, 6, 7, 8])).shown() == bytes([2, 4, 6, 8])


def test_linear_pixels_are_shown_as_srgb() -> None:
    linear = Sketch(1, 1, bytes([0, 55, 255, 255]))  # 55 / 255 is middle grey
    assert linear.shown(linear=True) == bytes([0, 128, 255, 255])
    assert linear.shown() == linear.pixels


def test_notes_go_under_what_they_speak_of() -> None:
    small, wordy = messages.Note("mask.small", "a"), messages.Note("prompt.long", "b")
    second = messages.Note("strength.high", "It drifts.", index=2)
    notes = (small, second, wordy)
    assert shaping.about(notes, "mask") == (small,)
    assert shaping.about(notes, "strength") == ()
    assert [note.sentence for note in shaping.on_ladder(notes)] == ["Pass 2: It drifts."]
