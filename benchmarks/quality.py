"""How well holes and defects in real photographs are healed, against peers: `make quality`.

Writes the tables to OUT/quality.md and contact sheets beside it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks import quality_ladder, quality_table
from benchmarks.quality_cases import Case, every_case
from benchmarks.quality_methods import OURS, every_method
from benchmarks.quality_run import Outcome, outcome
from benchmarks.quality_sheet import write_sheet

ROWS_A_SHEET = 6
Rows = list[tuple[Case, list[Outcome]]]


def main() -> None:
    """Run all cases with all methods and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/quality"))
    parser.add_argument("--only", default="", help="run only cases with this in their names")
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    cases = [case for case in every_case() if wanted.only in case.name]
    methods = every_method()
    if wanted.ours:
        methods = {OURS: methods[OURS]}
    _warm_up()
    rows: Rows = []
    for case in cases:
        outcomes = [outcome(case, name, method) for name, method in methods.items()]
        rows.append((case, outcomes))
        scores = "  ".join(f"{each.method} {each.score:.2f}" for each in outcomes)
        print(f"{case.name}: {scores}  ({outcomes[0].seconds:.1f} s)", flush=True)
    for start in range(0, len(rows), ROWS_A_SHEET):
        path = wanted.out / f"sheet{start // ROWS_A_SHEET + 1}.png"
        write_sheet(path, rows[start : start + ROWS_A_SHEET])
    text = report(rows)
    (wanted.out / "quality.md").write_text(text, encoding="utf-8")
    if not wanted.only:
        text += f"\n### Ladder\n\n{quality_ladder.report(wanted.out)}\n"
    (wanted.out / "quality.md").write_text(text, encoding="utf-8")
    print(text)


def _warm_up() -> None:
    """Heal a tiny picture once, so that imports are not timed."""
    mask = np.zeros((48, 48), np.float32)
    mask[20:28, 20:28] = 1
    every_method()[OURS](np.full((48, 48, 3), 0.5, np.float32), mask)


def report(rows: Rows) -> str:
    """The tables of both halves."""
    parts = []
    for title, held_out in (("Tuning half", False), ("Held-out half", True)):
        half = [(case, outcomes) for case, outcomes in rows if case.held_out == held_out]
        if half:
            parts += [f"### {title}", quality_table.means(half)]
            if len(half[0][1]) > 1:
                best, worst = quality_table.won(half)
                parts += [
                    quality_table.cases(half),
                    quality_table.scores(half),
                    f"Better than every peer on {best} of {len(half)}, worst of all on {worst}.",
                ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
