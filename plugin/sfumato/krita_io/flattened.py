"""What a group's layers come to as one: pixels and alpha, as exact as the depth allows."""

from typing import Iterable, List, Sequence, Set, Tuple

from krita import Document, Krita, Node
from sfumato_protocol.geometry import Rect

from ..core.types import ColourSpace
from ..qt import QByteArray, QImage, QPainter
from .scratch import open_scratch

_FINE = "U16"
_RESOLUTION = 72.0
_WITHIN_ONE = bytes([0, 0]) + bytes([1]) * 254


def flattened(document: Document, layers: Sequence[Node], area: Rect, colour: ColourSpace) -> bytes:
    """The pixels of an area, of layers over nothing, bottom first; nothing in the document changes.

    They are composed with 16 bits, because each layer would be rounded to the document's.
    """
    fine = ColourSpace(colour.model, _FINE, colour.profile)
    scratch = open_scratch(document.width(), document.height(), fine)
    try:
        root = scratch.document.rootNode()
        for layer in layers:
            copy = layer.clone()
            copy.setInheritAlpha(False)  # there is nothing below to have it of
            root.addChildNode(copy, None)
        scratch.document.waitForDone()
        content = QByteArray(scratch.document.pixelData(*_sides(area)))
    finally:
        scratch.close()
    return bytes(content) if colour.depth == _FINE else _coarse(content, area, fine, colour)


def _coarse(content: QByteArray, area: Rect, fine: ColourSpace, wanted: ColourSpace) -> bytes:
    """The same with fewer bits, rounded by Krita."""
    made = Krita.instance().createDocument(
        area.width, area.height, "", fine.model, fine.depth, fine.profile, _RESOLUTION
    )
    if made is None:
        raise RuntimeError("Krita could not make a document of {}".format(fine))
    try:
        (layer,) = made.topLevelNodes()
        layer.setPixelData(content, 0, 0, area.width, area.height)
        made.setColorSpace(wanted.model, wanted.depth, wanted.profile)
        made.waitForDone()
        return bytes(layer.pixelData(0, 0, area.width, area.height))
    finally:
        made.setModified(False)
        made.close()


def off_by_more_than_one(one: bytes, other: bytes, area: Rect) -> List[int]:
    """Which pixels of two 8-bit pictures differ by more than 1/255 in a colour."""
    size = (area.width, area.height)
    difference = QImage(one, *size, QImage.Format.Format_RGB32).copy()
    painter = QPainter(difference)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, QImage(other, *size, QImage.Format.Format_RGB32))
    painter.end()
    bits = difference.constBits()
    assert bits is not None  # of an image with pixels
    content: bytes = bits.asstring(len(one))
    found: Set[int] = set()
    for channel in range(3):
        told = content[channel::4].translate(_WITHIN_ONE)
        found.update(_places(told))
    return sorted(found)


def _places(told: bytes) -> Iterable[int]:
    place = told.find(1)
    while place >= 0:
        yield place
        place = told.find(1, place + 1)


def solved(pixels: bytes, below: bytes, wanted: bytes, places: Iterable[int]) -> bytes:
    """8-bit pixels that give a wanted picture over what is below, at some places: with as little
    more alpha as that takes."""
    made = bytearray(pixels)
    for place in places:
        at = 4 * place
        alpha = max(made[at + 3], 1)
        while alpha < 255 and not _reaches(below, wanted, at, alpha):
            alpha += 1
        made[at + 3] = alpha
        for one in range(at, at + 3):
            made[one] = round(below[one] + (wanted[one] - below[one]) * 255 / alpha)
    return bytes(made)


def _reaches(below: bytes, wanted: bytes, at: int, alpha: int) -> bool:
    ideal = (below[one] + (wanted[one] - below[one]) * 255 / alpha for one in range(at, at + 3))
    return all(0 <= one <= 255 for one in ideal)


def _sides(area: Rect) -> Tuple[int, int, int, int]:
    return area.x, area.y, area.width, area.height
