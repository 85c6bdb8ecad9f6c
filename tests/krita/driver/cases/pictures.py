"""Documents, selections and plans for the cases, and the arithmetic to check them with."""

import array
import random
from contextlib import contextmanager

from PyQt5.QtCore import QByteArray

from krita import Krita, Selection
from sfumato.core.types import ColourSpace, LayerPlan, LayerSpec
from sfumato_protocol.geometry import Rect

SRGB = "sRGB-elle-V2-srgbtrc.icc"
LINEAR = "sRGB-elle-V2-g10.icc"
WIDTH, HEIGHT = 480, 360
SPACES = tuple(ColourSpace("RGBA", depth, p) for depth in ("U8", "U16") for p in (SRGB, LINEAR))
_TYPES = {"U8": "B", "U16": "H"}


@contextmanager
def picture(colour=SPACES[0], content=None):
    """An open document, WIDTH x HEIGHT, of noise unless its bytes are given; closed afterwards."""
    document = Krita.instance().createDocument(
        WIDTH, HEIGHT, "picture", colour.model, colour.depth, colour.profile, 72.0
    )
    layer = document.topLevelNodes()[0]
    if colour.model == "RGBA" and colour.depth in _TYPES:
        content = noise(colour, WIDTH * HEIGHT, 1) if content is None else content
        layer.setPixelData(QByteArray(content), 0, 0, WIDTH, HEIGHT)
    document.refreshProjection()
    document.waitForDone()
    try:
        yield document
    finally:
        document.setModified(False)
        document.close()


def noise(colour, pixels, seed):
    """Opaque random pixels, 4 channels, as bytes."""
    size = {"U8": 1, "U16": 2}[colour.depth]
    content = bytearray(random.Random(seed).randbytes(pixels * 4 * size))
    for byte in range(size):
        content[3 * size + byte :: 4 * size] = b"\xff" * pixels
    return bytes(content)


def select(document, x, y, width, height, value=255):
    """Give the document a rectangular selection."""
    selection = Selection()
    selection.select(x, y, width, height, value)
    document.setSelection(selection)
    return selection


def bytes_of(document, rect=None):
    """The projection in `rect`, the whole canvas unless given."""
    rect = rect or Rect(0, 0, WIDTH, HEIGHT)
    return bytes(document.pixelData(rect.x, rect.y, rect.width, rect.height))


def plan(colour, areas, opacity=None):
    """A plan with a noise layer for each area; masks are ramps unless `opacity` is given."""
    layers = tuple(
        LayerSpec(f"{i + 1} whole · strength 0.70", area, noise(colour, _size(area), i + 2),
                  ramp(area) if opacity is None else bytes([opacity]) * _size(area))
        for i, area in enumerate(areas)
    )  # fmt: skip
    return LayerPlan("Sfumato · test", colour, layers, "sfumato.job.test", '{"é": 1}'.encode())


def ramp(area):
    """A mask rising from 0 to 255 across the area's width."""
    row = bytes(255 * x // max(1, area.width - 1) for x in range(area.width))
    return row * area.height


def composite(base, wanted, rect):
    """C_k = A R + (1 - A) C_{k-1} inside `rect`, samples of `base`, which is the whole canvas.

    Each C_k is rounded to the document's depth, as Krita's own layer stack is.
    """
    code = _TYPES[wanted.colour.depth]
    out = cut(array.array(code, base), Rect(0, 0, WIDTH, HEIGHT), rect)
    for spec in wanted.layers:
        part = spec.area.intersected(rect)
        result = cut(array.array(code, bytes(spec.pixels)), spec.area, part)
        alphas = [a / 255.0 for a in cut(spec.mask, spec.area, part, 1) for _ in range(4)]
        row, start = 4 * part.width, 4 * ((part.y - rect.y) * rect.width + part.x - rect.x)
        for y in range(part.height):
            for i in range(row):
                here, there = y * row + i, start + 4 * y * rect.width + i
                out[there] += round(alphas[here] * (result[here] - out[there]))
    return out


def cut(samples, whole, part, channels=4):
    """The samples of the rectangle `part` of a picture that fills `whole`."""
    rows = []
    for y in range(part.y - whole.y, part.bottom - whole.y):
        start = channels * (y * whole.width + part.x - whole.x)
        rows.extend(samples[start : start + channels * part.width])
    return rows


def worst(document, wanted, before, rect):
    """The largest difference of the projection from `composite` in `rect`, in levels of 255."""
    code, unit = _TYPES[wanted.colour.depth], {"U8": 1.0, "U16": 257.0}[wanted.colour.depth]
    samples = array.array(code, bytes_of(document, rect))
    expected = composite(before, wanted, rect)
    return max(abs(a - b) for a, b in zip(samples, expected)) / unit


def worst_colour(document, wanted, before, rect):
    """As `worst`, of the colours of what is not wholly transparent."""
    code, unit = _TYPES[wanted.colour.depth], {"U8": 1.0, "U16": 257.0}[wanted.colour.depth]
    samples = array.array(code, bytes_of(document, rect))
    expected = composite(before, wanted, rect)
    off = (
        abs(a - b)
        for i, (a, b) in enumerate(zip(samples, expected))
        if i % 4 < 3 and samples[i | 3]
    )
    return max(off) / unit


def outside_is_same(before, after, colour, inside):
    """Whether all bytes outside the rectangle `inside` are the same."""
    pixel = 4 * {"U8": 1, "U16": 2}[colour.depth]
    for y in range(HEIGHT):
        start, end = y * WIDTH * pixel, (y + 1) * WIDTH * pixel
        left, right = start, end
        if inside.y <= y < inside.bottom:
            left, right = start + inside.x * pixel, start + inside.right * pixel
            if before[start:left] != after[start:left] or before[right:end] != after[right:end]:
                return False
        elif before[start:end] != after[start:end]:
            return False
    return True


def _size(area):
    return area.width * area.height
