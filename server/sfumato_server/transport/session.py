"""One client's connection: its frames become requests to the queue, the queue's news its frames."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from sfumato_protocol import VERSION, errors
from sfumato_protocol.blobs import Blob, Room
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.lifecycle import ASKED, CLOSED, RUNNING, SERVER
from sfumato_protocol.messages import (
    Ack,
    Again,
    Cancel,
    DeleteRecipe,
    Failed,
    Hello,
    Message,
    Move,
    Resume,
    SaveRecipe,
    Shape,
    Submit,
)
from sfumato_protocol.offers import AGAIN
from sfumato_protocol.peer import Peer, Received

from ..execution.own_threads import OwnThreads
from ..jobs import again as repeating
from ..jobs.again import Pass
from ..jobs.job import Job, Outgoing, fault, is_empty
from ..jobs.queue import JobQueue
from ..jobs.records import Damaged, Gone, RecordError
from ..jobs.timing import Times
from ..offer.board import Board
from ..offer.shaping import Shaper
from .advising import Advising
from .masks import Masks
from .outbox import Outbox

log = logging.getLogger(__name__)

MOST_FAULTS = 20
# To ask for jobs that are gone, and there may be many, or of a server that is busy or at fault, is
# no fault of who asks.
_NO_FAULTS = {errors.UNKNOWN_JOB, errors.QUEUE_FULL, errors.STORAGE, errors.INTERNAL}


class Minds:
    """The threads that think about masks and advice for all sessions: a heavy mask keeps other
    masks waiting, and no job. copying: held while one job's pictures become another's."""

    def __init__(self) -> None:
        self.masks = OwnThreads(2, "masks")
        self.advice = OwnThreads(2, "advice")
        self.copying = asyncio.Lock()


class Session:
    """One connection, from its first frame to its last."""

    def __init__(
        self,
        socket: ServerConnection,
        board: Board,
        queue: JobQueue,
        minds: Minds,
        room: Room,
        times: Times,
    ) -> None:
        self._socket = socket
        self._minds = minds
        self._board = board
        self._queue = queue
        self._room = room
        self._peer = Peer(SERVER, board.catalogue.limits.pending_bytes, room, self._admit)
        self._outbox = Outbox()
        self._masks = Masks(Shaper(board, times).answer, minds.masks, room, self._outbox)
        self._advising = Advising(minds.advice, queue, room, self._say)
        self._understands: frozenset[str] = frozenset()  # of `offers.FEATURES`
        self._faults = 0
        self._client = f"connection {socket.id.hex}"

    async def serve(self) -> None:
        """Listen and speak until the connection ends; its jobs go on without it."""
        speaking = asyncio.create_task(self._speak())
        try:
            async for frame in self._socket:
                await self._hear(frame)
                await self._outbox.room()
                if self._faults >= MOST_FAULTS:
                    await self._socket.close(1008, "too many faulty messages")
        except ConnectionClosed:
            log.debug("a client is gone")
        finally:
            self._queue.leave(self._say)
            self._board.leave(self._say)
            self._peer.close()
            self._masks.close()
            self._advising.close()
            speaking.cancel()

    async def _hear(self, frame: str | bytes) -> None:
        try:
            if isinstance(frame, str):
                raise ProtocolError(errors.BAD_MESSAGE, "a text frame", "binary frames")
            received = self._peer.receive(frame)
            if received is not None:
                with self._room.holding(received.blobs):
                    await self._heed(received)
        except ProtocolError as error:
            self._faults += error.code not in _NO_FAULTS
            log.info("a message was refused: %s", error.code)
            job = error.job if self._peer.lifecycle.job(error.job) in (ASKED, RUNNING) else ""
            self._say(Outgoing(Failed.of(error, job, error.request)))

    async def _heed(self, received: Received) -> None:
        """Answer; a fault of the server's own costs this message, the connection goes on."""
        try:
            await self._answer(received)
        except ProtocolError as error:
            error.job = error.job or getattr(received.message, "job", "")
            raise
        except ConnectionClosed:
            raise
        except Exception as error:
            log.exception("a message met a fault in the server")
            raise fault(error, getattr(received.message, "job", "")) from error

    async def _answer(self, received: Received) -> None:
        message = received.message
        if isinstance(message, Hello):
            self._greet(message)
        elif isinstance(message, Shape):
            self._masks.ask(message, received.blobs)
        elif isinstance(message, Submit):
            await self._submit(message, received.blobs)
        elif isinstance(message, Resume):
            await self._resume(message)
        elif isinstance(message, Cancel):
            await self._cancel(message)
        elif isinstance(message, Again):
            await self._again(message, received.blobs)
        elif isinstance(message, SaveRecipe):
            await self._answered(self._board.save(message.recipe, self._say), message.request)
        elif isinstance(message, DeleteRecipe):
            await self._answered(self._board.delete(message.name, self._say), message.request)
        elif isinstance(message, Move):
            self._queue.move(message.job, message.before, self._say)
        elif isinstance(message, Ack) and self._queue.knows(message.job):
            await self._queue.acknowledge(message.job, message.index, message.keep)

    def _greet(self, hello: Hello) -> None:
        if hello.version != VERSION:
            remedy = "Install the plugin that belongs to this server: sfumato install-plugin."
            raise ProtocolError(errors.WRONG_VERSION, hello.version, VERSION, remedy)
        log.info("%s connected", hello.client)
        self._understands = frozenset(hello.features)
        self._say(Outgoing(self._board.welcome()))
        self._board.join(self._say)

    def _admit(self, message: Message) -> None:
        """Refuse a picture of too many px before any of them comes. One of a job that is known is
        not looked at."""
        if isinstance(message, Shape):
            for info in message.blobs():
                self._board.catalogue.check_size(info.width, info.height, "")
        elif isinstance(message, Submit) and not self._queue.knows(message.job):
            crop = message.crop
            self._board.catalogue.check_size(crop.width, crop.height, message.job)
        elif isinstance(message, Again) and not self._queue.knows(message.job):
            self._queue.check_again(message)

    async def _resume(self, resume: Resume) -> None:
        """What a client has safe when it comes back is acknowledged by that, and kept for one that
        says itself when it needs no pass any more."""
        keep = AGAIN in self._understands
        for index in self._queue.owed(resume.job) & set(resume.have):
            await self._queue.acknowledge(resume.job, index, keep)
        self._queue.attach(resume.job, resume.have, self._say)

    async def _submit(self, submit: Submit, blobs: tuple[Blob, ...]) -> None:
        if self._queue.knows(submit.job):
            self._queue.attach(submit.job, (), self._say)
            return
        await self._take(self._board.catalogue.job(submit, self._client), blobs)

    async def _again(self, again: Again, blobs: tuple[Blob, ...]) -> None:
        if self._queue.knows(again.job):
            self._queue.attach(again.job, (), self._say)
            return
        self._queue.check_room(again.job, self._client)
        async with self._minds.copying:  # all pictures of a job are in memory meanwhile
            base = await self._queue.base(again)
            made = self._board.catalogue.again, again, base, self._client, blobs
            job, done = await self._minds.advice.do(*made)
            await self._take(job, repeating.pictures(again, base, blobs), done)

    async def _take(self, job: Job, blobs: tuple[Blob, ...], done: tuple[Pass, ...] = ()) -> None:
        if await self._minds.advice.do(is_empty, blobs[1]):
            got, want = "a selection without a selected pixel", "some coverage in the crop"
            raise ProtocolError(errors.EMPTY_SELECTION, got, want, "Select something.", job.id)
        job.listener = self._say
        await self._queue.add(job, blobs, done)
        traits = self._board.catalogue.traits_by_pass(job)
        self._advising.on(job, traits, blobs)

    async def _cancel(self, cancel: Cancel) -> None:
        if self._queue.knows(cancel.job):
            await self._queue.cancel(cancel.job, cancel.keep)
        else:  # its pixels were still on their way; the peer has dropped them
            self._say(Outgoing(Failed.of(errors.cancelled(), cancel.job)))

    async def _answered(self, doing: Awaitable[None], request: str) -> None:
        """Do it, or say of the request why not, which is no fault of who asks."""
        try:
            await doing
        except Exception as error:
            if not isinstance(error, ProtocolError):
                log.exception("a request met a fault in the server")
            told = error if isinstance(error, ProtocolError) else fault(error)
            self._say(Outgoing(Failed.of(told, "", request)))

    def _say(self, outgoing: Outgoing) -> None:
        if not outgoing.feature or outgoing.feature in self._understands:
            self._outbox.put(outgoing)

    async def _speak(self) -> None:
        """The only place that sends: one message at a time, pictures right behind it."""
        try:
            while self._peer.lifecycle.connection != CLOSED:
                await self._send(await self._outbox.get())
            await self._socket.close(1008)
        except ConnectionClosed:
            log.debug("a client left while spoken to")
        except Exception:  # it would wait for ever: it is to come back and ask again
            log.exception("a message could not be sent")
            await self._socket.close(1011)
        finally:
            self._outbox.close()

    async def _send(self, outgoing: Outgoing) -> None:
        try:
            message, blobs = await _loaded(outgoing)
            message, blobs = _numbered(message, blobs, self._peer)
            frames = self._peer.send(message, blobs)
        except (ProtocolError, Gone) as error:
            # Said too late (after the job's end on this connection) or already acknowledged.
            log.debug("%s was not sent: %s", outgoing.message.type, error)
            return
        for frame in frames:
            await self._socket.send(frame)


async def _loaded(outgoing: Outgoing) -> tuple[Message, tuple[Blob, ...]]:
    """A message with its pictures, or what to say where they are damaged. Raises `Gone`."""
    message = outgoing.message
    if not message.blobs():
        return message, ()
    try:
        return message, await outgoing.load()
    except Gone:
        raise
    except RecordError as error:
        log.error("a finished pass is lost: %s", error)
        damaged = "damaged on" if isinstance(error, Damaged) else "not read from"
        got = f"a finished pass was {damaged} the server's disk ({error})"
        lost = ProtocolError(errors.STORAGE, got, "", "Run it again.")
        return Failed.of(lost, getattr(message, "job", "")), ()


def _numbered(
    message: Message, blobs: tuple[Blob, ...], peer: Peer
) -> tuple[Message, tuple[Blob, ...]]:
    """The message and its blobs under ids that are free on this connection."""
    fresh = tuple(replace(blob, info=replace(blob.info, id=peer.next_blob_id())) for blob in blobs)
    return message.with_blobs(tuple(blob.info for blob in fresh)), fresh
