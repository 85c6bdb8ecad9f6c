"""Memory and file handles of a server's processes over time, and how steeply they grow."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faults.server_process import ServerProcess

WARM_UP = 0.2  # share of a run in which caches may still fill


@dataclass(frozen=True)
class Sample:
    """After so many jobs: resident bytes and open files of the server and of its engine."""

    jobs: int
    server_bytes: int
    engine_bytes: int
    server_files: int
    engine_files: int


@dataclass(frozen=True)
class Slopes:
    """Growth in 1000 jobs: KiB of memory, number of open files."""

    server_kib: float
    engine_kib: float
    server_files: float
    engine_files: float


def sample(server: ServerProcess, jobs: int) -> Sample:
    """How things stand now. The engine's is the largest of the server's child processes."""
    children = [pid for pid in server.processes() if pid != server.pid]
    engine = max(children, key=_resident, default=server.pid)
    return Sample(
        jobs, _resident(server.pid), _resident(engine), _files(server.pid), _files(engine)
    )


def slopes(samples: list[Sample]) -> Slopes:
    """Least-squares lines through the samples after the warm-up."""
    warm = samples[int(WARM_UP * len(samples)) :]
    jobs = [one.jobs / 1000 for one in warm]

    def slope(values: list[int], unit: int) -> float:
        return float(np.polyfit(jobs, np.array(values) / unit, 1)[0])

    return Slopes(
        slope([one.server_bytes for one in warm], 1024),
        slope([one.engine_bytes for one in warm], 1024),
        slope([one.server_files for one in warm], 1),
        slope([one.engine_files for one in warm], 1),
    )


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


def _files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
