"""The quality benchmark's report, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from benchmarks.quality_case import KINDS, Case
from benchmarks.quality_run import OURS, Outcome
from benchmarks.quality_score import PERFECT

Row = tuple[Case, Sequence[Outcome]]
FILLING = (
    ("psnr", 1),
    ("ssim", 3),
    ("low", 2),
    ("seam", 2),
    ("texture", 2),
    ("blob", 1),
    ("score", 2),
)
PASTED = (("keep", 3), ("low", 2), ("seam", 2), ("score", 2))
CLEAN = (("low", 2), ("moved", 2), ("change", 2))
SHOWN = {"paste": PASTED, "feathered": PASTED, "clean": CLEAN, "wide": CLEAN}
SKY = (("error", 2), ("low", 2), ("seam", 2))


def report(rows: Sequence[Row]) -> str:
    """The goals' table over all cases, then for each kind a line a method and a line a case."""
    rows = [row for row in rows if row[0].truth is not None]
    parts = ["### All kinds", goals(rows)]
    for kind, title in KINDS.items():
        mine = [row for row in rows if row[0].kind == kind]
        if mine:
            parts += [f"### {title[0].upper()}{title[1:]}", means(mine), cases(mine)]
    return "\n\n".join(parts) + "\n"


def goals(rows: Sequence[Row]) -> str:
    """A line a kind and figure: ours, the best peer's mean and which it is, and how often we are
    best."""
    lines = [_line(["on", "cases", "figure", "ours", "best peer", "which", "ours best on"])]
    lines.append(_line(["---", "---:", "---", "---:", "---:", "---", "---:"]))
    for kind, title in KINDS.items():
        mine = [row for row in rows if row[0].kind == kind]
        if mine:
            lines += [_goal(title, mine, name, digits) for name, digits in _columns(kind)]
    return "\n".join(lines)


def means(rows: Sequence[Row]) -> str:
    """A line a method: the means of the kind's figures and of its seconds."""
    columns = _columns(rows[0][0].kind)
    lines = [_line(["method", *(name for name, _ in columns), "s"])]
    lines.append(_line(["---", *["---:"] * (len(columns) + 1)]))
    for method in _methods(rows):
        cells = [f"{_mean(rows, method, name):.{digits}f}" for name, digits in columns]
        shown = f"**{method}**" if method == OURS else method
        lines.append(_line([shown, *cells, f"{_mean(rows, method, 'seconds'):.2f}"]))
    return "\n".join(lines)


def cases(rows: Sequence[Row]) -> str:
    """A line a case: our figures and score, the best peer's score; pastes also pass by pass."""
    columns = [each for each in _columns(rows[0][0].kind) if each[0] != "score"]
    passes = rows[0][0].kind in ("paste", "feathered")
    head = ["case", "half", *(name for name, _ in columns), "score", "best peer"]
    lines = [_line([*head, "seam pass by pass"] if passes else head)]
    lines.append(_line(["---", "---", *["---:"] * (len(columns) + 1), "---", *["---"] * passes]))
    for case, outcomes in rows:
        ours, *others = (each for each in outcomes if not each.method.startswith(f"{OURS},"))
        peer = min(others, key=lambda each: each.score, default=None)
        score = f"{ours.score:.2f}"
        cells = [case.name, "held out" if case.held_out else "tuning"]
        cells += [f"{_value(ours, name):.{digits}f}" for name, digits in columns]
        cells.append(f"**{score}**" if peer is None or ours.score <= peer.score else score)
        cells.append("" if peer is None else f"{peer.score:.2f} {peer.method}")
        steps = " → ".join(f"{each:.1f}" for each in ours.seams)
        lines.append(_line([*cells, steps] if passes else cells))
    return "\n".join(lines)


@dataclass(frozen=True)
class Best:
    """Of several means the best, and whose it is."""

    value: float
    method: str


def best_peer(rows: Sequence[Row], figure: str) -> Best | None:
    """The peer with the best mean of that figure, None without peers."""
    found = [Best(_mean(rows, method, figure), method) for method in _peers(rows)]
    found = [each for each in found if not isnan(each.value)]
    pick = max if figure in PERFECT else min
    return pick(found, key=lambda each: each.value) if found else None


def _goal(title: str, rows: Sequence[Row], figure: str, digits: int) -> str:
    peer = best_peer(rows, figure)
    ours = f"{_mean(rows, OURS, figure):.{digits}f}"
    beside = ("", "") if peer is None else (f"{peer.value:.{digits}f}", peer.method)
    won = sum(_won(outcomes, figure) for _, outcomes in rows)
    return _line([title, str(len(rows)), figure, ours, *beside, f"{won} of {len(rows)}"])


def _won(outcomes: Sequence[Outcome], figure: str) -> bool:
    sign = -1 if figure in PERFECT else 1
    values = [sign * _value(each, figure) for each in outcomes if not _variant(each.method)]
    return values[0] <= min(values)


def _mean(rows: Sequence[Row], method: str, figure: str) -> float:
    found = [
        _value(each, figure) for _, outcomes in rows for each in outcomes if each.method == method
    ]
    known = [value for value in found if not isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def _value(outcome: Outcome, figure: str) -> float:
    holder = outcome if figure in ("score", "seconds") else outcome.figures
    return float(getattr(holder, figure))


def _columns(kind: str) -> Sequence[tuple[str, int]]:
    return SKY if kind == "sky" else SHOWN.get(kind, FILLING)


def _methods(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(each.method for _, outcomes in rows for each in outcomes))


def _peers(rows: Sequence[Row]) -> Iterator[str]:
    return (name for name in _methods(rows) if name != OURS and not _variant(name))


def _variant(method: str) -> bool:
    """Whether it is ours by another recipe."""
    return method.startswith(f"{OURS},")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
