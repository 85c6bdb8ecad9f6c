"""How long a job keeps an artist's Krita from answering, and how soon the server has its bytes."""

from __future__ import annotations

from collections.abc import Iterator

from .figures import Figure
from .krita_lab import krita_lab

RUNS = 7
# Crop side in px: the longest stall that is wanted, in ms.
STALLS = {1024: 33.0, 2048: 77.0}


def measure() -> Iterator[Figure]:
    with krita_lab() as lab:
        for side, goal in STALLS.items():
            report = lab.run("timing.jobs", width=3000, height=2400, side=side, count=RUNS)
            crop = f"{side}x{side} crop of 3000x2400 U8"
            stalls, accepted, insertions, steps = (
                tuple(run[name] for run in report["runs"])
                for name in ("stall", "accepted", "insertion", "step")
            )
            yield Figure(
                f"Krita: longest stall of a job but its insertion, {crop}", "ms", stalls, goal
            )
            wanted = 100.0 if side == 2048 else None
            yield Figure(f"Krita: click to accepted by the server, {crop}", "ms", accepted, wanted)
            yield Figure(f"Krita: docker shows a step of it, {crop}", "ms", steps, 1.0)
            yield Figure(f"Krita: insertion of its 3 layers, {crop}", "ms", insertions)
        report = lab.run("timing.select_all", width=6000, height=4000, count=RUNS)
        stalls = tuple(report["stalls"])
        yield Figure("Krita: Select All and a click, 6000x4000 U8", "ms", stalls, 60.0)
