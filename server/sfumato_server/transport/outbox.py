"""What waits to be said to one client: bounded, so that a client that reads slowly costs little."""

from __future__ import annotations

import asyncio
from collections import deque

from sfumato_protocol.messages import Offer, Preview, Shaped, Waiting

from ..jobs.job import Outgoing

MANY_WAITING = 32
_OUTDATED = (Preview, Waiting, Offer)  # only the last one said of a job, or of all, is true


class Outbox:
    """Results are kept and sent in order; progress and previews give way to them."""

    def __init__(self) -> None:
        self._waiting: deque[Outgoing] = deque()
        self._filled = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._no_masks = asyncio.Event()
        self._no_masks.set()
        self._closed = False

    def put(self, outgoing: Outgoing) -> None:
        """Line up. What is out of date by it goes: an older preview or place in line. Where many
        wait nothing joins them that may be dropped."""
        self._drop_older(outgoing)
        if outgoing.droppable and len(self._waiting) >= MANY_WAITING:
            return
        self._waiting.append(outgoing)
        self._note_change()

    async def get(self) -> Outgoing:
        """The next to say; waits for one."""
        await self._filled.wait()
        outgoing = self._waiting.popleft()
        self._note_change()
        return outgoing

    async def room(self) -> None:
        """Wait until it makes sense to listen to this client again: not while much waits for it."""
        await self._has_room.wait()

    async def no_masks(self) -> None:
        """Wait until none of its masks wait, which are held in memory."""
        await self._no_masks.wait()

    def close(self) -> None:
        """Nobody will get anything any more."""
        self._closed = True
        self._note_change()

    def _drop_older(self, outgoing: Outgoing) -> None:
        message = outgoing.message
        if not isinstance(message, _OUTDATED):
            return
        for held in self._waiting:
            same = isinstance(held.message, type(message))
            if same and getattr(held.message, "job", "") == getattr(message, "job", ""):
                self._waiting.remove(held)
                return

    def _note_change(self) -> None:
        crowded = len(self._waiting) >= MANY_WAITING
        heavy = any(isinstance(held.message, Shaped) for held in self._waiting)
        _switch(self._filled, bool(self._waiting))
        _switch(self._has_room, self._closed or not crowded)
        _switch(self._no_masks, self._closed or not heavy)


def _switch(event: asyncio.Event, on: bool) -> None:
    event.set() if on else event.clear()
