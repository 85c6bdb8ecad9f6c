"""A real server process with a home of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .processes import end_group

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Server:
    """url: where it listens. home: the folder with its token."""

    url: str
    home: Path

    @property
    def token(self) -> str:
        return (self.home / "token").read_text().strip()


@contextmanager
def serving(home: Path, engines: Sequence[str] = ()) -> Iterator[Server]:
    """Start `sfumato serve` on a free port and wait until it says where; end it afterwards.

    engines: MODULE:CLASS to offer instead of the built-in ones.
    """
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sfumato_server", "serve", "--port", "0", "--home", str(home)]
    for engine in engines:
        command += ["--engine", engine]
    path = [str(ROOT / "tests"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "PYTHONPATH": ":".join(path), "OMP_NUM_THREADS": "1"}
    with (home / "server.log").open("wb") as log:
        child = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    try:
        assert child.stdout is not None
        line = child.stdout.readline().decode()
        if "ws://" not in line:
            end_group(child)
            said = (home / "server.log").read_text()
            raise RuntimeError(f"the server did not start; it said {line!r} and\n{said}")
        yield Server(line.split()[-1], home)
    finally:
        end_group(child)
        if child.stdout is not None:
            child.stdout.close()
