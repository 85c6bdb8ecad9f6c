"""Contact sheets: a row a case, a column a method."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality_cases import Case
from benchmarks.quality_run import Outcome
from sfumato_server.imaging.arrays import Float

Bytes = NDArray[np.uint8]
TILE, MARGIN, HEAD = 200, 24, 22  # px


def write_sheet(path: Path, rows: Sequence[tuple[Case, Sequence[Outcome]]]) -> None:
    """Original | given | every method, cropped to the region, as a PNG or JPEG by the suffix."""
    titles = ["original", "given", *(each.method for each in rows[0][1])]
    lines = [_header(titles)]
    for case, outcomes in rows:
        given = np.where(case.mask[..., None] > 0, case.image * 0.45, case.image)
        pictures = [case.truth, given, *(each.picture for each in outcomes)]
        line = np.hstack([_tile(picture, case.mask) for picture in pictures])
        lines.append(_labelled(line, case.name))
    sheet = np.vstack(lines)
    if not cv2.imwrite(str(path), sheet[..., ::-1]):
        raise OSError(f"{path} could not be written")


def _tile(picture: Float, mask: Float) -> Bytes:
    """(TILE, TILE, 3) uint8: the square around the masked region."""
    height, width = mask.shape
    ys, xs = np.nonzero(mask)
    side = min(max(np.ptp(ys), np.ptp(xs)) + 2 * MARGIN, height, width)
    top = int(np.clip((ys.min() + ys.max() - side) // 2, 0, height - side))
    left = int(np.clip((xs.min() + xs.max() - side) // 2, 0, width - side))
    cut = (picture[top : top + side, left : left + side] * 255).round().astype(np.uint8)
    way = cv2.INTER_AREA if side > TILE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(cut, (TILE, TILE), interpolation=way), np.uint8)


def _header(titles: Sequence[str]) -> Bytes:
    return np.hstack([_labelled(np.zeros((HEAD, TILE, 3), np.uint8), each) for each in titles])


def _labelled(picture: Bytes, text: str) -> Bytes:
    plain = text.replace("–", "-")  # OpenCV draws ASCII only
    for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        place = (5, 15)
        cv2.putText(
            picture, plain, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, thick, cv2.LINE_AA
        )
    return picture
