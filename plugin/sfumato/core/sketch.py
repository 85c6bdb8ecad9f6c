"""A small picture of a crop, made of some of its pixels, read piece by piece."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, Generator, List

from sfumato_protocol.geometry import Rect

from .types import Bytes

_PIECE = 128 * 1024  # px read at a time, less than a millisecond each
_SPARSE = 6  # from this step on it is cheaper to read single rows than all of them

# An area of the canvas → its pixels, rows one after another.
Look = Callable[[Rect], Bytes]


@dataclass(frozen=True)
class Sketch:
    """Pixels as Krita gives them: every so manieth of a crop, rows one after another."""

    width: int
    height: int
    pixels: bytes

    @property
    def pixel_bytes(self) -> int:
        return len(self.pixels) // (self.width * self.height)

    def shown(self, linear: bool = False) -> bytes:
        """B, G, R, A in one byte each, whatever the depth; as sRGB, if the pixels are `linear`."""
        pixels = self.pixels if self.pixel_bytes == 4 else self.pixels[1::2]
        return pixels.translate(_to_srgb()) if linear else pixels

    def thinned(self, longest: int) -> "Sketch":
        """The same with every so manieth of its pixels: at most `longest` px to a side."""
        step = _step(self.width, self.height, longest)
        rows, line = memoryview(self.pixels), self.width * self.pixel_bytes
        kept = [
            _thinned(rows[y * line : (y + 1) * line], self.width, step)
            for y in range(0, self.height, step)
        ]
        return Sketch(-(-self.width // step), len(kept), b"".join(kept))


@lru_cache(maxsize=None)
def _to_srgb() -> bytes:
    """The sRGB value of each linear one. What is opaque, and what is transparent, stays so."""
    shares = (value / 255.0 for value in range(256))
    return bytes(
        round(255.0 * (12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055))
        for x in shares
    )


def sketching(crop: Rect, longest: int, look: Look) -> Generator[None, None, Sketch]:
    """Read a sketch of `crop` whose longer side has at most `longest` px; stops after each piece,
    so that Krita can answer in between."""
    step = _step(crop.width, crop.height, longest)
    at_once = max(1, _PIECE // crop.width // step) * step
    rows: List[bytes] = []
    for top in range(crop.y, crop.bottom, at_once):
        piece = range(top, min(top + at_once, crop.bottom), step)
        if step >= _SPARSE:
            for y in piece:
                row = memoryview(look(Rect(crop.x, y, crop.width, 1)))
                rows.append(_thinned(row, crop.width, step))
        else:
            height = min(top + at_once, crop.bottom) - top
            strip = memoryview(look(Rect(crop.x, top, crop.width, height)))
            size = strip.nbytes // height
            for y in piece:
                row = strip[(y - top) * size : (y - top + 1) * size]
                rows.append(_thinned(row, crop.width, step))
        yield
    return Sketch(-(-crop.width // step), len(rows), b"".join(rows))


def _step(width: int, height: int, longest: int) -> int:
    return max(1, -(-max(width, height) // longest))


def _thinned(row: memoryview, width: int, step: int) -> bytes:
    """Every `step`th pixel of a row."""
    flat = row.cast("B")
    pixels = flat.cast("I") if flat.nbytes == 4 * width else flat.cast("Q")
    return pixels[::step].tobytes()
