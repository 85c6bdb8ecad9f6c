"""Takes up the jobs that an earlier server left on disk."""

from __future__ import annotations

import asyncio
import logging

from sfumato_protocol.errors import ProtocolError

from ..execution.own_threads import OwnThreads
from ..jobs.queue import JobQueue
from ..jobs.records import RecordError, Unreadable
from ..jobs.spool import Spool
from ..offer.catalogue import Catalogue

log = logging.getLogger(__name__)

AGAIN_SECONDS = 30.0


class Restoring:
    """What could be read goes on at once; what could not is named and tried again, for as long as
    the server runs."""

    def __init__(self, queue: JobQueue, catalogue: Catalogue, spool: Spool) -> None:
        self._queue, self._catalogue, self._spool = queue, catalogue, spool
        self._disk = OwnThreads(1, "restoring")
        self._swept = False
        self._left: list[str] = []

    async def first(self) -> None:
        """Take up all that there is."""
        await self._list()
        await self._take_up()

    async def again(self) -> None:
        """Take up, for ever, what could not be read."""
        while True:
            await asyncio.sleep(AGAIN_SECONDS)
            if not self._swept:
                await self._list()
            await self._take_up()

    async def _list(self) -> None:
        try:
            if not self._swept:
                await self._disk.do(self._spool.sweep)
            self._left = await self._disk.do(self._spool.jobs)
            self._swept = True
        except OSError as error:
            log.warning("the jobs of an earlier run cannot be listed now: %s", error)

    async def _take_up(self) -> None:
        """Jobs that clients have handed in again meanwhile are theirs."""
        left = [job for job in self._left if not self._queue.knows(job)]
        self._left = [job for job in left if not await self._taken_up(job)]

    async def _taken_up(self, job: str) -> bool:
        """Whether there is nothing more to try."""
        try:
            kept = await self._disk.do(self._spool.recover, job)
            if not self._queue.knows(job):
                self._queue.restore(self._catalogue.restored(kept))
        except Unreadable as error:
            log.warning("a job of an earlier run is left for later: %s", error)
            return False
        except RecordError as error:
            log.warning("a job of an earlier run cannot be taken up, and is left: %s", error)
        except ProtocolError as error:
            log.warning("job %s cannot be taken up again: %s", job, error)
        except Exception:
            log.exception("job %s cannot be taken up again", job)
        return True
