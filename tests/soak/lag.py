"""`python -m soak.lag`: jobs beside load that makes the server lag; every pass is compared.

Loads: clients that hand in 2048² crops and cancel them, clients that ask for 2048² masks, a server
that is stopped for a while, a disk that takes a second for a file.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from fakes import engines as zoo
from faults.artist import Artist
from faults.recovery import see_through
from faults.server_process import ServerProcess
from server.conftest import RunningServer, Talk, submission
from sfumato_protocol.blobs import ZLIB, Blob, make_blob
from sfumato_protocol.geometry import WHOLE, Rect, pass_extent
from sfumato_protocol.messages import Accepted, Cancel, Failed, JobDone, Shape, Shaped, Submit
from soak.storm import ailing

STOPPED_SECONDS = 3.0
SLOW_SECONDS = 1.0
LOADERS = 8
Load = Callable[[ServerProcess, threading.Event, int], None]


def big_job(side: int) -> tuple[Submit, tuple[Blob, ...]]:
    """A job on side x side grey px, the middle of them selected."""
    selection = np.zeros((side, side), np.uint8)
    selection[side // 3 : side // 2, side // 3 : side // 2] = 255
    submit, (small, _) = submission()
    image = make_blob(
        1, b"\x80" * (side * side * 4), (side, side), "BGRA", "u8", small.info.profile
    )
    mask = make_blob(2, selection.tobytes(), (side, side), "G", encoding=ZLIB)
    crop = Rect(0, 0, side, side)
    return replace(submit, crop=crop, image=image.info, selection=mask.info), (image, mask)


def cancels(server: ServerProcess, over: threading.Event, side: int) -> None:
    """Hand in large jobs and cancel them."""
    with _line(server) as talk:
        while not over.is_set():
            submit, blobs = big_job(side)
            talk.say(submit, blobs)
            talk.hear_until(Accepted)
            talk.say(Cancel(submit.job))
            talk.hear_until(Failed, JobDone)


def masks(server: ServerProcess, over: threading.Event, side: int) -> None:
    """Ask for large masks."""
    submit, (_, mask) = big_job(side)
    shape = Shape("0" * 32, mask.info, (pass_extent(WHOLE, 1, 1, submit.masks),))
    with _line(server) as talk:
        while not over.is_set():
            talk.say(shape, (mask,))
            talk.hear_until(Shaped)


def stopped(server: ServerProcess, over: threading.Event, side: int) -> None:
    """Stop the server's own process, while its engine goes on."""
    while not over.wait(0.5):
        os.kill(server.pid, signal.SIGSTOP)
        over.wait(STOPPED_SECONDS)
        os.kill(server.pid, signal.SIGCONT)


def slow_disk(server: ServerProcess, over: threading.Event, side: int) -> None:
    """Have each file take a second."""
    with ailing(server, "disk-slow", str(SLOW_SECONDS)):
        over.wait()


LOADS: dict[str, tuple[Load, int]] = {
    "large jobs cancelled": (cancels, LOADERS),
    "large masks": (masks, LOADERS),
    "server stopped": (stopped, 1),
    "slow disk": (slow_disk, 1),
}


@contextmanager
def _line(server: ServerProcess) -> Iterator[Talk]:
    running = RunningServer(server.url, server.home, server.kill)
    with running.talk() as talk:
        yield talk


@contextmanager
def under(load: Load, count: int, server: ServerProcess, side: int) -> Iterator[None]:
    """So many threads of a load, for as long as the context lasts."""
    over = threading.Event()
    threads = [threading.Thread(target=load, args=(server, over, side)) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def lag(home: Path, jobs: int, clients: int, side: int) -> dict[str, list[str]]:
    """Run so many jobs under each load; what was wrong under it."""
    server = ServerProcess(home, zoo.Painter)
    server.program = "faults.ailing_server"
    server.start()
    try:
        peaceful = Artist(*submission())
        see_through(peaceful, server)
        found = {}
        for name, (load, count) in LOADS.items():
            started = time.monotonic()
            with under(load, count, server, side):
                found[name] = _wrong(server, jobs, clients, peaceful.passes)
            seconds = time.monotonic() - started
            print(f"{name}: {jobs} jobs in {seconds:.0f} s, {len(found[name])} wrong", flush=True)
        return found
    finally:
        server.stop()


def _wrong(server: ServerProcess, jobs: int, clients: int, expected: dict[int, bytes]) -> list[str]:
    left, wrong, lock = [jobs], [], threading.Lock()

    def client() -> None:
        while True:
            with lock:
                left[0] -= 1
                if left[0] < 0:
                    return
            artist = Artist(*submission())
            with contextlib.suppress(AssertionError):  # what it then lacks is told
                see_through(artist, server, most_accidents=1)
            if artist.passes != expected:
                wrong.append(f"{artist.submit.job}: {artist.end}, {sorted(artist.passes)}")

    with ExitStack() as stack:
        for _ in range(clients):
            thread = threading.Thread(target=client)
            thread.start()
            stack.callback(thread.join)
    return wrong


def main() -> int:
    """The exit status: 0 if every pass was right."""
    parser = argparse.ArgumentParser(prog="soak.lag")
    parser.add_argument("--jobs", type=int, default=125, help="under each load")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--side", type=int, default=2048, help="of the load's crops, px")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sfumato-lag-") as home:
        found = lag(Path(home), chosen.jobs, chosen.clients, chosen.side)
    for line in (line for lines in found.values() for line in lines):
        print(line)
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
