"""Makes a new document for passes whose own is gone."""

from krita import Document, Krita
from sfumato_protocol.geometry import Rect

from ..core.colours import DEPTHS
from ..core.types import ColourSpace
from ..qt import QByteArray

_NAME = "Sfumato"
_RESOLUTION = 72.0
_STRIP = 256


def create(canvas: Rect, colour: ColourSpace) -> Document:
    """A new document of the canvas's size with one empty layer, shown in front.

    Raises `RuntimeError` if Krita does not make it as asked for.
    """
    krita = Krita.instance()
    size = (canvas.width, canvas.height)
    document = krita.createDocument(
        *size, _NAME, colour.model, colour.depth, colour.profile, _RESOLUTION
    )
    if document is None:
        raise RuntimeError("Krita could not make a document of {} in {}".format(size, colour))
    _empty(document, DEPTHS[colour.depth].pixel_bytes)
    window = krita.activeWindow()
    if window is not None:
        window.addView(document)
    document.setModified(False)
    return document


def _empty(document: Document, pixel_bytes: int) -> None:
    """Make the white layer that Krita begins with transparent: by pixels, which is no undo step."""
    (background,) = document.topLevelNodes()
    width, height = document.width(), document.height()
    strip = QByteArray(bytes(width * min(_STRIP, height) * pixel_bytes))
    for top in range(0, height, _STRIP):
        background.setPixelData(strip, 0, top, width, min(_STRIP, height - top))
    document.refreshProjection()
    document.waitForDone()
