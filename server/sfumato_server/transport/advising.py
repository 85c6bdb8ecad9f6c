"""Advice on the jobs of one connection: thought about beside it, so that nothing waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from sfumato_protocol.blobs import Blob, Room

from ..advice.measure import advise
from ..engines.base import EngineTraits
from ..execution.own_threads import OwnThreads
from ..jobs.job import Job, Listener, Outgoing
from ..jobs.queue import JobQueue
from ..jobs.records import RecordError

log = logging.getLogger(__name__)

_MOST = 64  # that wait; of more jobs the first get none

Traits = tuple[EngineTraits, ...]


class Advising:
    """Says what a retoucher would warn of, job by job; a fault in that costs no job. Pictures of
    jobs that wait for it are not held, but read from the queue's disk when it is their turn."""

    def __init__(self, threads: OwnThreads, queue: JobQueue, room: Room, say: Listener) -> None:
        self._threads, self._queue = threads, queue
        self._room, self._say = room, say
        self._waiting: deque[tuple[Job, Traits]] = deque(maxlen=_MOST)
        self._task: asyncio.Task[None] | None = None

    def on(self, job: Job, traits: Traits, blobs: tuple[Blob, ...]) -> None:
        """Advise on a job. traits: of its passes' engines. blobs: its image and selection."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(job, traits, blobs))
        else:
            self._waiting.append((job, traits))

    def close(self) -> None:
        """Nobody listens any more."""
        self._waiting.clear()

    async def _work(self, job: Job, traits: Traits, blobs: tuple[Blob, ...]) -> None:
        await self._say_of(job, traits, blobs)
        del blobs
        while self._waiting:
            await self._say_of(*self._waiting.popleft())

    async def _say_of(self, job: Job, traits: Traits, blobs: tuple[Blob, ...] = ()) -> None:
        if job.end is not None and not blobs:
            return  # it would come too late
        try:
            blobs = blobs or await self._queue.pictures(job)
            with self._room.holding(blobs):
                advice = await self._threads.do(advise, job, traits, blobs)
        except RecordError as error:
            log.info("there is no advice on job %s: %s", job.id, error)
        except Exception:
            log.exception("there is no advice on job %s", job.id)
        else:
            self._say(Outgoing(advice))
