"""Children that never outlive their test."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """How a child ended: exit status, None if its time ran out, and the file with its output."""

    status: int | None
    log: Path

    def tail(self, lines: int = 40) -> str:
        """The last lines it printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def run(command: Sequence[str], env: Mapping[str, str], log: Path, seconds: float) -> Ended:
    """Run `command` in a process group of its own; kill the group when `seconds` have passed."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            command, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            return Ended(child.wait(seconds), log)
        except subprocess.TimeoutExpired:
            return Ended(None, log)
        finally:
            end_group(child)


def end_group(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child and all it started, and reap it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
