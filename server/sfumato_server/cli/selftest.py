"""A whole job on a server of its own: the shortest proof that this machine can inpaint."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..client.client import Client
from ..client.result import Inpainted
from ..config import Config
from ..transport.server import running

SIDE = 96
START_SECONDS = 30.0


class SelfTestFailed(Exception):
    """The job ran and its result is not right; the text says what is wrong."""


def heal_something() -> float:
    """Heal a square in a made-up picture on the default engine; the seconds that it took.

    Raises `ClientError` with the server's sentence, or `SelfTestFailed` for a wrong result.
    """
    noise = np.random.default_rng(1).integers(90, 160, (SIDE, SIDE, 3), dtype=np.uint8)
    selection = np.zeros((SIDE, SIDE), np.uint8)
    selection[40:56, 40:56] = 255
    started = time.monotonic()
    with _server() as (address, token), Client.connect(address, token) as client:
        _check(client.inpaint(noise, selection, recipe="heal", seed=1), noise)
    return time.monotonic() - started


def _check(job: Inpainted, picture: np.ndarray) -> None:
    if len(job.passes) != 1:
        raise SelfTestFailed(f"got {len(job.passes)} passes; expected 1")
    changed = (job.flattened[..., :3] != picture).any(axis=2)
    if not changed[44:52, 44:52].any():
        raise SelfTestFailed("nothing changed where the picture should have been healed")
    if changed[0].any() or changed[-1].any():
        raise SelfTestFailed("something changed outside the mask")


@contextmanager
def _server() -> Iterator[tuple[str, str]]:
    """A server in a thread, in a folder that goes with it; its address and token."""
    addresses: list[str] = []
    ready = threading.Event()
    stopping: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve(home: Path) -> None:
        stop = asyncio.Event()
        stopping.append((asyncio.get_running_loop(), stop))
        async with running(Config(port=0, home=home)) as address:
            addresses.append(address)
            ready.set()
            await stop.wait()

    with tempfile.TemporaryDirectory(prefix="sfumato-self-test-") as folder:
        home = Path(folder)
        thread = threading.Thread(target=lambda: asyncio.run(serve(home)), name="sfumato-self-test")
        thread.start()
        try:
            if not ready.wait(START_SECONDS):
                raise SelfTestFailed(f"no server within {START_SECONDS:.0f} s")
            yield addresses[0], (home / "token").read_text().strip()
        finally:
            for loop, stop in stopping:
                loop.call_soon_threadsafe(stop.set)
            thread.join()
