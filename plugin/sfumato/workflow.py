"""What a click does: the plugin's main thread, without Krita."""

import time
from dataclasses import replace
from typing import Callable, Optional, Set

from sfumato_protocol.messages import Welcome

from . import diary
from .core import provenance, sentences, status
from .core.choices import Choices, recipe_named
from .core.framing import Framing
from .core.job import Job
from .core.request import make_requests
from .core.status import Status
from .core.types import AtWork, Refusal
from .documents import Documents
from .insertion import Choose, Insertion
from .jobs import Jobs
from .qt import QObject, QTimer, Signal
from .turn import Turn

RETRY_MS = 50
PATIENCE = 1.0  # s; Krita's idle work, such as thumbnails, is over by then, a stroke is not


class Workflow(QObject):
    """said: one sentence for the artist. refused: what was just said refuses a click, and whether
    for a moment only. begun: the `Choices` of a job that was started.

    wake: asks the link to try the server now. choose: asks the artist where kept passes go.
    clock: in seconds.
    """

    said = Signal(str)
    refused = Signal(bool)
    begun = Signal(object)

    def __init__(
        self,
        jobs: Jobs,
        documents: Documents,
        wake: Callable[[], None],
        choose: Choose,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._jobs = jobs
        self._documents = documents
        self._wake = wake
        self._clock = clock
        self.turn = Turn()
        self._status = status.stopped()
        self._warned: Set[str] = set()
        self._again: Callable[[], Optional[Job]] = lambda: None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._try_again)
        self.insertion = Insertion(jobs, documents, self.turn, choose)
        self.insertion.said.connect(self.said)

    def heed(self, now: Status) -> None:
        """Take note of how things stand with the server."""
        self._status = now

    def inpaint(self, choices: Choices) -> Optional[Job]:
        """Read the active document and start a job. A refusal becomes a sentence and None.

        Where Krita is at work on the document, None: it is tried again for a second.
        """
        try:
            self._welcome()
            document = self._documents.active()
        except Refusal as refusal:
            self._refuse(refusal)
            return None
        self._timer.stop()  # the last click counts
        return self._try(self._documents.identity(document), choices, self._clock() + PATIENCE)

    def settings_again(self, now: Choices) -> Optional[Choices]:
        """The choices that made the active layer. Where there are none: a sentence and None. now:
        what is chosen, of which stays what no job is made with."""
        try:
            with self.turn.taken():
                record = self._documents.active_record(self._documents.active())
            if not record:
                raise Refusal(sentences.no_record())
            choices, said = provenance.settings_again(provenance.read(record), self._welcome(), now)
        except Refusal as refusal:
            self._refuse(refusal)
            return None
        self.said.emit(said)
        return choices

    def _try(self, document_id: str, choices: Choices, until: float) -> Optional[Job]:
        try:
            with self.turn.taken():
                job = self._start(document_id, choices)
        except AtWork as refusal:
            if self._clock() < until:
                self._again = lambda: self._try(document_id, choices, until)
                self._timer.start(RETRY_MS)
            else:
                self._refuse(refusal)
            return None
        except Refusal as refusal:
            self._refuse(refusal)
            return None
        self.begun.emit(choices)
        return job

    def _refuse(self, refusal: Refusal) -> None:
        """Our own words may go into the log; where there is no server they may be the server's."""
        diary.log.info("refused: %s", refusal if self._status.welcome else self._status.kind)
        self.said.emit(str(refusal))
        self.refused.emit(isinstance(refusal, AtWork) or str(refusal) == sentences.busy())

    def _try_again(self) -> None:
        self._again()

    def _start(self, document_id: str, choices: Choices) -> Job:
        welcome = self._welcome()
        recipe = recipe_named(welcome, choices.recipe)
        free = welcome.limits.jobs - len(self._jobs.here())
        if free < 1:
            raise Refusal(sentences.too_many_jobs(welcome.limits.jobs))
        document = self._documents.find(document_id)
        if document is None:
            raise Refusal(sentences.closed())
        passes = choices.passes(recipe)
        if not passes:
            raise Refusal(sentences.no_pass_is_on())
        framing = Framing(passes, replace(welcome.limits, jobs=free), choices.hand)
        readings = self._documents.read(document, framing, choices.place)
        self._warn(document_id, document)
        file = self._documents.file(document)
        requests = make_requests(readings, recipe, choices, welcome, file)
        if len(requests) > free:
            raise Refusal(sentences.too_many_jobs(welcome.limits.jobs))
        first, *_others = [self._jobs.start(request) for request in requests]
        return first

    def _warn(self, document_id: str, document: object) -> None:
        """Once for each document: a refusal, so that a second click is the artist's yes."""
        if document_id not in self._warned and self._documents.is_animated(document):
            self._warned.add(document_id)
            raise Refusal(sentences.animated())

    def _welcome(self) -> Welcome:
        if self._status.welcome is None:
            self._wake()
            raise Refusal(self._status.sentence)
        return self._status.welcome
