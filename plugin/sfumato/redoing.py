"""Jobs of the picture once more: from one of their passes on, or wholly with the picture as it is
now."""

from dataclasses import replace
from typing import Callable, List, Tuple

from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import Welcome
from sfumato_protocol.offers import AGAIN
from sfumato_protocol.provenance import Provenance

from . import diary
from .core import again_sentences, history, status
from .core import sentences as clicks
from .core.again import Base, Wish, earlier_masks, make_again, run_anew, together
from .core.context import Context, remember
from .core.history import Entry
from .core.packing import joined
from .core.status import Status
from .core.types import Coverage, Frame, Reading, Refusal
from .documents import Documents
from .history import History
from .jobs import Jobs
from .qt import QObject, Signal
from .turn import Turn


class Redoing(QObject):
    """said: one sentence for the artist. varied: the requests of variations, those of one
    variation together."""

    said = Signal(str)
    varied = Signal(object)

    def __init__(self, jobs: Jobs, documents: Documents, turn: Turn, told: History) -> None:
        super().__init__()
        self._jobs = jobs
        self._documents = documents
        self._turn = turn
        self._history = told
        self._status = status.stopped()

    def heed(self, now: Status) -> None:
        """Take note of how things stand with the server."""
        self._status = now

    def redo(self, wish: Wish) -> None:
        """Do the job at hand again from a pass on. A refusal becomes a sentence."""
        self._try(lambda: self._redo(wish))

    def run_again(self, job: str, place: str) -> None:
        """Run a job of the history once more, with everything as it was but the picture. place: as
        in `Choices`."""
        self._try(lambda: self._run_again(job, place))

    def _try(self, start: Callable[[], str]) -> None:
        try:
            said = start()
        except Refusal as refusal:
            diary.log.info("refused: %s", type(refusal).__name__)
            said = str(refusal)
        self.said.emit(said)

    def _redo(self, wish: Wish) -> str:
        welcome = self._welcome()
        if not welcome.understands(AGAIN):
            raise Refusal(again_sentences.cannot_redo())
        document, entry = self._history.find("")
        self._require_room(wish.count * len(entry.records), welcome)
        with self._turn.taken():
            places = self._places(document, entry, wish)
        file = self._documents.file(document)
        several = [
            together([make_again(base, wish, seed, one, welcome, file) for base, one in places])
            for seed in wish.seeds(entry.record.seed)
        ]
        if wish.count > 1:
            self.varied.emit(tuple(several))
        for request in (request for requests in several for request in requests):
            self._jobs.start(request)
        return again_sentences.redoing(wish.first, wish.count)

    def _places(self, document: object, entry: Entry, wish: Wish) -> List[Tuple[Base, Reading]]:
        """What there is to build upon, of each of a click's jobs."""
        hides, found = self._hides(entry), []
        for record in entry.records:
            self._require_fit(document, record)
            base = self._base(document, entry, record, wish, hides)
            bounds, selection = self._selection(document, record, wish)
            reading = self._reading(document, record)
            found.append((base, replace(reading, bounds=bounds, selection=selection)))
        return found

    def _base(
        self, document: object, entry: Entry, record: Provenance, wish: Wish, hides: Tuple[str, ...]
    ) -> Base:
        before = record.passes[: wish.first - 1]
        if [layer.index for layer in before] != list(range(1, wish.first)):
            raise Refusal(again_sentences.pass_unfinished(wish.first))
        if wish.first > max(len(record.plan), len(record.asked)):
            raise Refusal(again_sentences.pass_unfinished(wish.first))
        seen = [
            self._documents.pass_masks(document, entry.group, layer.area) if entry.group else ()
            for layer in before
        ]
        return Base(record, earlier_masks(record, seen) if seen else (), hides)

    def _hides(self, entry: Entry) -> Tuple[str, ...]:
        """Its own group, then all variants of it that are shown."""
        shown = [one.group for one in history.family(self._history.entries, entry) if one.shown]
        return tuple(dict.fromkeys(group for group in (entry.group, *shown) if group))

    def _selection(self, document: object, record: Provenance, wish: Wish) -> Tuple[Rect, bytes]:
        """Bounds, and coverage of a job's crop, b"" where it was not stored. Raises `Refusal` where
        the artist wants the new selection and there is none."""
        if wish.selects:
            return self._selected(document, record)
        try:
            area, coverage = self._history.selection(document, record)
        except Refusal:
            area, coverage = record.crop, b""
        return record.selection, coverage if area == record.crop else b""

    def _selected(self, document: object, record: Provenance) -> Tuple[Rect, bytes]:
        crop = record.crop

        def frames(_canvas: Rect, bounds: Rect, _coverage: Coverage) -> Tuple[Frame, ...]:
            return (Frame(bounds.intersected(crop), crop),)

        (reading,) = self._documents.read_selection(document, frames)
        coverage = bytes(reading.selection)
        if reading.bounds.empty or coverage.count(0) == len(coverage):
            raise Refusal(again_sentences.nothing_selected_there())
        return reading.bounds, coverage

    def _reading(self, document: object, record: Provenance) -> Reading:
        """Of a job's place, as it is now: its pixels are for small pictures alone."""
        pixels = self._documents.look(document, record.crop)
        return Reading(
            document_id=self._documents.identity(document),
            canvas=record.canvas,
            colour=record.colour,
            bounds=record.selection,
            crop=record.crop,
            pixels=pixels,
            selection=b"",
            context=self._context(document, record),
        )

    def _context(self, document: object, record: Provenance) -> Context:
        return remember(
            record.crop, record.canvas, lambda area: self._documents.look(document, area)
        )

    def _require_fit(self, document: object, record: Provenance) -> None:
        if self._documents.canvas(document) != record.canvas:
            raise Refusal(again_sentences.other_size(record.canvas.width, record.canvas.height))
        if self._documents.colour(document) != record.colour:
            raise Refusal(again_sentences.other_colour())

    def _run_again(self, job: str, place: str) -> str:
        welcome = self._welcome()
        document, entry = self._history.find(job)
        self._require_room(len(entry.records), welcome)
        for record in entry.records:
            self._require_fit(document, record)
        with self._turn.taken():
            packed = [self._history.selection(document, record) for record in entry.records]
            self._documents.select(document, *joined(packed))
            readings = self._read_under(document, entry, place)
        file, hides = self._documents.file(document), self._hides(entry)
        made = []
        for number, record in enumerate(entry.records):
            reading = replace(
                readings[number],
                selection=packed[number][1],
                context=self._context(document, record),  # with all layers, as later
            )
            made.append(run_anew(record, reading, hides, welcome, file))
        for request in together(made):
            self._jobs.start(request)
        return again_sentences.running_again(entry.record.seed)

    def _read_under(self, document: object, entry: Entry, place: str) -> Tuple[Reading, ...]:
        """The picture without the job's own layers."""
        frames = tuple(Frame(record.selection, record.crop) for record in entry.records)
        hidden = [one.group for one in history.family(self._history.entries, entry) if one.shown]
        if hidden:
            self._documents.compare(document, hidden)
        try:
            return self._documents.read(document, lambda *_picture: frames, place, entry.group)
        finally:
            if hidden:
                self._documents.end_comparing()

    def _require_room(self, wanted: int, welcome: Welcome) -> None:
        free = welcome.limits.jobs - len(self._jobs.here())
        if free < 1:
            raise Refusal(clicks.too_many_jobs(welcome.limits.jobs))
        if wanted > free:
            raise Refusal(again_sentences.too_many(free))

    def _welcome(self) -> Welcome:
        if self._status.welcome is None:
            raise Refusal(self._status.sentence)
        return self._status.welcome
