"""A real server in a thread of its own, and a plain client that says what it is told to say."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from websockets.sync.client import ClientConnection, connect

from fakes import engines as zoo
from sfumato_protocol import VERSION
from sfumato_protocol.blobs import ZLIB, Blob, make_blob
from sfumato_protocol.geometry import Rect, default_masks
from sfumato_protocol.lifecycle import CLIENT
from sfumato_protocol.messages import Hello, Message, Submit
from sfumato_protocol.peer import Peer, Received
from sfumato_server.config import Config
from sfumato_server.transport.server import running

TOKEN = "a-token-for-tests"
SIZE = 192


@dataclass
class Talk:
    """One connection to a server: `say` and `hear`."""

    socket: ClientConnection
    peer: Peer = field(default_factory=lambda: Peer(CLIENT))

    def say(self, message: Message, blobs: tuple[Blob, ...] = ()) -> None:
        for frame in self.peer.send(message, blobs):
            self.socket.send(frame)

    def hear(self, timeout: float = 20.0) -> Received:
        """The next complete message."""
        while True:
            frame = self.socket.recv(timeout)
            assert isinstance(frame, bytes)
            received = self.peer.receive(frame)
            if received is not None:
                return received

    def hear_until(self, *kinds: type[Message]) -> tuple[Received, list[Received]]:
        """The first message of one of `kinds`, and what came before it."""
        before: list[Received] = []
        while True:
            received = self.hear()
            if isinstance(received.message, kinds):
                return received, before
            before.append(received)


@dataclass
class RunningServer:
    """A server that runs until `stop`; `home` is its folder."""

    url: str
    home: Path
    stop: Callable[[], None]

    @contextmanager
    def talk(self, greet: bool = True) -> Iterator[Talk]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with connect(
            self.url, additional_headers=headers, compression=None, proxy=None, max_size=2**20
        ) as socket:
            talk = Talk(socket)
            if greet:
                talk.say(Hello(VERSION, "tests"))
                talk.hear()
            yield talk


StartServer = Callable[..., RunningServer]


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Start servers with zoo engines; all are stopped at the end."""
    stops: list[Callable[[], None]] = []

    def start(*kinds: type[zoo.Painter], **settings: object) -> RunningServer:
        specs = tuple(zoo.spec(kind) for kind in kinds or (zoo.Painter,))
        options = {"home": tmp_path, "port": 0, "token": TOKEN, "engines": specs, **settings}
        started = threading.Event()
        address: list[str] = []
        stopping: list[Callable[[], None]] = []

        async def serve() -> None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            stopping.append(lambda: _set_from_outside(loop, stop))
            async with running(Config(**options)) as url:  # type: ignore[arg-type]
                address.append(url)
                started.set()
                await stop.wait()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), name="server")
        thread.start()
        assert started.wait(20), "the server did not start"

        def stop_it() -> None:
            if thread.is_alive():
                stopping[0]()
            thread.join(20)
            assert not thread.is_alive(), "the server did not stop"

        stops.append(stop_it)
        return RunningServer(address[0], tmp_path, stop_it)

    yield start
    for stop in stops:
        stop()


def _set_from_outside(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)


def photo(sample: str = "u8", size: int = SIZE) -> np.ndarray:
    """A smooth BGRA picture, (size, size, 4), opaque."""
    ramp = np.linspace(0, 1, size, dtype=np.float32)
    picture = np.stack(
        [np.broadcast_to(ramp, (size, size)), np.broadcast_to(ramp[:, None], (size, size))] * 2, 2
    ).copy()
    picture[..., 3] = 1
    peak = 255 if sample == "u8" else 65535
    return np.rint(picture * peak).astype(np.uint8 if sample == "u8" else np.uint16)


def square(size: int = SIZE) -> np.ndarray:
    """Coverage of a square in the middle, (size, size) uint8."""
    selection = np.zeros((size, size), np.uint8)
    selection[size // 3 : 2 * size // 3, size // 3 : 2 * size // 3] = 255
    return selection


def submission(
    recipe: str = "face-swap-boundary", sample: str = "u8", **changes: object
) -> tuple[Submit, tuple[Blob, ...]]:
    """A small valid job."""
    picture, selection = photo(sample), square()
    canvas = Rect(0, 0, SIZE, SIZE)
    profile = "sRGB-elle-V2-srgbtrc.icc"
    image = make_blob(1, picture.tobytes(), (SIZE, SIZE), "BGRA", sample, profile)
    mask = make_blob(2, selection.tobytes(), (SIZE, SIZE), "G", encoding=ZLIB)
    fields = {
        "job": uuid.uuid4().hex,
        "recipe": recipe,
        "engine": "",
        "prompt": "",
        "negative_prompt": "",
        "seed": 7,
        "masks": default_masks(canvas, Rect(SIZE // 3, SIZE // 3, SIZE // 3, SIZE // 3)),
        "crop": canvas,
        "image": image.info,
        "selection": mask.info,
        **changes,
    }
    return Submit(**fields), (image, mask)  # type: ignore[arg-type]
