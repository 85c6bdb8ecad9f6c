"""What a click does and what becomes of a finished job: the plugin's main thread, without Krita.

Krita's own calls run Python timers and slots while they work, so everything that touches a document
is guarded by one busy flag.
"""

from contextlib import contextmanager
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import Welcome

from . import diary
from .core import job as states
from .core import provenance, sentences, status
from .core.choices import Choices, recipe_named
from .core.framing import Framing
from .core.job import Job
from .core.placement import group_name, plan_layers
from .core.request import make_requests
from .core.status import Status
from .core.types import ColourSpace, Refusal
from .documents import Documents
from .jobs import Jobs
from .qt import QObject, QTimer, Signal

RETRY_MS = 150


class Workflow(QObject):
    """said: one sentence for the artist. wake: asks the link to try the server now."""

    said = Signal(str)

    def __init__(self, jobs: Jobs, documents: Documents, wake: Callable[[], None]) -> None:
        super().__init__()
        self._jobs = jobs
        self._documents = documents
        self._wake = wake
        self._busy = False
        self._status = status.STOPPED
        self._finished: List[Job] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.insert_finished)
        jobs.ended.connect(self._enqueue)
        jobs.changed.connect(self._tell_lost)

    def heed(self, now: Status) -> None:
        """Take note of how things stand with the server."""
        self._status = now

    def inpaint(self, choices: Choices) -> Optional[Job]:
        """Read the active document and start a job. A refusal becomes a sentence and None."""
        try:
            with self._exclusively():
                return self._start(choices)
        except Refusal as refusal:
            diary.log.info("refused: %s", refusal if self._status.welcome else self._status.kind)
            self.said.emit(str(refusal))
            return None

    def settings_again(self) -> Optional[Choices]:
        """The choices that made the active layer. Where there are none: a sentence and None."""
        try:
            with self._exclusively():
                record = self._documents.active_record(self._documents.active())
            if not record:
                raise Refusal(sentences.NO_RECORD)
            choices, said = provenance.settings_again(provenance.read(record), self._welcome())
        except Refusal as refusal:
            self.said.emit(str(refusal))
            return None
        self.said.emit(said)
        return choices

    def insert_kept(self) -> None:
        """Put kept passes into their documents or else the active one, if it is like theirs."""
        refused: List[str] = []
        try:
            with self._exclusively():
                for job in self._jobs.kept():
                    try:
                        self._insert(self._fitting(job), job)
                    except Refusal as refusal:
                        refused.append(str(refusal))
        except Refusal as refusal:
            refused.append(str(refusal))
        if refused:
            self.said.emit(refused[-1])

    def insert_as_new(self) -> None:
        """Put kept passes into new documents, those of one document together."""
        made: Dict[Tuple[str, str, Rect, ColourSpace], object] = {}
        try:
            with self._exclusively():
                for job in self._jobs.kept():
                    reading = job.request.reading
                    key = (reading.document_id, job.request.file, reading.canvas, reading.colour)
                    if key not in made:
                        made[key] = self._documents.create(reading.canvas, reading.colour)
                    self._insert(made[key], job)
        except Refusal as refusal:
            self.said.emit(str(refusal))
        except RuntimeError as error:
            self.said.emit(sentences.insertion_failed(str(error)))

    def insert_finished(self) -> None:
        """Put every finished job into its document; those that must wait are tried again soon."""
        if self._busy:
            self._timer.start(RETRY_MS)
            return
        waiting, self._finished = self._finished, []
        with self._exclusively():
            for job in waiting:
                self._place(job)
        if self._finished:
            self._timer.start(RETRY_MS)

    def _enqueue(self, job: Job) -> None:
        self._finished.append(job)
        self._timer.start(0)

    def _start(self, choices: Choices) -> Job:
        welcome = self._welcome()
        recipe = recipe_named(welcome, choices.recipe)
        free = welcome.limits.jobs - len(self._jobs.here())
        if free < 1:
            raise Refusal(sentences.too_many_jobs(welcome.limits.jobs))
        document = self._documents.active()
        readings = self._documents.read(document, Framing(recipe, welcome.limits))
        file = self._documents.file(document)
        requests = make_requests(readings, recipe, choices, welcome, file)
        if len(requests) > free:
            raise Refusal(sentences.too_many_jobs(welcome.limits.jobs))
        first, *_others = [self._jobs.start(request) for request in requests]
        return first

    def _welcome(self) -> Welcome:
        if self._status.welcome is None:
            self._wake()
            raise Refusal(self._status.sentence)
        return self._status.welcome

    def _place(self, job: Job) -> None:
        document = self._documents.find(job.request.reading.document_id)
        if job.recalled:
            self._keep(job, sentences.finished_earlier(self._earlier() + 1, job.title))
        elif document is None:
            self._keep(job, sentences.document_gone(len(job.results), job.title))
        elif not self._documents.can_write(document):
            self.said.emit(sentences.STROKE)
            self._finished.append(job)
        elif not self._is_as_read(document, job):
            self._keep(job, sentences.CHANGED)
        else:
            self._insert(document, job)

    def _is_as_read(self, document: object, job: Job) -> bool:
        """Whether the passes still lie where they were asked for, in the document's own colours."""
        reading = job.request.reading
        now = (self._documents.canvas(document), self._documents.colour(document))
        return now == (reading.canvas, reading.colour)

    def _insert(self, document: object, job: Job) -> None:
        try:
            self._documents.insert(document, plan_layers(job))
        except Exception as error:  # noqa: BLE001 - whatever Krita raises, the passes are kept
            diary.fault("inserting", error)
            self._keep(job, sentences.insertion_failed(str(error) or repr(error)))
            return
        said = job.said if job.reason else sentences.finished(len(job.results), group_name(job))
        self._jobs.settle(job, states.INSERTED, said)
        self.said.emit(said)

    def _keep(self, job: Job, said: str) -> None:
        self._jobs.settle(job, states.KEPT, said)
        self.said.emit(said)

    def _earlier(self) -> int:
        """How many jobs of an earlier run of Krita are kept."""
        return sum(job.recalled for job in self._jobs.kept())

    def _tell_lost(self, job: Job) -> None:
        """A job of an earlier run of Krita that comes to nothing: the artist may not see it."""
        if job.recalled and job.stage == states.FAILED:
            self.said.emit(job.said)

    def _fitting(self, job: Job) -> object:
        """The document that kept passes were made for, if it is open (again), or else the active
        one. Raises `Refusal` unless it has the size and colour space the passes are in."""
        reading, file = job.request.reading, job.request.file
        document = self._documents.find(reading.document_id)
        document = document or (self._documents.stored_in(file) if file else None)
        document = document or self._documents.active()
        if self._documents.canvas(document) != reading.canvas:
            raise Refusal(sentences.other_size(reading.canvas.width, reading.canvas.height))
        if self._documents.colour(document) != reading.colour:
            colour = reading.colour
            raise Refusal(sentences.other_colour(colour.model, colour.depth, colour.profile))
        return document

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        if self._busy:
            raise Refusal(sentences.BUSY)
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
