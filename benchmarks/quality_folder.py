"""Cases from a folder of further pictures, KIND-NAME.mask.png with .truth.png and .image.png.

KIND is hole (no image: the region is emptied), defect, removal (no truth) or paste. The truth of a
paste is a clean face as well. The mask is white where selected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.quality_case import Case, levels
from benchmarks.quality_faces import LADDER, WIDE
from benchmarks.quality_holes import emptied
from sfumato_server.imaging.arrays import Float

_KINDS = ("hole", "defect", "removal", "paste")


def cases(folder: Path) -> Iterator[Case]:
    """All of a folder, as the tuning half. Raises `OSError` for a file that cannot be read."""
    for path in sorted(folder.glob("*.mask.png")):
        stem = path.name.removesuffix(".mask.png")
        kind, _, name = stem.partition("-")
        if kind not in _KINDS:
            raise OSError(f"{path}: got the kind {kind!r}; expected one of {', '.join(_KINDS)}")
        yield from _cases(folder, stem, kind, name)


def _cases(folder: Path, stem: str, kind: str, name: str) -> Iterator[Case]:
    shape = _read(folder / f"{stem}.mask.png")[..., 0]
    truth_file = folder / f"{stem}.truth.png"
    truth = None if kind == "removal" else _read(truth_file)
    if kind == "hole" and truth is not None:
        yield emptied(name, kind, False, truth, shape)
        return
    image = _read(folder / f"{stem}.image.png")
    case = Case(name, kind, False, image, truth, levels(shape))
    if kind != "paste" or truth is None:
        yield case
        return
    yield replace(case, recipe=LADDER)
    clean = replace(case, image=truth, recipe=LADDER, layer=truth)
    yield replace(clean, name=f"{name}, clean", kind="clean")
    yield replace(clean, name=f"{name}, clean, wide", kind="wide", passes=WIDE)


def _read(path: Path) -> Float:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise OSError(f"{path} is not there or is no picture that OpenCV reads")
    return np.ascontiguousarray(picture[..., ::-1], dtype=np.float32) / np.float32(255)
