"""Clients that are slow, gone without a word, or many: the others are served all the same."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import threading
import time
import uuid
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from fakes import engines as zoo
from fakes.small_jobs import small_job
from faults.conftest import StartProcess
from faults.server_process import TOKEN, ServerProcess
from server.conftest import RunningServer, StartServer, Talk, submission
from server.test_session import failure, passes_of
from sfumato_protocol import errors, messages
from sfumato_protocol.blobs import ZLIB, make_blob
from sfumato_protocol.geometry import WHOLE, Extent
from sfumato_protocol.messages import Accepted, Cancel, JobDone, Preview, Progress, Resume, Shape
from sfumato_server.jobs import queue, spool
from sfumato_server.jobs.job import Outgoing
from sfumato_server.transport import server as transport
from sfumato_server.transport.outbox import MANY_WAITING, Outbox

MIB = 2**20
SIDE = 256
CLIENTS = 50


def resident(server: ServerProcess) -> int:
    """Bytes of memory that the server itself holds."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


def test_a_client_that_asks_and_never_listens_costs_little(start_process: StartProcess) -> None:
    process = start_process()
    server = RunningServer(process.url, process.home, process.kill)
    noise = np.random.default_rng(2).integers(0, 256, (SIDE, SIDE), np.uint8)
    mask = make_blob(1, noise.tobytes(), (SIDE, SIDE), "G", encoding=ZLIB)
    extents = (Extent(WHOLE, 5, 10, 0),) * 16
    with server.talk() as deaf, server.talk() as other:
        other.say(*submission("artefact-fix"))
        passes_of(other)
        before = resident(process)
        asked = threading.Semaphore(0)

        def flood() -> None:
            with contextlib.suppress(ConnectionClosed, OSError):
                for number in range(1, 401):
                    one = replace(mask, info=replace(mask.info, id=number))
                    deaf.say(Shape(uuid.uuid4().hex, one.info, extents), (one,))
                    asked.release()

        flooding = threading.Thread(target=flood)
        flooding.start()
        while asked.acquire(timeout=1.5):
            pass  # until it has said all, or is not listened to any more
        other.say(*submission("artefact-fix"))
        assert isinstance(passes_of(other)[1], JobDone)
        grown = resident(process) - before
        deaf.socket.socket.shutdown(socket.SHUT_RDWR)
        flooding.join(20)
        assert not flooding.is_alive()
    assert grown < 48 * MIB, f"{grown / MIB:.0f} MiB for one client"


def test_a_client_that_reads_a_byte_at_a_time_delays_nobody(start_server: StartServer) -> None:
    server = start_server()
    with server.talk() as quick:
        host, port = server.url.split("/")[2].split(":")
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            slow.connect((host, int(port)))
            slow.sendall(handshake(f"{host}:{port}"))
            for _ in range(3):
                assert len(slow.recv(1)) == 1
                quick.say(*submission("artefact-fix"))
                assert isinstance(passes_of(quick)[1], JobDone)


def handshake(host: str) -> bytes:
    lines = (
        "GET /sfumato HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        f"Authorization: Bearer {TOKEN}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@pytest.mark.parametrize("greeted", [False, True])
def test_a_half_open_connection_is_given_up(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch, greeted: bool
) -> None:
    """One that never shakes hands, and one that falls silent after it (here within 0.6 s)."""
    hasty = functools.partial(serve, open_timeout=0.3, ping_interval=0.3, ping_timeout=0.3)
    monkeypatch.setattr(transport, "serve", hasty)
    server = start_server()
    host, port = server.url.split("/")[2].split(":")
    with socket.create_connection((host, int(port)), 10) as half_open:
        if greeted:
            half_open.sendall(handshake(f"{host}:{port}"))
        started = time.monotonic()
        while half_open.recv(4096):
            assert time.monotonic() - started < 10


def test_fifty_clients_take_turns(start_server: StartServer) -> None:
    """Each has two jobs waiting behind one that is held: all first ones run, then all second."""
    server = start_server(zoo.Painter, zoo.Endless)
    with ExitStack() as open_talks:
        holder = open_talks.enter_context(server.talk())
        held, blobs = small_job()
        holder.say(replace(held, engine=zoo.Endless.traits.name), blobs)
        holder.hear_until(Progress)
        talks = [open_talks.enter_context(server.talk()) for _ in range(CLIENTS)]
        jobs = [[queued(talk) for talk in talks] for _ in range(2)]
        holder.say(Cancel(held.job))
        for talk in talks:
            assert isinstance(passes_of(talk)[1], JobDone)
            assert isinstance(passes_of(talk)[1], JobDone)
    ended = {file.stem: file.stat().st_mtime_ns for file in (server.home / "spool").glob("*.end")}
    first, second = ([ended[job] for job in turn] for turn in jobs)
    assert max(first) < min(second)
    assert sorted(first) == first


def queued(talk: Talk) -> str:
    """A new job, accepted."""
    submit, blobs = small_job()
    talk.say(submit, blobs)
    talk.hear_until(Accepted)
    return submit.job


def test_the_line_is_bounded(start_server: StartServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_UNFINISHED", 3)
    server = start_server(zoo.Endless)
    with server.talk() as first, server.talk() as second:
        for talk in (first, second, first):
            queued(talk)
        submit, blobs = small_job()
        second.say(submit, blobs)
        refused = failure(second)
        assert refused.code == errors.QUEUE_FULL
        assert refused.got == "a server with 3 unfinished jobs"


def test_results_that_nobody_fetches_do_not_fill_the_disk(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST_BYTES", 60_000)
    server = start_server()
    jobs = []
    with server.talk() as talk:
        for _ in range(12):
            jobs.append(queued(talk))
            assert isinstance(passes_of(talk)[1], JobDone)
        files = list((server.home / "spool").iterdir())
        assert sum(file.stat().st_size for file in files) < 80_000
        assert {file.name[:32] for file in files} < set(jobs)
        talk.say(Resume(jobs[-1]))
        assert len(passes_of(talk)[0]) == 1


def test_previews_give_way_to_results() -> None:
    job = "a" * 32
    preview = Outgoing(Preview(job, 1, b"jpeg"), droppable=True)
    result = Outgoing(messages.JobDone(job, 1, 1.0))

    async def scenario() -> list[Outgoing]:
        outbox = Outbox()
        for step in range(1, 1000):
            outbox.put(Outgoing(Progress(job, 1, step, 1000), droppable=True))
            outbox.put(preview)
        outbox.put(result)
        said: list[Outgoing] = []
        while not said or said[-1] is not result:
            said.append(await outbox.get())
        return said

    said = asyncio.run(scenario())
    assert said.count(preview) <= 1
    assert len(said) <= MANY_WAITING + 1
