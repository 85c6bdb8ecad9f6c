"""How long three layers take to enter a large document."""

from __future__ import annotations

from collections.abc import Iterator

from .figures import Figure
from .krita_lab import krita_lab

RUNS = 7


def measure() -> Iterator[Figure]:
    with krita_lab() as lab:
        report = lab.run("timing.insertions", width=4096, height=4096, count=RUNS)
    times = tuple(report["insertions"])
    yield Figure("Krita: three 1024x1024 layers into 4096x4096 U8", "ms", times, 500.0)
