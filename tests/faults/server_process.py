"""A server in a process of its own, so that it can be killed: `python -m sfumato_server serve`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from fakes import engines as zoo
from fakes.places import ROOT

TOKEN = "a-token-for-tests"
READY_SECONDS = 30.0


class ServerProcess:
    """One home folder and the server that runs on it, if one does."""

    def __init__(
        self, home: Path, *engines: type[zoo.Painter], options: tuple[str, ...] = ()
    ) -> None:
        self.home = home
        self.url = ""
        self._arguments = ["--port", "0", "--home", str(home)]
        for engine in engines or (zoo.Painter,):
            self._arguments += ["--engine", zoo.spec(engine)]
        self._arguments += options
        self.program = "sfumato_server"
        self._process: subprocess.Popen[str] | None = None
        self._pids: list[int] = []
        home.mkdir(parents=True, exist_ok=True)
        (home / "token").write_text(TOKEN)

    @property
    def pid(self) -> int:
        """The server's process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the server lives."""
        return self._process is not None and self._process.poll() is None

    def start(self, dies_at: int = 0) -> None:
        """Start the server and wait until it listens.

        dies_at: the change to its disk at which it is to be killed, from 1 (`dying_server`).
        """
        self.kill()
        program = ["faults.dying_server", str(dies_at)] if dies_at else [self.program]
        environment = {
            **os.environ,
            "SFUMATO_HOME": str(self.home),  # the mark by which its processes are known
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(ROOT / "tests"), os.environ.get("PYTHONPATH")))
            ),
            "OMP_NUM_THREADS": "1",
        }
        with open(self.home / "log", "a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-u", "-m", *program, "serve", *self._arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        self._pids.append(self._process.pid)
        self.url = self._address()

    def kill(self) -> None:
        """End the server without a warning (SIGKILL)."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask the server to end (SIGTERM); its exit status."""
        return self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Make sure that a server runs: one that was just killed is waited for until it is gone.

        Whether it is dying cannot be seen from its process at once, but only a living one answers.
        """
        if self.running and not self._answers():
            assert self._process is not None
            self._process.wait(READY_SECONDS)
        if not self.running:
            self.start()

    def log(self) -> str:
        """What the servers on this home wrote to stderr."""
        return (self.home / "log").read_text(encoding="utf-8")

    def processes(self) -> list[int]:
        """Every living process that belongs to this home, engines included."""
        return [int(entry.name) for entry in Path("/proc").iterdir() if self._is_ours(entry)]

    def shared_memory(self) -> list[str]:
        """Blocks of shared memory that servers on this home have made and not removed."""
        marks = tuple(f"sfumato-{pid}-" for pid in self._pids)
        return [name for name in os.listdir("/dev/shm") if name.startswith(marks)]

    def _answers(self) -> bool:
        """Whether the server says a word: an HTTP refusal will do."""
        address = urlsplit(self.url)
        try:
            with socket.create_connection(
                (str(address.hostname), int(address.port or 0)), READY_SECONDS
            ) as line:
                line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return bool(line.recv(1))
        except ConnectionError:
            return False

    def _address(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        impatient = threading.Timer(READY_SECONDS, self._process.kill)
        impatient.start()
        line = self._process.stdout.readline()
        impatient.cancel()
        assert "ws://" in line, f"the server did not start: {self.log()}"
        return line.split()[-1]

    def _end(self, number: int) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        status = self._process.wait(READY_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return status

    def _is_ours(self, entry: Path) -> bool:
        if not entry.name.isdigit():
            return False
        try:
            return f"SFUMATO_HOME={self.home}\0".encode() in (entry / "environ").read_bytes()
        except OSError:  # it has just ended, or is another user's
            return False
