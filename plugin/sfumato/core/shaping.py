"""What a click would do, before it happens: asked of the server, and what comes of its answer."""

from dataclasses import dataclass, replace
from typing import Callable, Optional, Sequence, Tuple

from sfumato_protocol import blobs
from sfumato_protocol.geometry import MaskSettings, Rect, default_masks
from sfumato_protocol.messages import Message, Note, PlannedPass, Shape, Shaped

from . import shaping_sentences as sentences
from .colours import DEPTHS, ORDER
from .request import Request
from .sketch import Sketch
from .understood import understood

Pack = Callable[[Callable[[], int]], Tuple[Message, Tuple[blobs.Blob, ...]]]


_FOR_LIGHT = 128  # px of the longer side
MOST_SENTENCE = 1000  # letters, as a note has at most


@dataclass(frozen=True)
class Zone:
    """A pass as it would run. denoise: its mask D, width x height, one byte a pixel."""

    planned: PlannedPass
    width: int
    height: int
    denoise: bytes


@dataclass(frozen=True)
class Place:
    """What one job of a click would work on: the click's own request, the picture, the zones."""

    request: Request
    zones: Tuple[Zone, ...]
    sketch: Optional[Sketch] = None

    @property
    def crop(self) -> Rect:
        return self.request.reading.crop

    @property
    def fitting(self) -> MaskSettings:
        """The lengths that fit by themselves."""
        return default_masks(self.request.reading.canvas, self.request.reading.bounds)


@dataclass(frozen=True)
class Foresight:
    """What a click would do now.

    places: one for each job of it. notes: what the server would advise. seconds: how long it would
    take, 0 if unknown. said: why there is nothing to see, "" where there is.
    """

    places: Tuple[Place, ...] = ()
    notes: Tuple[Note, ...] = ()
    seconds: float = 0.0
    said: str = ""

    @property
    def document_id(self) -> str:
        """The picture that it is about, "" for none."""
        return self.places[0].request.reading.document_id if self.places else ""

    @property
    def plan(self) -> Tuple[PlannedPass, ...]:
        """The passes of the first job; those of the others differ in lengths alone."""
        return tuple(zone.planned for zone in self.places[0].zones) if self.places else ()


@dataclass(frozen=True)
class Look:
    """What of a foresight is looked at. index: one pass, from 1, or 0 for all. place: of several
    far ones, from 0. on_canvas: over the canvas too."""

    index: int = 0
    place: int = 0
    on_canvas: bool = False

    def zones(self, place: Place) -> Tuple[Zone, ...]:
        """The zones to show; all, where the ladder has no such pass any more."""
        one = tuple(zone for zone in place.zones if zone.planned.index == self.index)
        return one or place.zones


@dataclass(frozen=True)
class Answer:
    """One place of a foresight, and what came with it."""

    place: Place
    notes: Tuple[Note, ...] = ()
    seconds: float = 0.0


def pack(request: Request, sketch: Optional[Sketch], longest: int, word: str) -> Pack:
    """The question what this request would become. longest: of the masks' sides, px. word: 32
    hexadecimal digits to know the answer by."""

    def packed(next_blob_id: Callable[[], int]) -> Tuple[Message, Tuple[blobs.Blob, ...]]:
        reading, choices = request.reading, request.choices
        size = (reading.crop.height, reading.crop.width)
        coverage = blobs.make_blob(
            next_blob_id(), reading.selection, size, "G", encoding=blobs.ZLIB
        )
        pictures: Tuple[blobs.Blob, ...] = ()
        if sketch is not None:
            pictures = (_picture(next_blob_id(), request, sketch),)
        message = Shape(
            request=word,
            selection=coverage.info,
            extents=(),
            recipe=request.recipe.name,
            engine=choices.engine,
            prompt=choices.prompt,
            negative_prompt=choices.negative_prompt,
            seed=choices.seed,
            masks=request.masks,
            crop=reading.crop,
            passes=request.passes,
            image=tuple(one.info for one in pictures),
            longest=longest,
        )
        return message, (coverage, *pictures)

    return packed


def _picture(blob_id: int, request: Request, sketch: Sketch) -> blobs.Blob:
    """The picture, as small as will do for advice on its light."""
    colour = request.reading.colour
    sample = DEPTHS[colour.depth].sample
    small = sketch.thinned(_FOR_LIGHT)
    size = (small.height, small.width)
    return blobs.make_blob(blob_id, small.pixels, size, ORDER, sample, colour.profile)


def answered(
    request: Request, sketch: Optional[Sketch], message: Shaped, pictures: Sequence[blobs.Blob]
) -> Answer:
    """The place that a server's answer shows. Raises `ProtocolError` for masks that do not
    decode."""
    zones = tuple(
        Zone(planned, blob.info.width, blob.info.height, bytes(blob.pixels()))
        for planned, blob in zip(message.plan, pictures)  # noqa: B905 - Python 3.8
    )
    return Answer(Place(request, zones, sketch), message.notes, message.seconds)


def known(
    answers: Sequence[Answer], request: Request, sketch: Optional[Sketch]
) -> Optional[Answer]:
    """What a server said of the same question before, with the picture as it is now."""
    for answer in answers:
        if _question(answer.place.request) == _question(request):
            place = replace(answer.place, request=request, sketch=sketch)
            return replace(answer, place=place)
    return None


def _question(request: Request) -> Tuple[object, ...]:
    """All that the answer depends on; light that has changed is left to advice after the click."""
    reading = request.reading
    choices = replace(request.choices, seed=0, seed_locked=False)
    selected = (reading.canvas, reading.bounds, reading.crop, reading.colour, reading.selection)
    return (*selected, choices, request.masks, request.passes, request.recipe)


def together(answers: Sequence[Answer]) -> Foresight:
    """What the jobs of a click come to; the same advice is given once."""
    notes = dict.fromkeys(note for one in answers for note in one.notes)
    known = all(one.seconds > 0 for one in answers)
    return Foresight(
        places=tuple(one.place for one in answers),
        notes=tuple(notes),
        seconds=sum(one.seconds for one in answers) if known else 0.0,
    )


def about(notes: Sequence[Note], topic: str) -> Tuple[Note, ...]:
    """The notes of one topic, which is the part of a rule's name before its dot."""
    return tuple(note for note in notes if note.index == 0 and note.rule.split(".")[0] == topic)


def on_ladder(notes: Sequence[Note]) -> Tuple[Note, ...]:
    """The notes on the ladder and its passes, those on one pass naming it."""
    passes = (
        replace(
            note, sentence=sentences.of_pass(note.index, understood(note.sentence))[:MOST_SENTENCE]
        )
        for note in notes
        if note.index
    )
    return (*about(notes, "recipe"), *about(notes, "strength"), *passes)
