"""One case with one method: its figures, its time, its memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.quality_cases import Case
from benchmarks.quality_figures import Figures, measure
from benchmarks.quality_methods import Method
from sfumato_server.imaging.arrays import Float

STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Outcome:
    """picture: (H, W, 3) float32 0..1. seconds: wall clock; cpu: of all threads. mebibytes: how
    far the process grew meanwhile at its largest."""

    method: str
    picture: Float
    figures: Figures
    seconds: float
    cpu: float
    mebibytes: float

    @property
    def score(self) -> float:
        """Seam, texture and gradient as one number, smaller is better: their sum, the gradient
        distance in units of 8 levels."""
        return self.figures.seam + self.figures.texture + self.figures.gradient / 8


def outcome(case: Case, name: str, method: Method) -> Outcome:
    """Heal the case and measure. Raises `RuntimeError` for a method that changes a px outside."""
    before, wall, cpu = _resident(), time.perf_counter(), time.process_time()
    picture, largest = _watched(lambda: method(case.image, case.mask))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    figures = measure(picture, case.truth, case.image, np.asarray(case.mask > 0))
    if figures.outside > 0:
        raise RuntimeError(f"{name} changed {case.name} by {figures.outside} outside the mask")
    return Outcome(name, picture, figures, wall, cpu, max(0.0, largest - before))


def _watched(work: Callable[[], Float]) -> tuple[Float, float]:
    """What `work` returns, and the largest resident memory meanwhile in MiB, sampled at 20 Hz."""
    largest, over = [_resident()], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            largest.append(_resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        picture = work()
    finally:
        over.set()
        watcher.join()
    return picture, max(largest)


def _resident() -> float:
    """Resident memory of this process in MiB (Linux)."""
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
