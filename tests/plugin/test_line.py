"""An open connection: uploads, cancelling, endings. Real sockets, no Qt."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from websockets.sync.server import ServerConnection

from fakes import flat_server, rude_servers
from fakes import plugin_values as values
from sfumato import dial as dial_module
from sfumato import line as line_module
from sfumato.dial import Address, dial
from sfumato.line import Ears, Line
from sfumato_protocol import codec, errors, messages
from sfumato_protocol.blobs import Blob, make_blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.lifecycle import SERVER
from sfumato_protocol.peer import Peer, Received

WAIT = 10.0


class Listener:
    """Keeps what a line hears in queues that tests wait on."""

    def __init__(self) -> None:
        self.received: queue.Queue[Received] = queue.Queue()
        self.trouble: queue.Queue[ProtocolError] = queue.Queue()
        self.ended: queue.Queue[str] = queue.Queue()
        self.ears = Ears(self.received.put, self.trouble.put)

    def until(self, kind: type[messages.Message]) -> Received:
        """The next message of `kind`; those before it are dropped."""
        while True:
            heard = self.received.get(timeout=WAIT)
            if isinstance(heard.message, kind):
                return heard


@contextmanager
def calling(url: str, token: str | None = flat_server.TOKEN) -> Iterator[tuple[Line, Listener]]:
    listener = Listener()
    line = dial(Address(url, token, False), listener.ears)
    thread = threading.Thread(target=lambda: listener.ended.put(line.run()))
    thread.start()
    try:
        yield line, listener
    finally:
        line.close()
        thread.join(WAIT)
        assert not thread.is_alive()


def test_a_job_goes_up_and_its_passes_come_down() -> None:
    wanted = values.request()
    with flat_server.running() as server, calling(server.url) as (line, listener):
        line.submit(wanted)
        first, second = listener.until(messages.PassDone), listener.until(messages.PassDone)
        listener.until(messages.JobDone)
    submitted = server.of(messages.Submit)[0]
    assert bytes(submitted.blobs[0].pixels()) == wanted.reading.pixels
    assert bytes(submitted.blobs[1].pixels()) == wanted.reading.selection
    assert [len(blob.data) for blob in first.blobs] == [8 * 6 * 4, 8 * 6]
    assert {blob.info.encoding for blob in first.blobs} == {"raw"}
    assert second.blobs[1].pixels() == bytes([flat_server.ALPHA]) * 48
    assert listener.trouble.empty()


def test_a_message_with_pixels_is_packed_on_the_lines_thread() -> None:
    coverage, packing = bytes(range(48)), []

    def pack(next_blob_id: Callable[[], int]) -> tuple[messages.Message, tuple[Blob, ...]]:
        packing.append(threading.current_thread())
        blob = make_blob(next_blob_id(), coverage, (6, 8), "G", encoding="zlib")
        return messages.Shape("0" * 32, blob.info, ()), (blob,)

    with flat_server.running() as server, calling(server.url) as (line, listener):
        line.send(pack)
        line.submit(values.request())
        listener.until(messages.JobDone)
    (shape,) = server.of(messages.Shape)
    assert bytes(shape.blobs[0].pixels()) == coverage
    assert packing != [threading.main_thread()]


def test_a_request_that_cannot_be_encoded_is_trouble_for_its_job_alone() -> None:
    good, bad = values.request(), values.request()
    object.__setattr__(bad.reading, "pixels", b"short")
    with flat_server.running() as server, calling(server.url) as (line, listener):
        line.submit(bad)
        line.submit(good)
        done = listener.until(messages.JobDone).message
        assert isinstance(done, messages.JobDone)
        assert done.job == good.job
        assert listener.trouble.get(timeout=WAIT).job == bad.job


def test_pixels_that_do_not_unpack_end_their_job_and_not_the_line() -> None:
    def spoil(peer: Peer, submit: messages.Submit) -> flat_server.Answers:
        plan = flat_server.planned(submit)
        yield messages.Accepted(submit.job, "flat", plan, 0), ()
        done, (result, mask) = flat_server.pass_done(peer, submit, plan[0])
        yield done, (result, Blob(mask.info, bytes(mask.info.stored)))
        yield messages.JobDone(submit.job, 1, 0.1), ()

    wanted = values.request()
    with flat_server.running() as server:
        server.answer = spoil
        with calling(server.url) as (line, listener):
            line.submit(wanted)
            error = listener.trouble.get(timeout=WAIT)
            listener.until(messages.JobDone)
    assert (error.job, error.code) == (wanted.job, errors.BAD_MESSAGE)


class SlowReader:
    """A server that greets, reads the first pixels of an upload, and reads on when told to."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.go_on = threading.Event()
        self.heard: queue.Queue[messages.Message] = queue.Queue()
        self.chunks = 0

    def converse(self, connection: ServerConnection) -> None:
        peer = Peer(SERVER)
        for frame in connection:
            message = codec.decode(frame)  # type: ignore[arg-type]
            self.chunks += isinstance(message, messages.Chunk)
            received = peer.receive(frame)  # type: ignore[arg-type]
            if isinstance(message, messages.Hello):
                for out in peer.send(flat_server.WELCOME):
                    connection.send(out)
            elif isinstance(message, messages.Chunk) and not self.started.is_set():
                self.started.set()
                self.go_on.wait(WAIT)
            if received is not None:
                self.heard.put(received.message)


