"""A short soak: nothing lost, no file left open, memory in bounds."""

from __future__ import annotations

import os
from pathlib import Path

from fakes import engines as zoo
from faults.recovery import remains
from faults.server_process import ServerProcess
from soak.__main__ import soak

JOBS = int(os.environ.get("SOAK", "60"))
MIB = 2**20


def test_jobs_one_after_another(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, zoo.Painter)
    server.start()
    try:
        run, samples = soak(server, JOBS, seed=2)
        assert run.lost == []
        assert run.done + run.cancelled == JOBS
        assert run.reconnected > 0
        early, late = samples[len(samples) // 5], samples[-1]
        assert late.server_files <= early.server_files + 2
        assert late.engine_files <= early.engine_files + 1
        assert late.server_bytes < early.server_bytes + 32 * MIB
        assert late.engine_bytes < early.engine_bytes + 32 * MIB
    finally:
        assert server.stop() == 0
    assert remains(server) == []
    assert list((tmp_path / "spool").iterdir()) == []
