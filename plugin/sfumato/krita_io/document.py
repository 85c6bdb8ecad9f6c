"""Reads what a job needs from a document: its selection, the pixels around it."""

from typing import Any, Generator, List, Optional, Tuple

from krita import Document, Krita, Node, Selection
from sfumato_protocol.geometry import Rect

from ..core import sentences
from ..core.choices import ABOVE, TOP
from ..core.colours import DEPTHS, require_supported
from ..core.context import remember, rows
from ..core.held import holding
from ..core.types import AtWork, Bytes, ColourSpace, Coverage, Frame, Frames, Reading, Refusal
from .nodes import find
from .stack import Standing, standing
from .underneath import seen

_MOST_NODES = 10_000


def active() -> Document:
    """The document in front. Raises `Refusal` when none is open."""
    document = Krita.instance().activeDocument()
    if document is None:
        raise Refusal(sentences.no_document())
    return document


def colour_space(document: Document) -> ColourSpace:
    """The document's colour space in Krita's words."""
    return ColourSpace(document.colorModel(), document.colorDepth(), document.colorProfile())


def canvas_of(document: Document) -> Rect:
    """Its bounds in canvas px."""
    return Rect(0, 0, document.width(), document.height())


def look(document: Document, area: Rect) -> Bytes:
    """The pixels of an area of the canvas, as they are with all layers, isolated ones or not."""
    return memoryview(document.rootNode().projectionPixelData(*_sides(area)))


def glance(document: Document, area: Rect) -> Bytes:
    """The pixels of an area as the canvas shows them. Asks for no node: Krita's handles of those
    are never given back, which counts where much is read often."""
    return memoryview(document.pixelData(*_sides(area)))


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


def read(
    document: Document, frames: Frames, document_id: str = "", place: str = TOP, at: str = ""
) -> Tuple[Reading, ...]:
    """The selection and the context crop around it, or around each of its far parts; changes
    nothing. place: `ABOVE` for what lies at and below the active layer, `TOP` for the picture. at:
    identity of a layer that counts in place of the active one, "" for that.

    The pixels are views into Krita's own copy of them, which they keep alive: no second copy.
    Raises `Refusal` when there is nothing that a job could work on, before any of them is read,
    and `AtWork` when there may be in a moment.
    """
    colour = colour_space(document)
    require_supported(colour)
    if not document.tryBarrierLock():
        raise AtWork(sentences.painting())
    document.unlock()
    canvas = canvas_of(document)
    selection, bounds = _selected(document, canvas)

    def coverage(area: Rect) -> bytes:
        return _coverage(selection, area)

    found = frames(canvas, bounds, coverage)
    # The bounds of an L or a ring can meet the canvas where the selection itself does not.
    taken = [(frame, _selected_in(frame, coverage)) for frame in found]
    if all(selected.count(0) == len(selected) for _, selected in taken):
        raise Refusal(sentences.off_canvas())
    for frame in found:
        _require_whole(document, frame.crop)
    crops = tuple(frame.crop for frame in found)
    node = (find(document, at) if at else None) or document.activeNode()
    above, pictures = _pictures(document, node if place == ABOVE else None, crops)
    return tuple(
        Reading(
            document_id=document_id,
            canvas=canvas,
            colour=colour,
            bounds=frame.bounds,
            crop=frame.crop,
            pixels=pictures[number],
            selection=selected,
            context=remember(frame.crop, canvas, lambda area: look(document, area)),
            above=above,
        )
        for number, (frame, selected) in enumerate(taken)
    )


def _pictures(
    document: Document, node: Optional[Node], crops: Tuple[Rect, ...]
) -> Tuple[str, Tuple[Bytes, ...]]:
    """Above which layer results go, and the crops of what is seen up to there. node: a layer that
    they go above, None for on top.

    Results keep the alpha of what is below them; in a group that Krita composes by itself that is
    the group's alone, so where the picture is not opaque they go above that group.
    """
    where = standing(document, node) if node is not None else Standing()
    pictures = seen(document, where, crops)
    pixel_bytes = DEPTHS[document.colorDepth()].pixel_bytes
    if where.enclosed and not all(_is_opaque(picture, pixel_bytes) for picture in pictures):
        where = standing(document, node, in_groups=False)
        pictures = seen(document, where, crops)
    return where.above, pictures


def _is_opaque(picture: Bytes, pixel_bytes: int) -> bool:
    alpha = bytes(picture)[pixel_bytes - 1 :: pixel_bytes]
    return alpha.count(b"\xff") == len(alpha)


def reading_selection(
    document: Document, frames: Frames, document_id: str = ""
) -> Generator[None, None, Tuple[Reading, ...]]:
    """The same with no pixels, piece by piece; changes nothing and takes no picture of anything."""
    canvas = canvas_of(document)
    selection, bounds = _selected(document, canvas)
    colour = colour_space(document)
    inside = bounds.intersected(canvas)
    coverage = yield from holding(inside, lambda area: _coverage(selection, area))
    found = frames(canvas, bounds, coverage)
    return tuple(
        Reading(document_id, canvas, colour, one.bounds, one.crop, b"", _selected_in(one, coverage))
        for one in found
    )


def _require_whole(document: Document, area: Rect) -> None:
    """An isolated layer is all that Krita shows, and gives. It says which picture that is about
    nowhere, so a few rows are compared with those of all layers. Raises `Refusal`."""
    for row in rows(area):
        if bytes(document.pixelData(*_sides(row))) != bytes(look(document, row)):
            raise Refusal(sentences.isolated())


def _selected(document: Document, canvas: Rect) -> Tuple[Selection, Rect]:
    """The selection and its bounds, canvas px. Raises `Refusal` where nothing of the canvas can be
    selected."""
    selection = _selection(document)
    bounds = Rect(selection.x(), selection.y(), selection.width(), selection.height())
    if bounds.empty:
        raise Refusal(sentences.empty_selection())
    if bounds.intersected(canvas).empty:
        raise Refusal(sentences.off_canvas())
    return selection, bounds


def _selection(document: Document) -> Selection:
    """The document's selection, or else that of a mask which is the active layer or lies on it.

    Raises `Refusal` where there is none.
    """
    selection = document.selection()
    if selection is not None:
        return selection
    node = document.activeNode()
    masks: List[Any] = [] if node is None else [node, *node.childNodes()]
    for mask in masks:
        if mask.type() == "selectionmask" and mask.visible():
            of_mask: Optional[Selection] = mask.selection()
            if of_mask is not None:
                return of_mask
    raise Refusal(sentences.no_selection())


def _selected_in(frame: Frame, coverage: Coverage) -> bytes:
    """Coverage of a frame's crop, one byte a pixel: of its own parts of the selection alone."""
    crop = frame.crop
    if not frame.parts:
        return bytes(coverage(crop))
    selected = bytearray(crop.width * crop.height)
    for part in frame.parts:
        content = coverage(part)
        start = (part.y - crop.y) * crop.width + part.x - crop.x
        for row in range(part.height):
            place = start + row * crop.width
            selected[place : place + part.width] = content[
                row * part.width : (row + 1) * part.width
            ]
    return bytes(selected)


def _sides(area: Rect) -> Tuple[int, int, int, int]:
    return area.x, area.y, area.width, area.height


def _coverage(selection: Selection, area: Rect) -> bytes:
    return bytes(selection.pixelData(*_sides(area)))
