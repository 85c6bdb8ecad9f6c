"""`python -m soak --jobs N`: N small jobs in one server; prints what grew and what was lost."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from fakes import engines as zoo
from faults.recovery import remains
from faults.server_process import ServerProcess
from soak.jobs import Soak
from soak.measure import Sample, sample, slopes

SAMPLES = 100
MOST_KIB, MOST_FILES = 512.0, 0.5  # growth in 1000 jobs


def soak(server: ServerProcess, jobs: int, seed: int) -> tuple[Soak, list[Sample]]:
    """Run so many jobs and measure on the way."""
    run, samples = Soak(server, random.Random(seed)), []
    for number in range(1, jobs + 1):
        run.run(number)
        if number % max(1, jobs // SAMPLES) == 0:
            samples.append(sample(server, number))
            print(f"{number} jobs", end="\r", flush=True)
    run.hang_up()
    return run, samples


def main() -> int:
    """The exit status: 0 if nothing was lost and nothing grew."""
    parser = argparse.ArgumentParser(prog="soak")
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sfumato-soak-") as home:
        server = ServerProcess(Path(home), zoo.Painter)
        server.start()
        try:
            run, samples = soak(server, chosen.jobs, chosen.seed)
        finally:
            server.stop()
        left = remains(server) + [file.name for file in Path(home, "spool").iterdir()]
    return _report(run, samples, time.monotonic() - started, left)


def _report(run: Soak, samples: list[Sample], seconds: float, left: list[str]) -> int:
    first, last, grown = samples[0], samples[-1], slopes(samples)
    print(
        f"{last.jobs} jobs in {seconds:.0f} s: {run.done} done, {run.cancelled} cancelled, "
        f"{run.reconnected} reconnections, {len(run.lost)} lost, {len(left)} left behind\n"
        f"server: {first.server_bytes / 2**20:.1f} to {last.server_bytes / 2**20:.1f} MiB, "
        f"{grown.server_kib:+.1f} KiB and {grown.server_files:+.2f} files in 1000 jobs\n"
        f"engine: {first.engine_bytes / 2**20:.1f} to {last.engine_bytes / 2**20:.1f} MiB, "
        f"{grown.engine_kib:+.1f} KiB and {grown.engine_files:+.2f} files in 1000 jobs"
    )
    for line in (*run.lost, *left):
        print(line)
    flat = max(grown.server_kib, grown.engine_kib) < MOST_KIB
    closed = max(grown.server_files, grown.engine_files) < MOST_FILES
    return int(bool(run.lost or left) or not (flat and closed))


if __name__ == "__main__":
    sys.exit(main())
