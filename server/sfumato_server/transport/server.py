"""The transport: one listening socket, its handshake's checks, and the life of the server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from functools import partial

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from sfumato_protocol import endpoint
from sfumato_protocol.blobs import Room
from sfumato_protocol.codec import MAX_FRAME

from ..config import Config
from ..execution import shared_pixels
from ..execution.worker import Worker
from ..jobs.queue import JobQueue
from ..jobs.spool import Spool
from ..jobs.timing import Times
from ..offer.board import Board
from ..offer.catalogue import Offer
from ..websocket_log import WebSocketLog
from . import home_lock
from .auth import Gate, new_token, own_token
from .door import Door
from .restoring import Restoring
from .session import Minds, Session
from .tls import server_context

log = logging.getLogger(__name__)

OnListening = Callable[[str], None]


def run(config: Config, on_listening: OnListening) -> None:
    """Serve until SIGINT or SIGTERM. `on_listening` hears the address once clients may come.

    Raises `OSError` when the port is taken, `HomeError` when the home is, `EngineError`,
    `TokenError` or `TlsError` for a bad configuration.
    """
    asyncio.run(_until_signalled(config, on_listening))


async def _until_signalled(config: Config, on_listening: OnListening) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no handlers in the loop
            loop.add_signal_handler(number, stop.set)
    async with running(config) as address:
        on_listening(address)
        await stop.wait()
    log.info("stopped")


@contextlib.asynccontextmanager
async def running(config: Config) -> AsyncIterator[str]:
    """A server for as long as the context lasts; gives its address."""
    with home_lock.held(config.home):
        async with _serving(config) as address:
            yield address


@contextlib.asynccontextmanager
async def _serving(config: Config) -> AsyncIterator[str]:
    offer = Offer(config)
    board = Board(offer)
    spool = Spool(config.spool_folder)
    worker = Worker(config.hang_seconds, on_loaded=board.loaded)
    times = Times(config.times_file)
    queue = JobQueue(worker, spool, config.limits.jobs, times=times)
    minds = Minds()
    room = Room(config.arriving_bytes, config.own_bytes)
    shared_pixels.sweep()
    restoring = Restoring(queue, offer.latest, spool)
    await restoring.first()
    made = new_token if config.new_token else own_token
    gate = Gate(config.token or made(config.home), config.allowed_hosts)
    door = Door()

    async def handle(socket: ServerConnection) -> None:
        await board.look()
        await Session(socket, board, queue, minds, room, times).serve()

    secure = server_context(*config.tls) if config.tls else None
    tasks = [asyncio.create_task(queue.work()), asyncio.create_task(restoring.again())]
    try:
        async with serve(
            handle,
            config.host,
            config.port,
            ssl=secure,
            compression=None,
            max_size=MAX_FRAME,
            process_request=partial(_let_in, gate, door),
            create_connection=door.connections(secure is not None),
            server_header=None,
            logger=WebSocketLog("websockets.server"),
        ) as server:
            port = _port(server)
            gate.port = port
            yield endpoint.url(config.host, port, secure=secure is not None)
    finally:
        for task in tasks:
            task.cancel()
        await worker.close()
        await asyncio.gather(*tasks, return_exceptions=True)


def _let_in(gate: Gate, door: Door, socket: ServerConnection, request: Request) -> Response | None:
    refusal = gate.check(socket, request)
    if refusal is None:
        door.leave(socket)
    return refusal


def _port(server: Server) -> int:
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port
