"""How long a server keeps one client waiting for a word while another's large job is under way."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

import numpy as np
from websockets.sync.client import connect

from sfumato_protocol import geometry, messages
from sfumato_server.client.client import Client
from sfumato_server.client.pixels import Image, Mask
from sfumato_server.imaging.preview import Preview

from .figures import Figure
from .transport import still_server

_SIDE = 4096
_RUNS = 5
_BETWEEN = 0.02  # s between pings


def measure() -> Iterator[Figure]:
    with still_server() as (address, token), Client.connect(address, token) as client:
        worst = tuple(_worst(client, address, token) for _ in range(_RUNS))
    name = f"{_SIDE}x{_SIDE} 16-bit job shaped, accepted and finished: another's longest ping"
    yield Figure(name, "ms", worst, 100.0)
    yield Figure(f"a preview of a {_SIDE}x{_SIDE} crop", "ms", tuple(_previews()), 20.0)


def _worst(client: Client, address: str, token: str) -> float:
    """The longest ping in ms, from a process that has nothing else to do."""
    image, selection = _picture(), _selection()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    other = context.Process(target=_ping, args=(address, token, theirs))
    other.start()
    ours.recv()
    masks = geometry.MaskSettings(20, 10, 20, 80)
    client.shape(selection, [geometry.pass_extent(geometry.WHOLE, 1, 1, masks)])
    passes = (messages.PassSpec("whole", 0.5),)
    client.inpaint(image, selection, recipe="heal", passes=passes, masks=masks, engine="still")
    ours.send("over")
    longest: float = ours.recv()
    other.join()
    return longest


def _ping(address: str, token: str, pipe: Connection) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    longest = 0.0
    with connect(address, additional_headers=headers, compression=None, proxy=None) as line:
        pipe.send("begun")
        while not pipe.poll(_BETWEEN):
            start = time.perf_counter()
            line.ping().wait()
            longest = max(longest, (time.perf_counter() - start) * 1e3)
    pipe.send(longest)


def _picture() -> Image:
    picture: Image = np.full((_SIDE, _SIDE, 4), 30_000, np.uint16)
    picture[..., 3] = 65_535
    return picture


def _selection() -> Mask:
    """Half as wide as the picture: with its context the whole picture is the crop."""
    mask = np.zeros((_SIDE, _SIDE), np.uint8)
    mask[_SIDE // 4 : -_SIDE // 4, _SIDE // 4 : -_SIDE // 4] = 255
    return mask


def _previews() -> Iterator[float]:
    picture = np.full((_SIDE, _SIDE, 3), 0.5, np.float32)
    preview = Preview(picture, picture[..., 0])
    made, own = picture[:512, :512], np.ones((_SIDE, _SIDE), bool)
    for _ in range(_RUNS):
        start = time.perf_counter()
        preview.jpeg(made, (slice(0, _SIDE), slice(0, _SIDE)), own)
        yield (time.perf_counter() - start) * 1e3
