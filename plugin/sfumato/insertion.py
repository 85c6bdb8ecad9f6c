"""What becomes of a finished job: layers in its picture, or passes that are kept for the artist."""

from dataclasses import replace
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from sfumato_protocol.geometry import Rect

from . import diary, thumbnails
from .core import job as states
from .core import sentences
from .core.context import is_elsewhere
from .core.job import Job
from .core.placement import group_name, plan_layers
from .core.types import ColourSpace, LayerPlan, Place, Refusal
from .documents import Documents
from .jobs import Jobs
from .qt import QObject, QTimer, Signal
from .safekeeping import Safekeeping
from .turn import Turn

RETRY_MS = 150

# (which passes, places with the likeliest first) → the artist's choice, None to leave them kept.
Choose = Callable[[str, Sequence[Place]], Optional[Place]]


class Insertion(QObject):
    """said: one sentence for the artist. inserted: identities of a document, of the group that was
    put in, and of those that were hidden for it. safekeeping: of what was put in.

    replaced: (document, groups that a job takes the place of as it was asked) → all that it takes
    the place of by now.
    """

    said = Signal(str)
    inserted = Signal(str, str, object)

    def __init__(self, jobs: Jobs, documents: Documents, turn: Turn, choose: Choose) -> None:
        super().__init__()
        self._jobs = jobs
        self._documents = documents
        self._turn = turn
        self._choose = choose
        self.replaced: Callable[[object, Sequence[str]], Tuple[str, ...]] = _as_asked
        self.safekeeping = Safekeeping(jobs, documents)
        self.safekeeping.said.connect(self.said)
        self._finished: List[str] = []
        self._wait_ms = RETRY_MS
        self._prepared: Optional[Tuple[Tuple[str, ...], LayerPlan]] = None  # of which jobs
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.insert_finished)
        jobs.ended.connect(self._enqueue)
        jobs.changed.connect(self._tell_lost)
        jobs.changed.connect(self._release)

    def insert_finished(self) -> None:
        """Put every finished job into its document; those that must wait are tried again soon."""
        if self._turn.busy:
            self._timer.start(RETRY_MS)
            return
        waiting, self._finished = self._finished, []
        self._wait_ms = RETRY_MS
        with self._turn.taken():
            for job_id in waiting:
                together = self._together(job_id, states.ENDED)
                if together and self._wait_ms:
                    self._place(together)
                elif together:
                    self._finished.append(job_id)  # after the one that is on its way
        if self._finished:
            self._timer.start(self._wait_ms)

    def insert_kept(self, only: str = "") -> None:
        """Put kept passes where they belong, or where the artist says, one job after another.
        only: those of the click that this job is of, "" for all."""
        self.safekeeping.look()
        refused: List[str] = []
        for job_id in self._kept(only):
            kept = self._jobs.find(job_id)  # as it is now that others have gone in
            if kept is None or not self._together(job_id, states.KEPT):
                continue  # it went in with the others of its click
            try:
                place = self._where(kept)
                if place is None:
                    continue
                together = self._together(kept.id, states.KEPT)  # it took the artist a while
                if together:
                    with self._turn.taken():
                        self._insert(self._still_open(place, kept), together)
            except Refusal as refusal:
                refused.append(str(refusal))
            except RuntimeError as error:
                refused.append(sentences.insertion_failed(str(error)))
        if refused:
            self.said.emit(refused[-1])

    def insert_as_new(self, only: str = "") -> None:
        """Put kept passes into new documents, those of one document together. only: as above."""
        made: Dict[Tuple[str, str, Rect, ColourSpace], object] = {}
        try:
            with self._turn.taken():
                for job_id in self._kept(only):
                    kept = self._jobs.find(job_id)
                    together = self._together(job_id, states.KEPT)
                    if kept is None or not together:
                        continue
                    reading = kept.request.reading
                    key = (reading.document_id, kept.request.file, reading.canvas, reading.colour)
                    if key not in made:
                        made[key] = self._documents.create(reading.canvas, reading.colour)
                    self._insert(made[key], together)
        except Refusal as refusal:
            self.said.emit(str(refusal))
        except RuntimeError as error:
            self.said.emit(sentences.insertion_failed(str(error)))

    def _kept(self, only: str) -> List[str]:
        """The jobs whose passes are kept, or those of them that are of one click."""
        job = self._jobs.find(only)
        click = self._jobs.together(job) if job is not None else ()
        return [one.id for one in self._jobs.kept() if not only or one in click]

    def _enqueue(self, job: Job) -> None:
        if job.request.aside:
            return  # the artist chooses among several
        self._finished.append(job.id)
        self._timer.start(0)

    def _together(self, job_id: str, stage: str) -> Tuple[Job, ...]:
        """The jobs of one click that are at a stage, the named one among them. None, as long as
        another of the click is under way: what was asked for by one click goes in by one step."""
        job = self._jobs.find(job_id)
        if job is None or job.stage != stage:
            return ()
        all_of_them = self._jobs.together(job)
        if any(one.open for one in all_of_them):
            return ()
        return tuple(one for one in all_of_them if one.stage == stage)

    def _release(self, job: Job) -> None:
        """A job that came to nothing holds the others of its click up no longer."""
        if job.request.click and job.stage in states.SETTLED:
            for other in self._jobs.together(job):
                if other.stage == states.ENDED:
                    self._enqueue(other)

    def _place(self, jobs: Sequence[Job]) -> None:
        job = jobs[0]
        document = self._documents.find(job.request.reading.document_id)
        if job.recalled:
            earlier = self._earlier() + len(jobs)
            self._keep(jobs, sentences.finished_earlier(earlier, job.title))
            self.safekeeping.look()
        elif document is None:
            passes = sum(len(one.results) for one in jobs)
            self._keep(jobs, sentences.document_gone(passes, job.title))
        elif not self._documents.can_write(document):
            self.said.emit(sentences.stroke())
            self._finished.append(job.id)
        elif not self._fits(document, job):
            self._keep(jobs, sentences.changed(job.title))
        elif any(self._looks_different(document, one) for one in jobs):
            self._keep(jobs, sentences.moved(job.title))
        else:
            self._insert_soon(document, jobs)

    def _insert_soon(self, document: object, jobs: Sequence[Job]) -> None:
        """Piece by piece, so that Krita answers the artist in between."""
        ids = tuple(job.id for job in jobs)
        if self._prepared is None or self._prepared[0] != ids:
            self._prepared, more = (ids, self._plan(document, jobs)), True
        else:
            try:
                more = self._documents.prepare(document, self._prepared[1])
            except Exception as error:  # noqa: BLE001 - as below
                self._keep_uninserted(jobs, error)
                return
        if more:
            self._finished.append(jobs[0].id)
            self._wait_ms = 0
        else:
            (_, plan), self._prepared = self._prepared, None
            self._insert(document, jobs, plan)

    def _fits(self, document: object, job: Job) -> bool:
        """Whether a document has the size and the colours of the one that was asked for."""
        reading = job.request.reading
        now = (self._documents.canvas(document), self._documents.colour(document))
        return now == (reading.canvas, reading.colour)

    def _looks_different(self, document: object, job: Job) -> bool:
        """The same size is not the same picture: it may have been mirrored, turned or cropped."""
        context, canvas = job.request.reading.context, job.request.reading.canvas
        return is_elsewhere(context, canvas, lambda area: self._documents.look(document, area))

    def _plan(self, document: object, jobs: Sequence[Job]) -> LayerPlan:
        self._documents.end_comparing()
        plan = plan_layers(*jobs, thumbnails={job.id: thumbnails.jpeg(job) for job in jobs})
        return replace(plan, hides=self.replaced(document, plan.hides))

    def _insert(
        self, document: object, jobs: Sequence[Job], plan: Optional[LayerPlan] = None
    ) -> None:
        self._documents.end_comparing()  # what is hidden for that would be seen again later
        plan = plan or self._plan(document, jobs)
        hidden = tuple(one for one in plan.hides if self._documents.is_shown(document, one))
        try:
            done = self._documents.insert(document, plan)
        except Exception as error:  # noqa: BLE001 - whatever Krita raises, the passes are kept
            self._keep_uninserted(jobs, error)
            return
        said = self._inserted(jobs, len(plan.layers))
        if done.astray and document == self._documents.find(jobs[0].request.reading.document_id):
            said = " ".join([said, sentences.astray()])
        into = self._documents.identity(document)
        for job in jobs:
            self._jobs.settle(job, states.INSERTED, said)
            for seen in {into, job.request.reading.document_id}:  # by jobs of now and of earlier
                self._jobs.cover(seen, [result.area for result in job.results])
            self.safekeeping.hold(job.id, into)
        self.inserted.emit(into, done.group, hidden)
        self.said.emit(said)

    def _inserted(self, jobs: Sequence[Job], layers: int) -> str:
        """What to say of it: what is there, and why there is no more."""
        all_of_them = self._jobs.together(jobs[0])
        reasons = [one.said for one in all_of_them if one.reason or not one.results]
        if len(all_of_them) == 1 and reasons:
            return reasons[0]
        said = sentences.finished(layers, group_name(jobs[0]))
        return " ".join([said, *dict.fromkeys(reasons)])

    def _keep_uninserted(self, jobs: Sequence[Job], error: Exception) -> None:
        diary.fault("inserting", error)
        self._prepared = None
        self._keep(jobs, sentences.insertion_failed(str(error) or repr(error)))

    def _keep(self, jobs: Sequence[Job], said: str) -> None:
        for job in jobs:
            self._jobs.settle(job, states.KEPT, said)
        self.said.emit(said)

    def _earlier(self) -> int:
        """How many jobs of an earlier run of Krita are kept."""
        return sum(job.recalled for job in self._jobs.kept())

    def _tell_lost(self, job: Job) -> None:
        """A job of an earlier run of Krita that comes to nothing: the artist may not see it."""
        if job.recalled and job.stage == states.FAILED:
            self.said.emit(job.said)

    def _where(self, job: Job) -> Optional[Place]:
        """The document that the passes were asked for, if it is there as it was; else the artist
        chooses. Raises `Refusal` where no open document has their size and colour space."""
        own = self._documents.find(job.request.reading.document_id)
        if own is not None and self._fits(own, job) and not self._looks_different(own, job):
            return Place(job.title, own)
        file = job.request.file
        own = own or (self._documents.stored_in(file) if file else None)
        if not self._documents.all():
            raise Refusal(sentences.no_place())
        front = self._documents.active()
        fitting = [one for one in self._documents.all() if self._fits(one, job)]
        if not fitting:
            raise Refusal(self._misfit(own or front, job))
        fitting.sort(key=lambda one: (one != own, one != front))
        likely: List[Place] = []
        unlikely = [Place(sentences.new_document())]  # rather than a picture that only has the size
        for one in fitting:
            alike = not self._looks_different(one, job)
            title = sentences.place(self._documents.name(one), one == front, alike)
            (likely if alike or one == own else unlikely).append(Place(title, one))
        passes = sentences.which_passes(group_name(job), job.title)
        return self._choose(passes, [*likely, *unlikely])

    def _misfit(self, document: object, job: Job) -> str:
        canvas, colour = job.request.reading.canvas, job.request.reading.colour
        if self._documents.canvas(document) != canvas:
            return sentences.other_size(canvas.width, canvas.height)
        return sentences.other_colour(colour.model, colour.depth, colour.profile)

    def _still_open(self, place: Place, job: Job) -> object:
        """The document of a chosen place. Raises `Refusal` if it was closed or changed since."""
        if place.document is None:
            reading = job.request.reading
            return self._documents.create(reading.canvas, reading.colour)
        if place.document not in self._documents.all():
            raise Refusal(sentences.closed())
        if not self._fits(place.document, job):
            raise Refusal(self._misfit(place.document, job))
        return place.document


def _as_asked(_document: object, hides: Sequence[str]) -> Tuple[str, ...]:
    return tuple(hides)
