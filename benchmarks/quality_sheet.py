"""Contact sheets, a row a case, a column a method; and blind ones for choices by eye."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality_case import Case, levels
from benchmarks.quality_run import Outcome
from sfumato_server.imaging.arrays import Float

T = TypeVar("T")
Bytes = NDArray[np.uint8]
Row = tuple[Case, Sequence[Outcome]]
TILE, MARGIN, HEAD = 230, 24, 22  # px
LEAST = 64  # px, the smallest side that a tile shows
ROWS_A_SHEET = 5
KEY = "blind-key.csv"
KEY_COLUMNS = ("row", "label", "method", "case", "kind")


def write_sheets(folder: Path, rows: Sequence[Row]) -> None:
    """sheet-KIND-N.png: original, given, and every method by name."""
    for kind in dict.fromkeys(case.kind for case, _ in rows):
        mine = [row for row in rows if row[0].kind == kind]
        for number, some in enumerate(_batches(mine), start=1):
            titles = ["original", "given", *(each.method for each in some[0][1])]
            lines = [_line(case, case.name, list(results)) for case, results in some]
            _write(folder / f"sheet-{kind}-{number}.png", titles, lines)


def write_blind(folder: Path, rows: Sequence[Row], seed: int = 0) -> None:
    """blind-N.png with a number a row and shuffled letters; which is which in `KEY` alone."""
    chance, keys, lines = np.random.default_rng(seed), [], []
    for number, (case, results) in enumerate(rows, start=1):
        shuffled = [results[at] for at in chance.permutation(len(results))]
        letters = "ABCDEFGHIJKLMNOP"
        keys += [
            (number, letter, each.method, case.name, case.kind)
            for letter, each in zip(letters, shuffled, strict=False)
        ]
        lines.append(_line(case, str(number), shuffled))
    for sheet, some in enumerate(_batches(lines), start=1):
        wide = max(line.shape[1] for line in some) // TILE - 2
        _write(
            folder / f"blind-{sheet}.png", ["original", "given", *"ABCDEFGHIJKLMNOP"[:wide]], some
        )
    with (folder / KEY).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([KEY_COLUMNS, *keys])


def _batches(rows: Sequence[T]) -> list[Sequence[T]]:
    return [rows[at : at + ROWS_A_SHEET] for at in range(0, len(rows), ROWS_A_SHEET)]


def _line(case: Case, name: str, results: Sequence[Outcome]) -> Bytes:
    given = np.where(case.mask[..., None] > 0, case.image * 0.55 + 0.2, case.image)
    first = case.image if case.truth is None else case.truth
    pictures = [first, given, *(each.picture for each in results)]
    return _labelled(np.hstack([_tile(picture, case.mask) for picture in pictures]), name)


def _write(path: Path, titles: Sequence[str], lines: Sequence[Bytes]) -> None:
    wide = max(line.shape[1] for line in lines)
    header = np.hstack([_labelled(np.zeros((HEAD, TILE, 3), np.uint8), each) for each in titles])
    sheet = np.vstack([_padded(each, wide) for each in (header, *lines)])
    if not cv2.imwrite(str(path), sheet[..., ::-1]):
        raise OSError(f"{path} could not be written")


def _padded(line: Bytes, wide: int) -> Bytes:
    return np.pad(line[:, :wide], ((0, 0), (0, max(0, wide - line.shape[1])), (0, 0)))


def _tile(picture: Float, mask: Float) -> Bytes:
    """(TILE, TILE, 3) uint8: the square around the masked region."""
    height, width = mask.shape
    ys, xs = np.nonzero(mask)
    side = min(max(np.ptp(ys) + 2 * MARGIN, np.ptp(xs) + 2 * MARGIN, LEAST), height, width)
    top = int(np.clip((ys.min() + ys.max() - side) // 2, 0, height - side))
    left = int(np.clip((xs.min() + xs.max() - side) // 2, 0, width - side))
    cut = levels(picture[top : top + side, left : left + side])
    way = cv2.INTER_AREA if side > TILE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(cut, (TILE, TILE), interpolation=way), np.uint8)


def _labelled(picture: Bytes, text: str) -> Bytes:
    drawn = np.ascontiguousarray(picture)
    plain = text.replace("–", "-")  # OpenCV draws ASCII only
    for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(
            drawn, plain, (5, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, thick, cv2.LINE_AA
        )
    return drawn
