"""Tells those who wait how many are before them, whenever that changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sfumato_protocol.messages import Waiting
from sfumato_protocol.offers import WAITING

from .fair_queue import FairQueue
from .job import Job, Outgoing


class Places:
    """The places of the jobs in a line. running: whether a job that is not in line runs now."""

    def __init__(self, line: FairQueue[Job], running: Callable[[], bool]) -> None:
        self._line, self._running = line, running
        self._due = False

    def of(self, job: Job) -> int:
        """How many jobs will run before this one, as the line stands; it counts as told."""
        job.told_ahead = self._line.ahead_of(job) + self._running() if job.end is None else 0
        return job.told_ahead

    def changed(self) -> None:
        """The line has changed; what that means to each is told once, in a moment."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._due = False
        for ahead, job in enumerate(self._line.order(), start=int(self._running())):
            if job.stored and job.told_ahead not in (None, ahead):
                job.told_ahead = ahead
                job.tell(Outgoing(Waiting(job.id, ahead), feature=WAITING))
