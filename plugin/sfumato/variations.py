"""Several variations of a job: seen as they arrive, kept or given up by the artist."""

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from . import thumbnails
from .core import again_sentences as sentences
from .core import job as states
from .core.again import Sight
from .core.job import Job
from .core.request import Request
from .documents import Documents
from .jobs import Jobs
from .qt import QImage, QObject, Signal
from .ui.overlay import Laid, Overlays
from .watching import Watching

SIDE = 96
_OVERLAY = "variation"


@dataclass(frozen=True)
class Variation:
    """The jobs of one, by their ids. kept: it is in the picture, or on its way there."""

    jobs: Tuple[str, ...]
    seed: int
    kept: bool = False


class Variations(QObject):
    """changed: what `all` gives, or a job of it, is another. said: one sentence for the artist.
    Those of one wish at a time: a new one gives up what is left of the last."""

    changed = Signal()
    said = Signal(str)

    def __init__(
        self, jobs: Jobs, documents: Documents, overlays: Overlays, watching: Watching
    ) -> None:
        super().__init__()
        self._jobs = jobs
        self._documents = documents
        self._overlays = overlays
        self._all: List[Variation] = []
        self.shown: Optional[int] = None
        jobs.changed.connect(self._job_changed)
        watching.document_changed.connect(self._look)

    def all(self) -> Tuple[Variation, ...]:
        """The variations under way or to be chosen from."""
        return tuple(self._all)

    def sights(self) -> Tuple[Sight, ...]:
        """All of them as the artist sees them."""
        return tuple(
            Sight(
                one.seed,
                self.share(number),
                self.finished(number),
                self.failed(number),
                one.kept,
                max([len(job.results) for job in self._jobs_of(number)], default=0),
            )
            for number, one in enumerate(self._all)
        )

    def begin(self, several: Sequence[Sequence[Request]]) -> None:
        """These are asked for."""
        self.give_up()
        self._all = [
            Variation(tuple(one.job for one in requests), requests[0].choices.seed)
            for requests in several
        ]
        self.changed.emit()

    def finished(self, number: int) -> bool:
        """Whether a variation can be seen and kept."""
        jobs = self._jobs_of(number)
        return bool(jobs) and all(job.stage == states.ENDED for job in jobs)

    def failed(self, number: int) -> str:
        """Why there is nothing of a variation, "" if there is or may be."""
        said = [job.said for job in self._jobs_of(number) if job.stage == states.FAILED]
        return said[0] if said else ""

    def share(self, number: int) -> float:
        """How much of it is done, 0..1."""
        jobs = self._jobs_of(number)
        return sum(1.0 if not job.open else job.share for job in jobs) / max(1, len(jobs))

    def picture(self, number: int) -> QImage:
        """A variation as small as `SIDE`, as far as its passes have come; null before the first."""
        jobs = self._jobs_of(number)
        return (
            thumbnails.closely(jobs[0].request.reading, jobs[0].results, SIDE) if jobs else QImage()
        )

    def show(self, number: Optional[int]) -> None:
        """See a variation in its place over the picture, None for none: it is in no document."""
        self._hide()
        if number is not None and self.finished(number):
            jobs = self._jobs_of(number)
            reading = jobs[0].request.reading
            document = self._documents.find(reading.document_id)
            if document is not None:
                self._documents.compare(document, jobs[0].request.hides)
                laid = [_laid(job) for job in jobs]
                self._overlays.show(_OVERLAY, reading.document_id, laid)
                self.shown = number
        self.changed.emit()

    def keep(self, number: int) -> None:
        """Put a variation into the picture, beside what it was made from."""
        if not self.finished(number) or self._all[number].kept:
            return
        self._hide()
        one = self._all[number]
        self._all[number] = Variation(one.jobs, one.seed, True)
        for job in one.jobs:
            self._jobs.take(job)
        self.changed.emit()

    def give_up(self) -> None:
        """None of those that are not kept is wanted."""
        self._hide()
        dropped, self._all = [one for one in self._all if not one.kept], []
        for job in (self._jobs.find(job) for one in dropped for job in one.jobs):
            if job is not None and job.open:
                self._jobs.cancel(job.id)
            elif job is not None and job.stage == states.ENDED:
                self._jobs.settle(job, states.CANCELLED, sentences.given_up(1))
            if job is not None:
                self._jobs.forget(job.id)  # a row for it would only be in the way
        if dropped:
            self.said.emit(sentences.given_up(len(dropped)))
        self.changed.emit()

    def _hide(self) -> None:
        if self.shown is not None:
            self.shown = None
            self._overlays.hide(_OVERLAY)
            self._documents.end_comparing()

    def _jobs_of(self, number: int) -> List[Job]:
        if not 0 <= number < len(self._all):
            return []
        found = [self._jobs.find(job) for job in self._all[number].jobs]
        return [job for job in found if job is not None]

    def _job_changed(self, job: Job) -> None:
        if any(job.id in one.jobs for one in self._all):
            if not job.open:
                self._part_with_closed()
            self.changed.emit()

    def _look(self) -> None:
        """Another document is in front: what is seen over a picture ends."""
        before = (self.shown, self.all())
        self._hide()
        self._part_with_closed()
        if before != (self.shown, self.all()):
            self.changed.emit()

    def _part_with_closed(self) -> None:
        """What belongs to a picture that is closed waits for the artist like any kept passes."""
        for number in reversed(range(len(self._all))):
            jobs = self._jobs_of(number)
            closed = [
                job for job in jobs if self._documents.find(job.request.reading.document_id) is None
            ]
            if closed and not self._all[number].kept and not any(job.open for job in jobs):
                del self._all[number]
                for job in closed:
                    if job.stage == states.ENDED:
                        self._jobs.settle(job, states.KEPT, sentences.closed_meanwhile())


def _laid(job: Job) -> Laid:
    reading = job.request.reading
    return Laid(reading.crop, thumbnails.overlaid(reading, job.results))
