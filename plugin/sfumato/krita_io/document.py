"""Reads what a job needs from a document: its selection, the pixels around it."""

from krita import Document, Krita, Selection
from sfumato_protocol.geometry import Rect, context_crop

from ..core import sentences
from ..core.colours import require_supported
from ..core.context import remember
from ..core.types import AtWork, Bytes, ColourSpace, Extents, Reading, Refusal

_ISOLATING = ("isolate_active_layer", "isolate_active_group")
_MOST_NODES = 10_000


def active() -> Document:
    """The document in front. Raises `Refusal` when none is open."""
    document = Krita.instance().activeDocument()
    if document is None:
        raise Refusal(sentences.NO_DOCUMENT)
    return document


def colour_space(document: Document) -> ColourSpace:
    """The document's colour space in Krita's words."""
    return ColourSpace(document.colorModel(), document.colorDepth(), document.colorProfile())


def canvas_of(document: Document) -> Rect:
    """Its bounds in canvas px."""
    return Rect(0, 0, document.width(), document.height())


def look(document: Document, area: Rect) -> Bytes:
    """The pixels of an area of the canvas, as they are with all layers, isolated ones or not."""
    return memoryview(
        document.rootNode().projectionPixelData(area.x, area.y, area.width, area.height)
    )


def is_animated(document: Document) -> bool:
    """Whether a layer has keyframes: then what is seen is one frame of several."""
    waiting = list(document.topLevelNodes())
    for _ in range(_MOST_NODES):
        if not waiting:
            return False
        node = waiting.pop()
        if node.animated():
            return True
        waiting += node.childNodes()
    return False


def read(document: Document, extents_for: Extents, document_id: str = "") -> Reading:
    """The selection and the context crop around it; changes nothing.

    The pixels are views into Krita's own copy of them, which they keep alive: no second copy.
    Raises `Refusal` when there is nothing that a job could work on, `AtWork` when there may be
    in a moment.
    """
    colour = colour_space(document)
    require_supported(colour)
    _require_whole(document)
    if not document.tryBarrierLock():
        raise AtWork(sentences.PAINTING)
    document.unlock()
    selection = _selection(document)
    canvas = canvas_of(document)
    bounds = _bounds_on(canvas, selection)
    crop = context_crop(bounds, canvas, extents_for(canvas, bounds))
    place = (crop.x, crop.y, crop.width, crop.height)
    return Reading(
        document_id=document_id,
        canvas=canvas,
        colour=colour,
        bounds=bounds,
        crop=crop,
        pixels=memoryview(document.pixelData(*place)),
        selection=memoryview(selection.pixelData(*place)),
        context=remember(crop, canvas, lambda area: look(document, area)),
    )


def _require_whole(document: Document) -> None:
    """Krita shows one layer where that is isolated, and would give its pixels for the picture's.

    It tells so of the document in front alone. Raises `Refusal`.
    """
    krita = Krita.instance()
    actions = [krita.action(name) for name in _ISOLATING]
    isolated = any(action is not None and action.isChecked() for action in actions)
    if isolated and krita.activeDocument() == document:
        raise Refusal(sentences.ISOLATED)


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
