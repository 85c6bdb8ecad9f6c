"""Parts of a selection that lie far apart, told by the empty bands between them.

Plain bytes and integers: Krita's Python has no numpy.
"""

import re
from typing import Iterator, List, Tuple

from sfumato_protocol.geometry import Rect

from .types import Coverage

_STRIP = 64  # rows read at a time


def far_parts(area: Rect, coverage: Coverage, gap: int) -> Tuple[Rect, ...]:
    """The parts of what is selected in `area`, bounds as tight as can be, in reading order.

    Between two parts runs a band of at least `gap` px in which nothing is selected, straight across
    `area` or across what other such bands have left of it. One part: `area` itself, if a few lines
    of it tell that there is no such band. gap: px, above 0.
    """
    if not _has_band(area, coverage, gap):
        return (area,)
    return tuple(_cut(area, coverage, gap))


def _has_band(area: Rect, coverage: Coverage, gap: int) -> bool:
    """Whether there may be a band: no two of the lines looked at are further apart than `gap`."""
    rows = (Rect(area.x, y, area.width, 1) for y in range(area.y, area.bottom, gap))
    columns = (Rect(x, area.y, 1, area.height) for x in range(area.x, area.right, gap))
    return any(_empty(bytes(coverage(line))) for lines in (rows, columns) for line in lines)


def _cut(area: Rect, coverage: Coverage, gap: int) -> List[Rect]:
    bands = [
        Rect(area.x, area.y + start, area.width, length)
        for start, length in _spans(_used_rows(area, coverage), gap)
    ]
    cells = [
        Rect(band.x + start, band.y, length, band.height)
        for band in bands
        for start, length in _spans(_used_columns(band, coverage), gap)
    ]
    if len(cells) <= 1:
        return cells
    return [part for cell in cells for part in _cut(cell, coverage, gap)]


def _used_rows(area: Rect, coverage: Coverage) -> bytes:
    """One byte a row, 0 where nothing of it is selected."""
    return b"".join(
        bytes(not _empty(row) for row in _rows(strip, area.width))
        for strip in _strips(area, coverage)
    )


def _used_columns(area: Rect, coverage: Coverage) -> bytes:
    """One byte a column, 0 where nothing of it is selected."""
    used = 0
    for strip in _strips(area, coverage):
        if not _empty(strip):
            for row in _rows(strip, area.width):
                used |= int.from_bytes(row, "little")
    return used.to_bytes(area.width, "little")


def _strips(area: Rect, coverage: Coverage) -> Iterator[bytes]:
    for y in range(area.y, area.bottom, _STRIP):
        yield bytes(coverage(Rect(area.x, y, area.width, min(_STRIP, area.bottom - y))))


def _rows(strip: bytes, width: int) -> Iterator[bytes]:
    return (strip[start : start + width] for start in range(0, len(strip), width))


def _empty(content: bytes) -> bool:
    return content.count(0) == len(content)


def _spans(used: bytes, gap: int) -> List[Tuple[int, int]]:
    """Start and length of the runs of `used` between which lie at least `gap` zeros."""
    run = re.compile(rb"[^\0]+(?:\0{1,%d}[^\0]+)*" % (gap - 1) if gap > 1 else rb"[^\0]+")
    return [(found.start(), len(found.group())) for found in run.finditer(used)]
