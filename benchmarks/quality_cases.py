"""All cases of the quality benchmark. Half of them are held out: nothing is tuned on them."""

from __future__ import annotations

from pathlib import Path

from benchmarks import quality_faces, quality_folder, quality_holes
from benchmarks.quality_case import KINDS, Case


def every_case(names: frozenset[str] = frozenset(), pictures: Path | None = None) -> list[Case]:
    """All cases, or those named; tuning half first, then in the order of `KINDS`.

    pictures: a folder of further ones, see `quality_folder`.
    """
    found = [
        *quality_faces.faces(),
        *quality_holes.holes(),
        *quality_holes.scratches(),
        *quality_holes.skies(),
        *(quality_folder.cases(pictures) if pictures else ()),
    ]
    chosen = [case for case in found if not names or case.name in names]
    kinds = list(KINDS)
    return sorted(chosen, key=lambda case: (case.held_out, kinds.index(case.kind)))
