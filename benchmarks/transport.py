"""A 2048x2048 crop from the Python client to a real server process, over loopback."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sfumato_protocol import geometry, messages
from sfumato_server.client.client import Client, Event
from sfumato_server.client.pixels import Image, Mask

from .figures import Figure

_SIDE = 2048
_RUNS = 7
_ENGINE = "benchmarks.still_engine:Still"


def measure() -> Iterator[Figure]:
    image, selection = _picture(), _selection()
    with still_server() as (address, token), Client.connect(address, token) as client:
        runs = [_timed(client, image, selection) for _ in range(_RUNS + 1)][1:]
    up = tuple(accepted for accepted, _ in runs)
    both = tuple(done for _, done in runs)
    yield Figure(f"{_SIDE}x{_SIDE} RGBA: call to accepted by the server", "ms", up, 100.0)
    yield Figure(f"{_SIDE}x{_SIDE} RGBA: call to last byte of a pass, no engine", "ms", both)


def _timed(client: Client, image: Image, selection: Mask) -> tuple[float, float]:
    """Milliseconds until the job was accepted and until it was done."""
    accepted: list[float] = []

    def hear(event: Event) -> None:
        if isinstance(event, messages.Accepted):
            accepted.append(time.perf_counter())

    passes = (messages.PassSpec("whole", 0.5),)
    masks = geometry.MaskSettings(20, 10, 20, 80)
    start = time.perf_counter()
    client.inpaint(image, selection, recipe="heal", passes=passes, masks=masks, engine="still",
                   on_event=hear)  # fmt: skip
    return (accepted[0] - start) * 1e3, (time.perf_counter() - start) * 1e3


def _picture() -> Image:
    noise = np.random.default_rng(1)
    picture: Image = noise.integers(0, 256, (_SIDE, _SIDE, 4), np.uint8)
    picture[..., 3] = 255
    return picture


def _selection() -> Mask:
    """Half as wide as the picture: with its context the whole picture is the crop."""
    mask = np.zeros((_SIDE, _SIDE), np.uint8)
    mask[_SIDE // 4 : -_SIDE // 4, _SIDE // 4 : -_SIDE // 4] = 255
    return mask


@contextlib.contextmanager
def still_server() -> Iterator[tuple[str, str]]:
    """Address and token of a server process that offers only the still engine."""
    root = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory(prefix="sfumato-bench-") as home:
        path = filter(None, (str(root), os.environ.get("PYTHONPATH")))
        command = [sys.executable, "-m", "sfumato_server", "serve", "--port", "0"]
        process = subprocess.Popen(
            [*command, "--home", home, "--engine", _ENGINE], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        )  # fmt: skip
        assert process.stdout is not None
        try:
            address = process.stdout.readline().split()[-1]
            yield address, Path(home, "token").read_text().strip()
        finally:
            process.terminate()
            process.communicate()
