"""How good the built-in engine's pictures are, as users get them, against peers: `make quality`.

Writes to OUT: quality.md, the tables; sheet-KIND-N.png; blind-N.png with blind-key.csv, the tuning
half for choices by eye; figures.csv, which `quality_eyes` reads; moles.png.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

from benchmarks import quality_moles, quality_peers, quality_sheet, quality_speed, quality_table
from benchmarks.quality_cases import every_case
from benchmarks.quality_eyes import FIGURES, NAMES
from benchmarks.quality_ours import server
from benchmarks.quality_run import Outcome, outcomes
from benchmarks.quality_table import Row
from sfumato_server.client.client import Client

MOLES, SPEED = "moles", "speed"


def main() -> None:
    """Run the cases with all methods, then the moles and the speeds, and write the report."""
    wanted = _wanted()
    wanted.out.mkdir(parents=True, exist_ok=True)
    if not wanted.ours:
        for name in quality_peers.missing():
            print(f"{name} is not installed here: left out", flush=True)
    with server() as client:
        rows = _rows(client, wanted)
        text = quality_table.report(rows) if rows else ""
        if wanted.only in MOLES:
            text += _moles(client, wanted.out)
        if wanted.only in SPEED:
            text += _speeds(client)
    if rows:
        _write_figures(wanted.out / FIGURES, rows)
        quality_sheet.write_sheets(wanted.out, rows)
        tuning = [row for row in rows if not row[0].held_out]
        if tuning and not wanted.ours:
            quality_sheet.write_blind(wanted.out, tuning)
    (wanted.out / "quality.md").write_text(text, encoding="utf-8")
    print(text)


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/quality"))
    parser.add_argument(
        "--only", default="", help=f'cases with this in kind or name; also "{MOLES}", "{SPEED}"'
    )
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    parser.add_argument("--pictures", type=Path, help="a folder of further cases")
    return parser.parse_args()


def _rows(client: Client, wanted: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    for case in every_case(pictures=wanted.pictures):
        if wanted.only in f"{case.kind} {case.name}":
            found = outcomes(case, client, not wanted.ours)
            rows.append((case, found))
            scores = "  ".join(f"{each.method} {each.score:.2f}" for each in found)
            print(f"{case.kind} {case.name}: {scores}  ({found[0].seconds:.1f} s)", flush=True)
    return rows


def _moles(client: Client, out: Path) -> str:
    found = list(quality_moles.moles(client))
    quality_moles.write_worst(out / "moles.png", found)
    copied = [mole for mole in found if mole.copied]
    places = {(mole.portrait, mole.y, mole.x) for mole in found}
    seeds = len(quality_moles.SEEDS)
    worst = max(mole.feature for mole in found)
    return (
        f"\n### Features copied onto skin\n\n{len(copied)} of {len(places)} places × {seeds} "
        f"seeds; the strongest outline that appeared has {worst:.1f} L*, "
        f"{quality_moles.FEATURE:g} counts as a feature.\n"
    )


def _speeds(client: Client) -> str:
    lines = [f"| {name} | {seconds:.2f} |" for name, seconds in quality_speed.speeds(client)]
    return "\n### Speed, warm\n\n| what | s |\n| --- | ---: |\n" + "\n".join(lines) + "\n"


def _write_figures(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "kind", "method", *NAMES, "score", "seconds"])
        for case, found in rows:
            writer.writerows(_line(case.name, case.kind, each) for each in found if each.figures)


def _line(name: str, kind: str, each: Outcome) -> list[object]:
    values = [getattr(each.figures, figure) for figure in NAMES]
    return [name, kind, each.method, *values, each.score, each.seconds]


if __name__ == "__main__":
    main()
