"""How long three layers keep an artist's Krita from answering while they enter a large document."""

from __future__ import annotations

from collections.abc import Iterator

from .figures import Figure
from .krita_lab import krita_lab

RUNS = 7


def measure() -> Iterator[Figure]:
    with krita_lab() as lab:
        report = lab.run("timing.insertions", width=4096, height=4096, count=RUNS)
        times = tuple(report["insertions"])
        for below in (False, True):
            jobs = lab.run(
                "timing.jobs", width=4096, height=4096, side=1024, count=RUNS, below=below
            )
            where = "1024x1024 crop of 4096x4096 U8" + (", read below a layer" if below else "")
            inserting, stalls = (
                tuple(run[name] for run in jobs["runs"]) for name in ("inserting", "stall")
            )
            entering = f"Krita: longest stall while 3 layers enter, {where}"
            yield Figure(entering, "ms", inserting, 150.0)
            yield Figure(f"Krita: longest stall of the job before, {where}", "ms", stalls, 33.0)
        yield Figure("Krita: three 1024x1024 layers into 4096x4096 U8, at once", "ms", times, 500.0)
