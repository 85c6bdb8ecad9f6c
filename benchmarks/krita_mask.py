"""The mask before the click: how soon it shows, what it costs Krita, and what waiting costs."""

from __future__ import annotations

from collections.abc import Iterator

from .figures import Figure
from .krita_lab import krita_lab

RUNS = 7
LAYERS = 200


def measure() -> Iterator[Figure]:
    with krita_lab() as lab:
        for side in (512, 1024):
            report = lab.run("timing.masks", width=3000, height=2400, side=side, count=RUNS)
            crop = f"{side}x{side} crop of 3000x2400 U8"
            yield Figure(
                f"Krita: selection to mask shown, {crop}", "ms", tuple(report["shown"]), 200
            )
            yield Figure(
                f"Krita: main thread's work for it, {crop}", "ms", tuple(report["work"]), 5
            )
            yield Figure(f"Krita: longer stall by it, {crop}", "ms", tuple(report["stall"]), 5)
        report = lab.run("timing.idle", layers=LAYERS, each=3, count=RUNS)
        idle = tuple(report["main thread"])
        yield Figure(f"Krita: main thread idle, {LAYERS} layers", "%", idle, 0.2)
