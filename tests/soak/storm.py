"""`python -m soak.storm`: many clients whose lines are cut, while server, engine and disk fail.

Every job has to be answered, every pass has to come once and to be what it would be in peace.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import WebSocketException

from fakes import engines as zoo
from faults.artist import Accident, Artist
from faults.recovery import remains, see_through
from faults.server_process import ServerProcess
from server.conftest import submission
from sfumato_protocol import errors
from sfumato_protocol.messages import Failed, JobDone

CUT = 0.5  # share of the conversations that are cut at a random message
PATIENCE = 120.0  # s after which a job counts as unanswered
AILMENTS = ("disk-full", "disk-read-only")
ACCIDENTS = ("kill server", "kill engine", "kill both", *AILMENTS)


@dataclass
class Storm:
    """What became of the jobs. refused: answered with a sentence rather than with passes."""

    server: ServerProcess
    jobs: int
    chance: random.Random
    expected: dict[int, bytes]
    done: int = 0
    refused: int = 0
    accidents: int = 0
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def rage(self, clients: int) -> None:
        """Run all jobs, and the accidents beside them."""
        weather = threading.Thread(target=self._weather)
        threads = [threading.Thread(target=self._client) for _ in range(clients)]
        for thread in (weather, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        self._over.set()
        weather.join()

    def _client(self) -> None:
        while True:
            with self._lock:
                self.jobs -= 1
                if self.jobs < 0:
                    return
            self._count(self._through())

    def _through(self) -> Artist:
        """A job, conversed about until it is over and safe."""
        artist = Artist(*submission())
        deadline = time.monotonic() + PATIENCE
        while not artist.safe and time.monotonic() < deadline:
            artist.boundary = self._cut(artist.frames)
            with contextlib.suppress(OSError, WebSocketException, Accident):
                artist.converse(self.server.url)
            if isinstance(artist.end, Failed) and artist.end.code == errors.STORAGE:
                artist.end, artist.accepted, artist.safe = None, False, False  # when there is room
            self._over.wait(0.05)
        return artist

    def _cut(self, frames: int) -> Cut:
        with self._lock:
            where = self.chance.randrange(1, 30) if self.chance.random() < CUT else 0
        return Cut(frames + where if where else 0)

    def _count(self, artist: Artist) -> None:
        with self._lock:
            self.wrong += artist.faults
            if isinstance(artist.end, JobDone) and artist.passes == self.expected:
                self.done += 1
            elif isinstance(artist.end, Failed) and artist.end.code == errors.ENGINE_CRASHED:
                self.refused += 1
            else:
                self.wrong.append(f"{artist.submit.job}: {artist.end}, {sorted(artist.passes)}")

    def _weather(self) -> None:
        while not self._over.wait(self.chance.uniform(0.2, 1.5)):
            self.accidents += 1
            kind = self.chance.choice(ACCIDENTS)
            if kind in AILMENTS:
                with ailing(self.server, kind):
                    self._over.wait(self.chance.uniform(0.1, 1.0))
                continue
            if kind != "kill server":
                self._kill_engine()
            if kind != "kill engine":
                self.server.kill()
                self.server.start()

    def _kill_engine(self) -> None:
        for process in self.server.processes():
            if process != self.server.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)


@dataclass
class Cut:
    """Ends a conversation at its `where`th message; 0 for never."""

    where: int

    def __call__(self, now: int) -> None:
        if now == self.where:
            raise Accident


@contextmanager
def ailing(server: ServerProcess, state: str, how: str = "") -> Iterator[None]:
    """The disk of an `ailing_server` is so for as long as the context lasts."""
    mark = server.home / state
    mark.write_text(how)
    try:
        yield
    finally:
        mark.unlink()


def storm(home: Path, jobs: int, clients: int, seed: int) -> Storm:
    """A server in a storm, and what became of the jobs, the leftovers among what went wrong."""
    server = ServerProcess(home, zoo.Painter)
    server.program = "faults.ailing_server"
    server.start()
    try:
        peaceful = Artist(*submission())
        see_through(peaceful, server)
        run = Storm(server, jobs, random.Random(seed), peaceful.passes)
        run.rage(clients)
        see_through(Artist(*submission()), server)  # has the disk asked again for what it kept
    finally:
        server.stop()
    run.wrong += remains(server)
    run.wrong += [f"{file.name} is left" for file in (home / "spool").iterdir()]
    return run


def main() -> int:
    """The exit status: 0 if nothing was lost."""
    parser = argparse.ArgumentParser(prog="soak.storm")
    parser.add_argument("--jobs", type=int, default=400)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sfumato-storm-") as home:
        run = storm(Path(home), chosen.jobs, chosen.clients, chosen.seed)
    print(
        f"{chosen.jobs} jobs of {chosen.clients} clients in {time.monotonic() - started:.0f} s, "
        f"{run.accidents} accidents: {run.done} done, {run.refused} refused with a sentence, "
        f"{len(run.wrong)} wrong"
    )
    for line in run.wrong:
        print(line)
    return int(bool(run.wrong))


if __name__ == "__main__":
    sys.exit(main())
