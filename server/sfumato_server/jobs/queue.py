"""Jobs: their order, their states, and what is remembered of them for clients that come back.

A job outlives the socket it came by, and the server: its request and its finished passes are on
disk before anyone is told of them, and stay until they are acknowledged. Whoever submitted or
resumed it last hears what happens. Of a long ladder the passes take turns with other clients'.

All disk work is done in threads of its own: a disk that is slow delays what waits for it, and one
that fails costs at most the job it was needed for.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from sfumato_protocol import errors
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Accepted, Again, Failed, JobDone, Preview, Progress

from ..execution import engine_host, runner
from ..execution.own_threads import OwnThreads
from ..execution.worker import Happening, Worker, WorkerClosed
from .again import Base, Pass, check, let_go
from .fair_queue import FairQueue
from .job import Job, Listener, Outgoing, fault, finished_pass, ladder_of, pass_done
from .places import Places
from .records import Gone, RecordError, Unreadable
from .spool import Spool
from .timing import Times

log = logging.getLogger(__name__)

REMEMBERED = 256
MOST_UNFINISHED = 1024
MOST_DEATHS = 2
MOST_TRIES = 5  # of servers that ended without a word at the same pass
TURN_SECONDS = 10.0  # after which a ladder lets others go first, at its next pass
_DISK_THREADS = 4
_FULL = (errno.ENOSPC, errno.EDQUOT)
_RETRIES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between tries to keep a finished pass


class JobQueue:
    """The jobs of one worker. All methods are for the event loop's thread.

    turn_seconds: how long a ladder may hold up others. times: learns what passes take.
    """

    def __init__(
        self,
        worker: Worker,
        spool: Spool,
        jobs_per_client: int,
        turn_seconds: float = TURN_SECONDS,
        times: Times | None = None,
    ) -> None:
        self._worker = worker
        self._spool = spool
        self._disk = OwnThreads(_DISK_THREADS, "disk")
        self._turn_seconds = turn_seconds
        self._times = times or Times()
        self._jobs_per_client = jobs_per_client
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: FairQueue[Job] = FairQueue()
        self._current: Job | None = None
        self._loading_since: float | None = None
        self._places = Places(self._waiting, lambda: self._current is not None)
        self._undropped: set[str] = set()  # the disk would not let go of them

    def knows(self, job_id: str) -> bool:
        """Whether this id was submitted before and is remembered."""
        return job_id in self._jobs

    def owed(self, job_id: str) -> set[int]:
        """The passes of a job, if it is known, that are not acknowledged."""
        return set(self._jobs[job_id].passes) if self.knows(job_id) else set()

    async def add(self, job: Job, blobs: tuple[Blob, ...], done: tuple[Pass, ...] = ()) -> None:
        """Take a new job with its pictures; one that is known by now is only listened to. done: its
        first passes, which another job has done. Raises `ProtocolError` when there are too many
        unfinished ones. A full disk is told to the job's listener, who may have changed by then."""
        if self.knows(job.id):
            if job.listener is not None:
                self.attach(job.id, (), job.listener)
            return
        self.check_room(job.id, job.client)
        self._jobs[job.id] = job
        try:
            for message, pictures in done:  # first, or it would be run without them
                await self._put(self._spool.put_pass, message, pictures)
            await self._put(self._spool.put_job, job.submit, blobs)
        except OSError as error:
            await self._quietly(job, self._spool.drop, job.id)
            del self._jobs[job.id]  # not before: who asks again would have its files dropped
            job.tell(Outgoing(Failed.of(_disk_problem(job, error), job.id)))
            return
        except BaseException:
            del self._jobs[job.id]
            raise
        job.stored = True
        job.passes = {message.planned.index: message for message, _ in done}
        job.finished, job.reused = set(job.passes), len(done)
        if job.end is None:
            self._waiting.put(job.client, job)
            self._places.changed()
            job.tell(self._accepted(job))
            for index in sorted(job.passes):
                self._announce(job, index)
        else:  # it was cancelled while it was written
            await self._tidy(job)
        await self._forget_old()

    def check_room(self, job_id: str, client: str) -> None:
        """Raise `ProtocolError` when there are too many unfinished jobs to take one more."""
        unfinished = [job for job in self._jobs.values() if job.end is None]
        if len(unfinished) >= MOST_UNFINISHED:
            got, want = f"a server with {len(unfinished)} unfinished jobs", "fewer"
            raise ProtocolError(errors.QUEUE_FULL, got, want, "Try again later.", job_id)
        own = [other for other in unfinished if other.client == client]
        if len(own) >= self._jobs_per_client:
            got, want = f"{len(own)} unfinished jobs", f"at most {self._jobs_per_client}"
            remedy = "Wait for one to finish or cancel it."
            raise ProtocolError(errors.QUEUE_FULL, got, want, remedy, job_id)

    def check_again(self, again: Again) -> None:
        """Raise `ProtocolError` where it asks for what is not there, or does not fit."""
        job = self._jobs.get(again.base)
        if job is None or not job.stored or job.given_up:
            raise let_go(again, f"the job {again.base}")
        check(again, job)

    async def base(self, again: Again) -> Base:
        """What it builds upon, with all pictures. Raises `ProtocolError`."""
        self.check_again(again)
        job = self._jobs[again.base]
        await self._quietly(job, self._spool.touch, job.id)
        try:
            return await self._disk.do(self._base, job, again.first)
        except Gone as error:
            raise let_go(again, f"the job {again.base}") from error
        except RecordError as error:
            got = f"a pass that cannot be read from the server's disk ({error})"
            raise ProtocolError(errors.STORAGE, got, "", "Run it anew.", again.job) from error

    def _base(self, job: Job, first: int) -> Base:
        submit, blobs = self._spool.job(job.id)
        passes = (self._spool.finished_pass(job.id, index) for index in range(1, first))
        return Base(replace(submit, passes=job.submit.passes), job.engine, blobs, tuple(passes))

    async def pictures(self, job: Job) -> tuple[Blob, ...]:
        """A job's image and selection. Raises `RecordError`."""
        return (await self._disk.do(self._spool.job, job.id))[1]

    def restore(self, job: Job) -> None:
        """Take back a job of an earlier run; what it lacks will be done."""
        self._jobs[job.id], job.stored = job, True
        if job.end is None:
            log.info("job %s goes on after pass %d", job.id, len(job.passes))
            self._waiting.put(job.client, job)
            self._places.changed()

    def attach(self, job_id: str, have: tuple[int, ...], listener: Listener) -> None:
        """Tell `listener` all of a job that it does not `have`, and what comes.

        Whoever listened before is told that it no longer does. Raises `ProtocolError` for a job
        that is not remembered.
        """
        job = self._find(job_id)
        if job.listener not in (None, listener):  # else it would wait for ever
            job.tell(Outgoing(Failed.of(errors.moved(), job.id)))
        job.listener = listener
        if not job.stored:
            return  # `add` will tell
        job.tell(self._accepted(job))
        for index in sorted(set(job.passes) - set(have)):
            self._announce(job, index)
        if job.end is not None:
            job.tell(Outgoing(job.end))

    async def cancel(self, job_id: str, keep: bool = False) -> None:
        """Stop a job, waiting or running; one that has ended stays as it is. keep: keep the passes
        that it has finished, and end well with them where there are any."""
        job = self._find(job_id)
        if job.end is not None:
            return
        job.keep, asked = keep, job.cancelled
        if asked:
            return
        job.cancelled = True
        if job is self._current:
            self._worker.cancel()
        else:
            self._waiting.remove(job.client, job)
            self._places.changed()
            await self._end(job, job.stopped())

    def move(self, job_id: str, before: str, listener: Listener) -> None:
        """Let a waiting job run before another one that waits, both heard of by `listener`, or as
        the last of its client's where `before` is "". Does nothing where that cannot be."""
        job, other = self._jobs.get(job_id), self._jobs.get(before)
        if job is None or job.listener != listener or (before and other is None):
            return
        if other is not None and other.listener != listener:
            return
        if other is not None and other.client != job.client:  # of an earlier connection
            self._waiting.join(job.client, job, other.client)
            job.client = other.client
        self._waiting.move(job.client, job, other)
        self._places.changed()

    async def acknowledge(self, job_id: str, index: int, keep: bool = False) -> None:
        """The client has this pass safe. Its pixels stay only while a later pass may need them, or,
        with `keep`, as long as there is room and no acknowledgement without it comes."""
        job = self._find(job_id)
        done = job.passes.pop(index, None)
        if not keep:
            job.kept.pop(index, None)
        elif done is not None:
            job.kept[index] = done
            await self._quietly(job, self._spool.keep_pass, job.id, index)
        if job.end is not None:
            await self._tidy(job)

    def leave(self, listener: Listener) -> None:
        """This listener is gone; its jobs go on and are kept."""
        for job in self._jobs.values():
            if job.listener == listener:
                job.listener = None

    async def work(self) -> None:
        """Run the jobs one after another, until the worker is closed."""
        while True:
            job = await self._waiting.get()
            if job.end is not None:
                continue
            self._current, self._loading_since = job, None
            self._places.changed()
            try:
                await self._run(job)
            except (
                asyncio.CancelledError,
                WorkerClosed,
            ):  # the server stops: no fault of the job's
                await self._quietly(job, self._spool.forget_tries, job.id)
                raise
            except Exception as error:  # a fault of ours: it costs this job, those behind it go on
                log.exception("job %s met a fault in the server", job.id)
                await self._end(job, Failed.of(fault(error), job.id))
            finally:
                self._current = None
                self._places.changed()

    async def _run(self, job: Job) -> None:
        started = time.monotonic()

        async def on_event(event: Happening) -> None:
            await self._happened(job, event)

        def may_go_on() -> bool:
            lasted = time.monotonic() - started
            return lasted < self._turn_seconds or not self._waiting.has_others(job.client)

        try:
            ladder = await self._disk.do(self._ladder, job)
            await self._note_try(job)
            if job.cancelled:  # looked at last: from here on the worker hears of it itself
                raise errors.cancelled()
            if len(ladder.done) < len(ladder.passes) and not await self._worker.run(
                job.specs, ladder, on_event, may_go_on
            ):
                job.seconds += time.monotonic() - started
                await self._pause(job)
                return
        except ProtocolError as error:
            job.seconds += time.monotonic() - started
            await self._failed(job, error)
        except (OSError, RecordError) as error:
            log.exception("job %s could not go on", job.id)
            failed = Failed.of(_disk_problem(job, error), job.id)
            await self._end(job, job.stopped() if job.cancelled else failed)
        else:
            seconds = job.seconds + time.monotonic() - started
            await self._end(job, JobDone(job.id, len(job.plan), seconds))

    async def _pause(self, job: Job) -> None:
        """Others wait: the rest of the ladder takes its client's next turn."""
        log.info("job %s lets others go first after pass %d", job.id, len(job.finished))
        await self._quietly(job, self._spool.forget_tries, job.id)
        if job.cancelled:
            await self._end(job, job.stopped())
            return
        self._waiting.put_back(job.client, job)
        self._places.changed()
        note = Progress(job.id, len(job.finished) + 1, 0, 0, "others take a turn")
        job.tell(Outgoing(note, droppable=True))

    async def _note_try(self, job: Job) -> None:
        """A job that takes the server with it must not do so at every start for ever."""
        tries = await self._disk.do(self._spool.note_try, job.id)
        if tries > MOST_TRIES:
            got = f"the server ended {tries - 1} times at the same pass"
            remedy = "The system may have run out of memory: try a smaller region."
            raise ProtocolError(errors.ENGINE_FAILED, got, "it to finish the pass", remedy)

    def _ladder(self, job: Job) -> runner.Ladder:
        ladder = ladder_of(job, self._spool.job(job.id)[1])
        kept = (self._spool.finished_pass(job.id, index) for index in sorted(job.finished))
        return ladder.after(tuple(finished_pass(job, done, blobs) for done, blobs in kept))

    async def _failed(self, job: Job, error: ProtocolError) -> None:
        """A job that took the engine's process with it gets one more try, from its last pass."""
        if error.code in (errors.ENGINE_CRASHED, errors.ENGINE_HUNG):
            job.deaths += 1
            if job.deaths < MOST_DEATHS and not job.cancelled:
                log.warning("job %s is tried again: %s", job.id, error)
                self._waiting.put_first(job.client, job)
                self._places.changed()
                return
        stopped = error.code == errors.CANCELLED and job.cancelled
        await self._end(job, job.stopped() if stopped else Failed.of(error, job.id))

    async def _happened(self, job: Job, event: Happening) -> None:
        await self._learn_loading(job, event)
        if isinstance(event, engine_host.Loading):
            note = Progress(job.id, len(job.finished) + 1, 0, 0, "loading the engine")
            job.tell(Outgoing(note, droppable=True))
        elif isinstance(event, runner.Stepped):
            progress = Progress(job.id, event.index, event.step, event.steps)
            job.tell(Outgoing(progress, droppable=True))
        elif isinstance(event, runner.Previewed):
            job.tell(Outgoing(Preview(job.id, event.index, event.jpeg), droppable=True))
        else:
            await self._keep(job, event)

    async def _learn_loading(self, job: Job, event: Happening) -> None:
        """What comes after the word that weights are being loaded tells how long it took."""
        began, self._loading_since = self._loading_since, None
        if isinstance(event, engine_host.Loading):
            self._loading_since = time.monotonic() if event.weights else None
        elif began is not None and len(job.finished) < len(job.works):
            work, seconds = job.works[len(job.finished)].loading, time.monotonic() - began
            await self._quietly(job, self._times.learn, work, seconds)

    async def _keep(self, job: Job, event: runner.Finished) -> None:
        """Have a finished pass on disk, then tell of it. A disk that is full may have room in a
        moment, and a pass may have taken minutes: it is tried some times. Raises `OSError`."""
        message, blobs = await self._disk.do(pass_done, job, event)
        for pause in (*_RETRIES, None):
            try:
                await self._put(self._spool.put_pass, message, blobs)
                break
            except OSError as error:
                if pause is None or job.cancelled:
                    raise
                log.warning("pass %d of job %s is not on disk yet: %s", event.index, job.id, error)
                await asyncio.sleep(pause)
        job.passes[event.index] = message
        job.finished.add(event.index)
        self._announce(job, event.index)  # at once: who asks in between is told by `attach`
        if event.index <= len(job.works):
            work = job.works[event.index - 1]
            await self._quietly(job, self._times.learn, work, event.seconds)
        await self._quietly(job, self._spool.forget_tries, job.id)

    async def _put(self, call: Callable[..., None], *arguments: object) -> None:
        """Write; what is kept only because there was room makes room. Raises `OSError`."""
        try:
            await self._disk.do(call, *arguments)
        except OSError as error:
            cached = [job for job in self._jobs.values() if job.kept and not job.owes]
            if error.errno not in _FULL or not cached:
                raise
            for job in cached:
                log.warning("job %s cannot be asked for again: the disk is full", job.id)
                job.kept.clear()
                await self._drop(job)
            await self._disk.do(call, *arguments)

    def _accepted(self, job: Job) -> Outgoing:
        ahead = 0 if job is self._current else self._places.of(job)
        seconds = self._times.estimate(job.works[job.reused :], self._worker.loaded)
        return Outgoing(Accepted(job.id, job.engine, job.plan, ahead, seconds))

    def _announce(self, job: Job, index: int) -> None:
        async def load() -> tuple[Blob, ...]:
            for pause in (*_RETRIES[:2], None):
                try:
                    return (await self._disk.do(self._spool.finished_pass, job.id, index))[1]
                except Unreadable:  # now; it may be whole
                    if pause is None:
                        raise
                    await asyncio.sleep(pause)
            return ()

        job.tell(Outgoing(job.passes[index], load))

    async def _end(self, job: Job, end: JobDone | Failed) -> None:
        """The only place where a job ends. Its client is answered whatever the disk does."""
        job.end = end
        await self._quietly(job, self._spool.put_end, end)
        await self._quietly(job, self._spool.forget_tries, job.id)
        await self._tidy(job)
        job.tell(Outgoing(end))

    async def _tidy(self, job: Job) -> None:
        """Drop from disk what nobody will ask for any more, now that the job has ended."""
        cancelled = isinstance(job.end, Failed) and job.end.code == errors.CANCELLED
        if cancelled or not job.held:
            job.passes.clear()
            job.kept.clear()
            await self._drop(job)
        else:
            acknowledged = job.finished - set(job.held)
            await self._quietly(job, self._spool.drop_passes, job.id, acknowledged)

    async def _drop(self, job: Job) -> None:
        if not await self._quietly(job, self._spool.drop, job.id):
            self._undropped.add(job.id)

    async def _quietly(self, job: Job, call: Callable[..., None], *arguments: object) -> bool:
        """Disk work whose failure costs nobody anything now; whether it worked."""
        try:
            await self._disk.do(call, *arguments)
            return True
        except OSError as error:
            log.warning("job %s: %s did not work: %s", job.id, call.__name__, error)
        except Exception:
            log.exception("job %s: %s did not work", job.id, call.__name__)
        return False

    def _find(self, job_id: str) -> Job:
        if job_id not in self._jobs:
            got, want = f"the job {job_id}", "a job that this server remembers"
            raise ProtocolError(errors.UNKNOWN_JOB, got, want, "Submit it again.", job_id)
        return self._jobs[job_id]

    async def _forget_old(self) -> None:
        """Only age, bytes and acknowledgement cost a pass: of the jobs that have none left the
        newest are remembered. What the disk would not let go of before is tried again."""
        ended = [job for job in self._jobs.values() if job.end is not None]
        bare = [job for job in ended if not job.held]
        gone = {job.id for job in bare[: max(len(bare) - REMEMBERED, 0)]}
        again, self._undropped = self._undropped, set()
        try:
            gone |= set(await self._disk.do(self._spool.surplus))
        except OSError as error:
            log.warning("what is kept could not be counted: %s", error)
        for job in ended:
            if job.id in gone:
                log.info("job %s is forgotten", job.id)
                self._jobs.pop(job.id, None)
            if job.id in gone | again:
                await self._drop(job)


def _disk_problem(job: Job, error: Exception) -> ProtocolError:
    reason = getattr(error, "strerror", None) or error
    got, remedy = f"the server's disk would not do it: {reason}", "Make room on it and try again."
    return ProtocolError(errors.STORAGE, got, "", remedy, job.id)
