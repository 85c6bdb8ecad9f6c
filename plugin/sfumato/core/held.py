"""A large selection read piece by piece, and asked after as if it were read at once."""

from dataclasses import dataclass
from typing import Generator, TypeVar

from sfumato_protocol.geometry import Rect

from .types import Coverage

T = TypeVar("T")

_PIECE = 1024 * 1024  # px, half a millisecond


@dataclass(frozen=True)
class Held:
    """The coverage of an area, one byte a pixel. Called with any other area, it gives that one's:
    nothing is selected outside."""

    area: Rect
    content: bytes

    def __call__(self, part: Rect) -> bytes:
        common = part.intersected(self.area)
        if common.empty:
            return bytes(part.width * part.height)
        width = self.area.width
        start = (common.y - self.area.y) * width + common.x - self.area.x
        if common == part and part.width == width:
            return self.content[start : start + width * part.height]
        if common == part and part.width == 1:
            return self.content[start : start + width * part.height : width]
        rows = bytearray(part.width * part.height)
        place = (common.y - part.y) * part.width + common.x - part.x
        for _ in range(common.height):
            rows[place : place + common.width] = self.content[start : start + common.width]
            place, start = place + part.width, start + width
        return bytes(rows)


def holding(area: Rect, coverage: Coverage) -> Generator[None, None, Coverage]:
    """Read an area's coverage; stops after each piece. What is small is left to be read as it is
    asked for."""
    if area.width * area.height <= _PIECE:
        return coverage
    pieces, at_once = [], max(_PIECE // area.width, 1)
    for top in range(area.y, area.bottom, at_once):
        height = min(at_once, area.bottom - top)
        pieces.append(bytes(coverage(Rect(area.x, top, area.width, height))))
        yield
    return Held(area, b"".join(pieces))


def at_once(work: Generator[None, None, T]) -> T:
    """What a piece by piece work comes to, without a stop."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            done: T = end.value
            return done
