"""The quality benchmark's tables, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.quality_cases import Case
from benchmarks.quality_methods import OURS
from benchmarks.quality_run import Outcome

Rows = Sequence[tuple[Case, Sequence[Outcome]]]
COLUMNS = (
    ("PSNR", "psnr", 1),
    ("SSIM", "ssim", 3),
    ("texture", "texture", 2),
    ("gradient", "gradient", 2),
    ("seam", "seam", 2),
    ("shift", "shift", 2),
    ("grain", "grain", 2),
)


def means(rows: Rows) -> str:
    """A line a method: the means of every figure."""
    names = [each.method for each in rows[0][1]]
    lines = [_line(["method", *(title for title, _, _ in COLUMNS), "score", "s", "CPU s", "MiB"])]
    lines.append(_line(["---", *["---:"] * (len(COLUMNS) + 4)]))
    for at, name in enumerate(names):
        mine = [outcomes[at] for _, outcomes in rows]
        cells = [
            f"{np.mean([getattr(each.figures, field) for each in mine]):.{digits}f}"
            for _, field, digits in COLUMNS
        ]
        cells.append(f"{np.mean([each.score for each in mine]):.2f}")
        cells.append(f"{np.mean([each.seconds for each in mine]):.1f}")
        cells.append(f"{np.mean([each.cpu for each in mine]):.1f}")
        cells.append(f"{np.max([each.mebibytes for each in mine]):.0f}")
        lines.append(_line([f"**{name}**" if name == OURS else name, *cells]))
    return "\n".join(lines)


def cases(rows: Rows) -> str:
    """A line a case: our figures, and the best and the worst peer's score."""
    lines = [_line(["case", "texture", "gradient", "seam", "score", "best peer", "worst", "s"])]
    lines.append(_line(["---", "---:", "---:", "---:", "---:", "---", "---:", "---:"]))
    for case, outcomes in rows:
        ours = next(each for each in outcomes if each.method == OURS)
        peers = sorted((each for each in outcomes if each is not ours), key=lambda e: e.score)
        score = f"{ours.score:.2f}"
        figures = ours.figures
        lines.append(
            _line(
                [
                    case.name,
                    f"{figures.texture:.2f}",
                    f"{figures.gradient:.2f}",
                    f"{figures.seam:.2f}",
                    f"**{score}**" if ours.score < peers[0].score else score,
                    f"{peers[0].score:.2f} {peers[0].method}",
                    f"{peers[-1].score:.2f}",
                    f"{ours.seconds:.1f}",
                ]
            )
        )
    return "\n".join(lines)


def scores(rows: Rows) -> str:
    """A line a case, a column a method: the scores, the best in bold, and their means."""
    names = [each.method for each in rows[0][1]]
    lines = [_line(["case", *names]), _line(["---", *["---:"] * len(names)])]
    table = np.array([[each.score for each in outcomes] for _, outcomes in rows])
    for (case, _), line in zip(rows, table, strict=True):
        lines.append(_line([case.name, *_best_in_bold(line)]))
    return "\n".join([*lines, _line(["mean", *_best_in_bold(table.mean(0))])])


def _best_in_bold(values: Sequence[float]) -> list[str]:
    lowest = min(values)
    return [f"**{value:.2f}**" if value == lowest else f"{value:.2f}" for value in values]


def won(rows: Rows) -> tuple[int, int]:
    """Cases with a better score than every peer's, and with a worse one."""
    best = worst = 0
    for _, outcomes in rows:
        ours = next(each.score for each in outcomes if each.method == OURS)
        peers = [each.score for each in outcomes if each.method != OURS]
        best, worst = best + (ours < min(peers)), worst + (ours > max(peers))
    return best, worst


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
