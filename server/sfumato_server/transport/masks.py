"""Masks that a client asks to see: drawn beside its conversation, so that no click waits for
them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack

from sfumato_protocol import errors
from sfumato_protocol.blobs import Blob, Room
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Failed, Shape, Shaped

from ..execution.own_threads import OwnThreads
from ..jobs.job import Outgoing, fault
from .outbox import Outbox

log = logging.getLogger(__name__)

Answer = Callable[[Shape, tuple[Blob, ...]], tuple[Shaped, tuple[Blob, ...]]]


class Masks:
    """The masks of one connection, one request at a time. Of requests that wait only the latest is
    done, which is the one that the artist looks at; every one is answered.

    answer: draws them, in one of `threads`. room: counts the pictures that wait.
    """

    def __init__(self, answer: Answer, threads: OwnThreads, room: Room, outbox: Outbox) -> None:
        self._answer = answer
        self._threads = threads
        self._room = room
        self._outbox = outbox
        self._waiting: tuple[Shape, tuple[Blob, ...]] | None = None
        self._held = ExitStack()  # what the waiting one takes of the room
        self._task: asyncio.Task[None] | None = None

    def ask(self, request: Shape, blobs: tuple[Blob, ...]) -> None:
        """Have it answered, in place of the one that waits."""
        if self._waiting is not None:
            self._refuse(self._waiting[0], _overtaken())
            self._held.close()
        self._waiting = request, blobs
        self._held.enter_context(self._room.holding(blobs))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    def close(self) -> None:
        """Nobody listens any more: what is being drawn goes to nobody, what waits is dropped."""
        self._waiting = None
        self._held.close()

    async def _work(self) -> None:
        while self._waiting is not None:
            await self._outbox.no_masks()  # they are held in memory until the client takes them
            if self._waiting is None:
                return
            request, blobs = self._waiting
            self._waiting = None
            with self._held.pop_all():
                await self._draw(request, blobs)

    async def _draw(self, request: Shape, blobs: tuple[Blob, ...]) -> None:
        try:
            answer, masks = await self._threads.do(self._answer, request, blobs)
        except ProtocolError as error:
            self._refuse(request, error)
        except Exception as error:
            log.exception("masks met a fault in the server")
            self._refuse(request, fault(error))
        else:

            async def load() -> tuple[Blob, ...]:
                return masks

            self._outbox.put(Outgoing(answer, load))

    def _refuse(self, request: Shape, error: ProtocolError) -> None:
        self._outbox.put(Outgoing(Failed.of(error, "", request.request)))


def _overtaken() -> ProtocolError:
    return ProtocolError(errors.CANCELLED, "another question about masks came before these", "")
