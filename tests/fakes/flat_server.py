"""A server of one trick over a real socket: each pass is a flat colour behind a flat mask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

import sfumato_protocol
from sfumato_protocol import codec, errors, messages
from sfumato_protocol.blobs import ZLIB, Blob, make_blob
from sfumato_protocol.geometry import Rect, pass_extent
from sfumato_protocol.lifecycle import ASKED, RUNNING, SERVER
from sfumato_protocol.peer import Peer, Received

TOKEN = "fake-token"
COLOURS = {1: (200, 40, 40), 2: (40, 200, 40), 3: (40, 40, 200)}
AREA = (8, 6)
ALPHA = 128

WELCOME = messages.Welcome(
    version=sfumato_protocol.VERSION,
    server="fake",
    engines=(messages.EngineInfo("flat", "Flat colour", 0, 1, ("seed",)),),
    recipes=(
        messages.RecipeInfo(
            "two",
            "Two passes",
            "",
            (messages.PassSpec("whole", 0.7), messages.PassSpec("ring", 0.4, seed_offset=1)),
        ),
    ),
    limits=messages.Limits(4096 * 4096, 1 << 28, 4),
)


class Leaves(Exception):
    """Raised by an answer: the server hangs up, with these words."""


Answers = Iterator[tuple[messages.Message, tuple[Blob, ...]]]


def run_ladder(peer: Peer, submit: messages.Submit) -> Answers:
    """Every word of a job that goes well."""
    plan = planned(submit)
    yield messages.Accepted(submit.job, "flat", plan, 0), ()
    for one in plan:
        yield messages.Progress(submit.job, one.index, 1, 1), ()
        yield pass_done(peer, submit, one)
    yield messages.JobDone(submit.job, len(plan), 0.2), ()


def pass_done(
    peer: Peer, submit: messages.Submit, one: messages.PlannedPass
) -> tuple[messages.Message, tuple[Blob, ...]]:
    """A flat layer of `AREA` at (2, 3) in the crop, half opaque."""
    width, height = AREA
    area = Rect(submit.crop.x + 2, submit.crop.y + 3, width, height)
    image = submit.image
    colour = (*COLOURS[one.index], 255)[: len(image.order)]
    samples = {"u8": [(value, 1) for value in colour], "u16": [(v * 257, 2) for v in colour]}
    pixel = b"".join(value.to_bytes(size, "little") for value, size in samples[image.sample])
    count = width * height
    shape = (height, width)
    result = make_blob(
        peer.next_blob_id(), pixel * count, shape, image.order, image.sample, image.profile
    )
    mask = make_blob(peer.next_blob_id(), bytes([ALPHA]) * count, shape, "G", encoding=ZLIB)
    done = messages.PassDone(submit.job, one, area, result.info, mask.info, 0.1)
    return done, (result, mask)


def planned(submit: messages.Submit) -> tuple[messages.PlannedPass, ...]:
    """The passes of the fake's one recipe, or the client's own."""
    specs = submit.passes or WELCOME.recipes[0].passes
    return tuple(
        messages.PlannedPass(
            index,
            pass_extent(spec.zone, spec.feather, spec.width, submit.masks),
            spec.strength,
            spec.steps,
            spec.guidance,
            submit.seed + spec.seed_offset,
            spec.prompt or submit.prompt,
        )
        for index, spec in enumerate(specs, start=1)
    )


def forgotten(peer: Peer, resume: messages.Resume) -> Answers:
    """The answer to who asks again for a job that was done and fetched."""
    yield messages.Failed(resume.job, errors.UNKNOWN_JOB, "the job", "another", ""), ()


@dataclass
class FlatServer:
    """What it heard, and how it answers: `answer` to a `Submit`, `welcome` to a `Hello`, `resume`
    to a `Resume`."""

    url: str = ""
    answer: Callable[[Peer, messages.Submit], Answers] = run_ladder
    welcome: messages.Message = WELCOME
    resume: Callable[[Peer, messages.Resume], Answers] = forgotten
    heard: list[Received] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, kind: type[messages.Message]) -> bool:
        """Whether a message of `kind` has come within 10 s."""
        with self.changed:
            return self.changed.wait_for(lambda: bool(self.of(kind)), 10)

    def of(self, kind: type[messages.Message]) -> list[Received]:
        """What was heard of one kind."""
        return [received for received in self.heard if isinstance(received.message, kind)]

    def converse(self, socket: ServerConnection) -> None:
        """Talk until the client hangs up."""
        peer = Peer(SERVER)
        try:
            for frame in socket:
                received = peer.receive(frame) if isinstance(frame, bytes) else None
                if received is None:
                    continue
                with self.changed:
                    self.heard.append(received)
                    self.changed.notify_all()
                for message, blobs in self._answers(peer, received):
                    for out in peer.send(message, blobs):
                        socket.send(out)
        except ConnectionClosed:
            return
        except Leaves as goodbye:
            socket.close(1011, str(goodbye))

    def _answers(self, peer: Peer, received: Received) -> Answers:
        message = received.message
        if isinstance(message, messages.Hello):
            yield self.welcome, ()
        elif isinstance(message, messages.Shape):
            yield shaped(peer, message, received.blobs[0])
        elif isinstance(message, messages.Submit):
            yield from self.answer(peer, message)
        elif isinstance(message, messages.Resume):
            yield from self.resume(peer, message)
        elif _ends(peer, message):
            yield messages.Failed.of(errors.cancelled(), getattr(message, "job", "")), ()


def _ends(peer: Peer, message: messages.Message) -> bool:
    return isinstance(message, messages.Cancel) and peer.lifecycle.job(message.job) in (
        ASKED,
        RUNNING,
    )


def shaped(
    peer: Peer, shape: messages.Shape, selection: Blob
) -> tuple[messages.Message, tuple[Blob, ...]]:
    """The selection itself as every D, its inverse as every A."""
    size = (shape.selection.height, shape.selection.width)
    coverage = bytes(selection.pixels())
    inverse = bytes(255 - value for value in coverage)
    count = len(shape.extents)
    blobs = tuple(
        make_blob(peer.next_blob_id(), content, size, "G")
        for content in [coverage] * count + [inverse] * count
    )
    infos = tuple(blob.info for blob in blobs)
    return messages.Shaped(shape.request, infos[:count], infos[count:]), blobs


@contextmanager
def running() -> Iterator[FlatServer]:
    """A server on a port of its own, stopped at the end."""
    flat = FlatServer()
    with serve(
        flat.converse,
        "127.0.0.1",
        0,
        compression=None,
        max_size=codec.MAX_FRAME,
        process_request=_check_token,
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host, port = server.socket.getsockname()
        flat.url = f"ws://{host}:{port}/sfumato"
        try:
            yield flat
        finally:
            server.shutdown()
            thread.join()


def _check_token(connection: ServerConnection, request: Request) -> Response | None:
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        return connection.respond(HTTPStatus.UNAUTHORIZED, "no token\n")
    return None
