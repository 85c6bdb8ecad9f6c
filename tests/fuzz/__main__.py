"""`python -m fuzz --runs N`: N inputs over all targets; prints rates, fails on the first fault.

Where atheris is installed, half of them are chosen by it: it watches which code each input reaches.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib.util
import logging
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fuzz import corpus, targets
from fuzz.targets import Target

HANG_SECONDS = 10.0
BATCH = 1000
BATCH_SECONDS = 300.0
SHARES = {
    "codec": 0.2,
    "nested": 0.05,
    "conversation": 0.15,
    "assembly": 0.1,
    "compressed": 0.1,
    "memory": 0.1,
    "provenance": 0.1,
    "kra": 0.05,
    "spool": 0.05,
    "models": 0.03,
    "recipes": 0.04,
    "times": 0.01,
    "text": 0.02,
}
MOST_GROWTH = 64 * 2**20  # bytes
Seeds = Callable[[], list[bytes]]


@dataclass(frozen=True)
class Outcome:
    """How one target fared: longest is the slowest input in s, grown the memory in bytes."""

    runs: int
    seconds: float
    longest: float
    grown: int


def cases(folder: Path) -> dict[str, tuple[Target, Seeds]]:
    """The targets by name, with the input to start from. folder: an empty one to write into."""
    return {
        "codec": (targets.one_frame, corpus.golden_frames),
        "nested": (targets.one_frame, corpus.nested),
        "conversation": (targets.conversation, corpus.conversations),
        "assembly": (targets.assembly, corpus.commands),
        "compressed": (targets.compressed, corpus.packed),
        "memory": (targets.remembered, corpus.memories),
        "provenance": (targets.recorded, corpus.provenances),
        "kra": (targets.krita_file, corpus.krita_files),
        "spool": (targets.SpoolRecords(folder), corpus.records),
        "models": (targets.ModelsFolder(_within(folder, "models")), corpus.models),
        "recipes": (targets.recipe, corpus.recipes),
        "times": (targets.LearntTimes(_within(folder, "times")), corpus.times),
        "text": (targets.text, corpus.texts),
    }


def _within(folder: Path, name: str) -> Path:
    (folder / name).mkdir(exist_ok=True)
    return folder / name


def mutated(target: Target, seeds: list[bytes], runs: int, seed: int) -> Outcome:
    """Feed a target with spoiled good input. Raises what the target raises, with the input."""
    mutator = corpus.Mutator(seeds, random.Random(seed))
    before, started, longest = _memory(), time.monotonic(), 0.0
    for number in range(runs):
        data = mutator.next()
        if number % BATCH == 0:
            faulthandler.dump_traceback_later(BATCH_SECONDS, exit=True)
        began = time.perf_counter()
        try:
            target(data)
        except Exception as error:
            raise AssertionError(f"input {data[:2000]!r}") from error
        longest = max(longest, time.perf_counter() - began)
    faulthandler.cancel_dump_traceback_later()
    return Outcome(runs, time.monotonic() - started, longest, _memory() - before)


def main() -> int:
    """The exit status: 0 if every target held."""
    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)  # of each damaged record the spool says a word
    guided = importlib.util.find_spec("atheris") is not None
    print(f"seed {chosen.seed}; {'half by atheris' if guided else 'atheris is not installed'}")
    faults = []
    with tempfile.TemporaryDirectory(prefix="sfumato-fuzz-") as folder:
        for name, (target, seeds) in cases(Path(folder)).items():
            runs = int(SHARES[name] * chosen.runs / (2 if guided else 1))
            faults.append(_report(name, mutated(target, seeds(), runs, chosen.seed)))
            if guided:
                faults.append(_guided(name, runs, folder))
    return int(any(faults))


def _report(name: str, outcome: Outcome) -> bool:
    bad = outcome.longest > HANG_SECONDS or outcome.grown > MOST_GROWTH
    print(
        f"{name:13} {outcome.runs:8} inputs {outcome.runs / outcome.seconds:8.0f}/s  "
        f"longest {1000 * outcome.longest:6.1f} ms  memory +{outcome.grown / 2**20:.1f} MiB",
        "  TOO MUCH" if bad else "",
        flush=True,
    )
    return bad


def _guided(name: str, runs: int, folder: str) -> bool:
    """atheris ends the process that it runs in: one for each target."""
    started = time.monotonic()
    limits = [f"-runs={runs}", "-rss_limit_mb=1024", f"-timeout={HANG_SECONDS:.0f}"]
    command = [sys.executable, "-m", "fuzz.guided", name, folder, *limits]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    rate = f"{runs / (time.monotonic() - started):8.0f}/s"
    print(f"{name:13} {runs:8} inputs {rate}  by atheris, exit {done.returncode}", flush=True)
    if done.returncode:
        print(done.stderr[-4000:])
    return done.returncode != 0


def _memory() -> int:
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    sys.exit(main())
