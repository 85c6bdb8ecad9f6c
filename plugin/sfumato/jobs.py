"""The jobs under way, observable and without widgets. Lives on the main thread.

A job belongs to the server that was first asked for it: no other hears of it. Its passes are the
server's to keep until the picture that they went into is stored.
"""

import time
from dataclasses import replace
from typing import Callable, Dict, Iterable, Optional, Sequence, Tuple

from sfumato_protocol import errors, offers
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import Cancel, Failed, JobDone, Message, Move, PassDone, Resume
from sfumato_protocol.offers import MOVE, STOP
from sfumato_protocol.peer import Received

from .core import job as states
from .core import job_sentences, sentences
from .core.address import same_server
from .core.context import without
from .core.debts import Debt, Debts, expired
from .core.job import Job, begun, hear, on_hold, recalled
from .core.request import Request
from .line import Line
from .qt import QObject, Signal

_MOST_SETTLED = 20


class Jobs(QObject):
    """changed: a `Job` is new or differs. ended: its finished passes wait for the document.
    forgotten: a job by its id is remembered no longer.
    owing: servers are owed more. paid: a server has heard what it was owed.

    clock: seconds since 1970.
    """

    changed = Signal(object)
    ended = Signal(object)
    forgotten = Signal(str)
    owing = Signal()
    paid = Signal()

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._jobs: Dict[str, Job] = {}
        self._line: Optional[Line] = None
        self._address = ""
        self._debts = Debts()
        self._unsaved: Dict[str, Job] = {}

    def all(self) -> Tuple[Job, ...]:
        """Every job still remembered, oldest first."""
        return tuple(self._jobs.values())

    def find(self, job_id: str) -> Optional[Job]:
        """A job that is still remembered."""
        return self._jobs.get(job_id)

    def together(self, job: Job) -> Tuple[Job, ...]:
        """The jobs of one click, oldest first, this one among them: they become one group."""
        click = job.request.click
        siblings = (held for held in self._jobs.values() if click and held.request.click == click)
        return tuple(siblings) or (job,)

    def open(self) -> Tuple[Job, ...]:
        """The jobs that wait for a server, those at another one last, else oldest first."""
        waiting = [job for job in self._jobs.values() if job.open]
        return tuple(sorted(waiting, key=self._elsewhere))

    def kept(self) -> Tuple[Job, ...]:
        """The jobs whose finished passes wait for the artist to say where they go."""
        return tuple(job for job in self._jobs.values() if job.stage == states.KEPT)

    def unsaved(self) -> Tuple[Job, ...]:
        """The jobs whose layers would go with a crash: no file has them yet."""
        return tuple(self._unsaved.values())

    def remembered(self) -> Tuple[Request, ...]:
        """What to ask for again should Krita end now, the most wanted last."""
        unsettled = [job for job in self._jobs.values() if job.stage not in states.SETTLED]
        return tuple(job.request for job in (*self.unsaved(), *unsettled))

    def here(self) -> Tuple[Job, ...]:
        """The jobs that wait for the server that is, or was last, connected."""
        return tuple(job for job in self.open() if not self._elsewhere(job))

    def debts(self) -> Tuple[Debt, ...]:
        """What servers have yet to hear of jobs that are over here."""
        return self._debts.all()

    def recall(self, requests: Iterable[Request], debts: Iterable[Debt] = ()) -> None:
        """Take up jobs and debts of an earlier run of Krita; the next connection to the server of
        each asks for what it lacks and says what that has to hear."""
        self._debts.add(debts)
        for request in requests:
            self._put(recalled(request))

    def attach(self, line: Line) -> None:
        """A connection is open: pay what is owed to this server, go on with its open jobs."""
        self._line, self._address = line, line.address
        self._debts.drop_old(self._clock())
        for debt in self._debts.at(line.address):
            self._tell(debt)
        for job in self.open():
            if self._elsewhere(job):
                self._leave_waiting(job)
            elif job.stage == states.SENDING:
                self._submit(job)
            else:
                line.say(Resume(job.id))  # no pass is safe before the picture is saved
                if job.stopping:
                    self._stop(job)

    def detach(self) -> None:
        """The connection is gone; open jobs wait for the next."""
        self._line = None
        for job in self.here():
            self._put(on_hold(job, sentences.reconnecting()))

    def start(self, request: Request) -> Job:
        """Send a new job."""
        job = begun(replace(request, asked=int(self._clock())))
        if self._line is not None:
            return self._submit(job)
        self._put(job)
        return job

    def cancel(self, job_id: str) -> None:
        """End an open job at once, with all of its click, whatever the server says to them later;
        give kept passes up."""
        job = self._jobs.get(job_id)
        if job is not None and job.stage == states.KEPT:
            self.settle(job, states.CANCELLED, sentences.discarded())
        elif job is not None and job.open:
            for one in self.together(job):
                self._cancel(one)

    def stop(self, job_id: str) -> None:
        """End an open job and all of its click, and keep the passes that are finished."""
        job = self._jobs.get(job_id)
        for one in self.together(job) if job is not None else ():
            if one.open and one.results:
                self._stop(one)
            elif one.open:
                self._cancel(one)

    def forget(self, job_id: str) -> None:
        """Remember a job that is over no longer."""
        job = self._jobs.get(job_id)
        if job is not None and job.stage in states.SETTLED:
            del self._jobs[job_id]
            self.forgotten.emit(job_id)

    def move(self, job_id: str, before: str) -> None:
        """Let a waiting job run before another of ours that waits, "" for after all of them."""
        job = self._jobs.get(job_id)
        if job is not None and job.stage == states.WAITING and self.can_move:
            self._say(Move(job_id, before))

    @property
    def can_move(self) -> bool:
        """Whether the order of waiting jobs can be changed."""
        return self._understood(MOVE)

    def _stop(self, job: Job) -> None:
        """A server that understands ends the job with what it has, and another is told to drop it:
        what is finished is here."""
        if self._understood(STOP) and not self._elsewhere(job):
            self._say(Cancel(job.id, keep=True))
            self._put(replace(job, stopping=True, said=job_sentences.stopping()))
            return
        self._give_up(job)
        self._hear(replace(job, stopping=True), Received(JobDone(job.id, len(job.results), 0.0)))

    def _understood(self, feature: str) -> bool:
        return self._line is not None and self._line.welcome.understands(feature)

    def _cancel(self, job: Job) -> None:
        if job.open:
            self._give_up(job)
            self._put(job.settled(states.CANCELLED, sentences.cancelled()))
        elif job.stage == states.ENDED:  # it waits for the others of its click
            self.settle(job, states.CANCELLED, sentences.cancelled())

    def heard(self, received: Received) -> None:
        """Take in a message from the server; those about no known job are of no interest."""
        message = received.message
        job = self._jobs.get(getattr(message, "job", ""))
        if job is None or not job.open:
            self._collect(message)
            return
        if _forgotten(job, message) and self._line is not None:
            self._submit(replace(job, stage=states.SENDING, said=sentences.sending()))
            return
        self._hear(job, received)

    def _hear(self, job: Job, received: Received) -> None:
        after = hear(job, received.message, received.blobs, self._clock())
        if isinstance(received.message, PassDone) and not after.open:
            self._give_up(job)
        self._put(after)
        if after.stage == states.ENDED:
            self.ended.emit(after)

    def troubled(self, error: ProtocolError) -> None:
        """Something about a job could not be said or understood: it ends with what it has."""
        job = self._jobs.get(error.job)
        if job is not None and job.open:
            self._give_up(job)
            failed = Failed(job.id, error.code, error.got, error.expected, error.remedy)
            self.heard(Received(failed))

    def settle(self, job: Job, stage: str, said: str) -> None:
        """What became of an ended job's passes: inserted, kept for later, or not wanted.

        Inserted ones are acknowledged when they are `saved`.
        """
        if stage == states.KEPT:
            self._put(replace(job, stage=stage, said=said))
            return
        settled = job.settled(stage, said)
        if stage == states.INSERTED:
            self._unsaved[job.id] = settled
        else:
            self._owe(job, job.indices)
        self._put(settled)

    def saved(self, job_id: str, keep: bool = False) -> None:
        """The passes of a job are in a file, or were given up with the picture: the server need
        not keep them. keep: it may, for the artist may ask for the job once more."""
        job = self._unsaved.pop(job_id, None)
        if job is not None:
            self._owe(job, job.indices, keep)
            self.owing.emit()

    def let_go(self, job_id: str, passes: Tuple[int, ...]) -> None:
        """Nobody will ask for a job of a picture once more: its server may forget it."""
        self._unsaved.pop(job_id, None)
        debt = Debt(job_id, passes, "", int(self._clock()))
        self._debts.add([debt])
        self._tell(debt)
        self.owing.emit()

    def take(self, job_id: str) -> None:
        """A job whose passes waited for the artist's choice is chosen: it goes into the document
        like any other."""
        job = self._jobs.get(job_id)
        if job is not None and job.request.aside:
            taken = replace(job, request=replace(job.request, aside=False))
            self._put(taken)
            if taken.stage == states.ENDED:
                self.ended.emit(taken)

    def cover(self, document_id: str, areas: Sequence[Rect]) -> None:
        """Layers of ours lie over areas of a document: its other jobs know it by the rest."""
        for job in self.all():
            reading = job.request.reading
            if reading.document_id == document_id and job.stage not in states.SETTLED:
                seen = replace(reading, context=without(reading.context, areas))
                self._put(replace(job, request=replace(job.request, reading=seen)))

    def _submit(self, job: Job) -> Job:
        """Ask this server for a job, which is its job from now on."""
        assert self._line is not None
        sent = replace(job, request=replace(job.request, address=self._line.address))
        self._put(sent)
        self._line.submit(sent.request)
        return sent

    def _leave_waiting(self, job: Job) -> None:
        """A job of another server: it waits for that as long as that keeps it."""
        if expired(job.request.asked, self._clock()):
            self._put(job.settled(states.FAILED, sentences.forgotten(job.title)))
        else:
            self._put(on_hold(job, sentences.elsewhere(job.request.address)))

    def _elsewhere(self, job: Job) -> bool:
        address = job.request.address
        return bool(address) and not same_server(address, self._address)

    def _give_up(self, job: Job) -> None:
        """The server may stop: say so, and remember it until the server has heard it."""
        if self._line is not None and not self._elsewhere(job):
            self._line.abandon(job.id)
        if job.request.address or job.recalled:  # or else no server has heard of it
            self._debts.add([self._debt(job, ())])

    def _owe(self, job: Job, passes: Tuple[int, ...], keep: bool = False) -> None:
        """Acknowledge what need not be kept, now or over the next connection to its server."""
        debt = self._debt(job, passes, keep)
        self._debts.add([debt])
        if not self._elsewhere(job):
            self._tell(debt)

    def _debt(self, job: Job, passes: Tuple[int, ...], keep: bool = False) -> Debt:
        return Debt(job.id, passes, job.request.address, int(self._clock()), keep)

    def _collect(self, message: Message) -> None:
        """The end of a job that is over here tells that the server has heard what it was owed."""
        before = self._debts.all()
        for debt in self._debts.heard(message):
            self._tell(debt)
        if self._debts.all() != before:
            self.paid.emit()

    def _tell(self, debt: Debt) -> None:
        if self._line is not None:
            self._say(*debt.words(self._line.welcome.understands(offers.AGAIN)))

    def _say(self, *words: Message) -> None:
        if self._line is not None:
            for word in words:
                self._line.say(word)

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        settled = [held.id for held in self._jobs.values() if held.stage in states.SETTLED]
        for old in settled[:-_MOST_SETTLED]:
            del self._jobs[old]
        self.changed.emit(job)


def _forgotten(job: Job, message: Message) -> bool:
    """A restarted server may know nothing of a job it once accepted: ask from the start, if the
    pixels are still here."""
    unknown = isinstance(message, Failed) and message.code == errors.UNKNOWN_JOB
    there = job.recalled or job.stopping  # and what there is of it is enough
    return unknown and job.stage != states.SENDING and not there
