"""Reads what a job needs from a document: who it is, its selection, the pixels around it."""

from typing import Optional

from krita import Document, Krita, Selection
from sfumato_protocol.geometry import Rect, context_crop

from ..core import sentences
from ..core.colours import require_supported
from ..core.types import ColourSpace, Extents, Reading, Refusal


def active() -> Document:
    """The document in front. Raises `Refusal` when none is open."""
    document = Krita.instance().activeDocument()
    if document is None:
        raise Refusal(sentences.NO_DOCUMENT)
    return document


def identity(document: Document) -> str:
    """A word that stays the same while the document is open, and is no other document's."""
    return str(document.rootNode().uniqueId().toString())


def find(document_id: str) -> Optional[Document]:
    """The open document with that `identity`, None once it is closed."""
    for document in Krita.instance().documents():
        if identity(document) == document_id:
            return document
    return None


def colour_space(document: Document) -> ColourSpace:
    """The document's colour space in Krita's words."""
    return ColourSpace(document.colorModel(), document.colorDepth(), document.colorProfile())


def file_of(document: Document) -> str:
    """Path of the file it is stored in, "" for none."""
    return str(document.fileName())


def canvas_of(document: Document) -> Rect:
    """Its bounds in canvas px."""
    return Rect(0, 0, document.width(), document.height())


def read(document: Document, extents_for: Extents) -> Reading:
    """The selection and the context crop around it; changes nothing.

    The pixels are views into Krita's own copy of them, which they keep alive: no second copy.
    Raises `Refusal` when there is nothing that a job could work on.
    """
    colour = colour_space(document)
    require_supported(colour)
    if not document.tryBarrierLock():
        raise Refusal(sentences.PAINTING)
    document.unlock()
    selection = _selection(document)
    canvas = canvas_of(document)
    bounds = _bounds_on(canvas, selection)
    crop = context_crop(bounds, canvas, extents_for(canvas, bounds))
    place = (crop.x, crop.y, crop.width, crop.height)
    return Reading(
        document_id=identity(document),
        canvas=canvas,
        colour=colour,
        bounds=bounds,
        crop=crop,
        pixels=memoryview(document.pixelData(*place)),
        selection=memoryview(selection.pixelData(*place)),
    )


def _selection(document: Document) -> Selection:
    selection = document.selection()
    if selection is not None:
        return selection
    node = document.activeNode()
    layer = node.parentNode() if node is not None and node.type() == "selectionmask" else node
    if layer is not None:
        for child in layer.childNodes():
            if child.type() == "selectionmask":
                raise Refusal(sentences.selection_mask(child.name(), layer.name()))
    raise Refusal(sentences.NO_SELECTION)


def _bounds_on(canvas: Rect, selection: Selection) -> Rect:
    """The selection's non-zero bounds. Raises `Refusal` if no selected pixel is on the canvas."""
    bounds = Rect(selection.x(), selection.y(), selection.width(), selection.height())
    if bounds.empty:
        raise Refusal(sentences.EMPTY_SELECTION)
    seen = bounds.intersected(canvas)
    # The bounds of an L or a ring can meet the canvas where the selection itself does not.
    coverage = b"" if seen.empty else _coverage(selection, seen)
    if coverage.count(0) == len(coverage):
        raise Refusal(sentences.OFF_CANVAS)
    return bounds


def _coverage(selection: Selection, area: Rect) -> bytes:
    return bytes(selection.pixelData(area.x, area.y, area.width, area.height))
