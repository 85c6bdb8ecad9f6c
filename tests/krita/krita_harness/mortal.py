"""A server that can be killed, and comes back on the same port and home when it was."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .processes import end_group
from .server import ROOT, Server


@dataclass(frozen=True)
class Mortal:
    """server: where it listens, before and after. pid: of its first process."""

    server: Server
    pid: int


@contextmanager
def mortal_server(home: Path, engine: str) -> Iterator[Mortal]:
    """Serve with one engine, MODULE:CLASS; when the process ends, start another in its place."""
    first = _start(home, engine, 0)
    url = _address(first)
    processes = [first]

    def succeed() -> None:
        first.wait()
        processes.append(_start(home, engine, urlsplit(url).port or 0))

    watching = threading.Thread(target=succeed, daemon=True)
    watching.start()
    try:
        yield Mortal(Server(url, home), first.pid)
    finally:
        end_group(first)
        watching.join()
        for process in processes:
            end_group(process)
            assert process.stdout is not None
            process.stdout.close()


def _start(home: Path, engine: str, port: int) -> "subprocess.Popen[bytes]":
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sfumato_server", "serve", "--home", str(home)]
    command += ["--port", str(port), "--engine", engine]
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}", "OMP_NUM_THREADS": "1"}
    with (home / "server.log").open("ab") as log:
        return subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )


def _address(process: "subprocess.Popen[bytes]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    assert "ws://" in line, f"the server did not start; it said {line!r}"
    return line.split()[-1]