def test_cancelling_during_an_upload_stops_it() -> None:
    reader, wanted = SlowReader(), values.large_request(4096)
    with rude_servers.speaking(reader.converse) as url, calling(url) as (line, listener):
        line.submit(wanted)
        assert reader.started.wait(WAIT)
        line.abandon(wanted.job)
        reader.go_on.set()
        assert isinstance(reader.heard.get(timeout=WAIT), messages.Hello)
        last = reader.heard.get(timeout=WAIT)
        assert last == messages.Cancel(wanted.job)
    assert 0 < reader.chunks < 4096 * 4096 * 4 // (256 * 1024)
    assert listener.trouble.empty()


def test_cancelling_before_the_upload_began_sends_nothing_of_it() -> None:
    reader, first, second = SlowReader(), values.large_request(2048), values.request()
    with rude_servers.speaking(reader.converse) as url, calling(url) as (line, _):
        line.submit(first)
        assert reader.started.wait(WAIT)
        line.submit(second)
        line.abandon(second.job)
        reader.go_on.set()
        hello, submit = (reader.heard.get(timeout=WAIT) for _ in range(2))
        assert isinstance(hello, messages.Hello)
        assert isinstance(submit, messages.Submit)
        assert submit.job == first.job
    assert second.job not in [getattr(message, "job", "") for message in reader.heard.queue]


def test_why_the_server_left_is_told() -> None:
    def leave(peer: Peer, submit: messages.Submit) -> flat_server.Answers:
        yield messages.Accepted(submit.job, "flat", flat_server.planned(submit), 0), ()
        raise flat_server.Leaves("out of memory")

    with flat_server.running() as server:
        server.answer = leave
        with calling(server.url) as (line, listener):
            line.submit(values.request())
            assert listener.ended.get(timeout=WAIT) == "out of memory"


@pytest.mark.parametrize("frame", [b"\xc1", "text", b"\x81\xa4type\xa6failed"])
def test_garbage_ends_the_line_with_a_reason(frame: bytes | str) -> None:
    def converse(connection: ServerConnection) -> None:
        connection.recv()
        connection.send(codec.encode(flat_server.WELCOME))
        connection.send(frame)

    with rude_servers.speaking(converse) as url, calling(url) as (_, listener):
        assert listener.ended.get(timeout=WAIT).startswith("it sent ")


def test_a_frame_beyond_the_limit_ends_the_line() -> None:
    def converse(connection: ServerConnection) -> None:
        connection.recv()
        connection.send(codec.encode(flat_server.WELCOME))
        connection.send(bytes(codec.MAX_FRAME + 1))

    with rude_servers.speaking(converse) as url, calling(url) as (_, listener):
        listener.ended.get(timeout=WAIT)
    assert listener.received.empty()


def test_an_unknown_message_is_passed_over() -> None:
    def converse(connection: ServerConnection) -> None:
        connection.recv()
        connection.send(codec.encode(flat_server.WELCOME))
        connection.send(b"\x81\xa4type\xa7novelty")
        connection.send(codec.encode(messages.Failed("", errors.INTERNAL, "a", "b", "")))

    with rude_servers.speaking(converse) as url, calling(url) as (_, listener):
        assert listener.trouble.get(timeout=WAIT).code == errors.UNKNOWN_TYPE
        listener.until(messages.Failed)


def test_a_server_that_answers_no_ping_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "PING_SECONDS", 0.05)
    with (
        rude_servers.mute_after(codec.encode(flat_server.WELCOME)) as url,
        calling(url) as (_, listener),
    ):
        assert listener.ended.get(timeout=WAIT).startswith("no answer for")


def test_a_server_that_answers_pings_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    pings: queue.Queue[object] = queue.Queue()
    monkeypatch.setattr(line_module, "PING_SECONDS", 0.05)
    with flat_server.running() as server, calling(server.url) as (line, listener):
        ping = line._connection.ping

        def count() -> object:
            pings.put(None)
            return ping()

        monkeypatch.setattr(line._connection, "ping", count)
        for _ in range(4):
            pings.get(timeout=WAIT)
        assert listener.ended.empty()


def test_a_server_that_reads_nothing_more_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dial_module, "STALL_SECONDS", 0.2)
    with (
        rude_servers.mute_after(codec.encode(flat_server.WELCOME)) as url,
        calling(url) as (line, listener),
    ):
        line.submit(values.large_request(2048))
        reason = listener.ended.get(timeout=WAIT)
    assert not reason.startswith("no answer"), "it waited for a ping: all had been sent"


def test_closing_is_orderly() -> None:
    with flat_server.running() as server, calling(server.url) as (line, listener):
        line.close()
        assert listener.ended.get(timeout=WAIT) == ""
