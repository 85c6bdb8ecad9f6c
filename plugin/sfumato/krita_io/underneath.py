"""The picture up to a layer, as Krita would show it without what lies above.

Krita does not tell that of a document, so it is looked at in a clone, which shares its pixels:
there the layers above are hidden and the rest is composed once more, no larger than need be.
"""

from typing import Callable, Iterator, List, Tuple

from krita import Document, Node
from sfumato_protocol.geometry import Rect

from ..core import sentences
from ..core.types import AtWork, Bytes
from ..qt import QTimer
from .nodes import identity, walk
from .stack import Standing

# What looks the same wherever the canvas's corner is, and whatever lies beside it.
_MOVABLE = ("paintlayer", "grouplayer", "transparencymask", "selectionmask")


def seen(document: Document, where: Standing, areas: Tuple[Rect, ...]) -> Tuple[Bytes, ...]:
    """The pixels of areas of the canvas, of all that lies at and below a standing; the document is
    not changed. Raises `AtWork` where Krita gives none now."""
    if not where.covering:
        return tuple(memoryview(document.pixelData(*_sides(area))) for area in areas)
    clone = document.clone()
    if clone is None:
        raise AtWork(sentences.painting())
    try:
        hidden = {identity(node) for node in where.covering}
        covering = [node for node in walk(clone) if identity(node) in hidden]
        for node in covering:
            node.setVisible(False)  # which Krita does not see until it composes again
        look = _cut if _is_movable(clone) else _whole
        return tuple(look(clone, covering, areas))
    finally:
        QTimer.singleShot(0, _closing(clone))  # it takes as long as all the rest


def _cut(clone: Document, _covering: List[Node], areas: Tuple[Rect, ...]) -> Iterator[Bytes]:
    """One area after another made the whole canvas, so that Krita composes that alone. Layers keep
    what is off the canvas."""
    x, y = 0, 0
    for area in areas:
        clone.resizeImage(area.x - x, area.y - y, area.width, area.height)
        clone.waitForDone()
        x, y = area.x, area.y
        yield memoryview(clone.pixelData(0, 0, area.width, area.height))


def _whole(clone: Document, covering: List[Node], areas: Tuple[Rect, ...]) -> Iterator[Bytes]:
    """The whole canvas is composed, which Krita does beside any new layer."""
    inmost = max(covering, key=_depth)
    parent = inmost.parentNode() or clone.rootNode()
    parent.addChildNode(clone.createNode("", "paintlayer"), None)
    clone.waitForDone()
    for area in areas:
        yield memoryview(clone.pixelData(*_sides(area)))


def _is_movable(document: Document) -> bool:
    """Whether a part of the picture looks the same by itself: no filter that reaches over its edge,
    no pattern that begins at the canvas's corner."""
    return all(
        node.type() in _MOVABLE and not node.animated() and not node.layerStyleToAsl()
        for node in walk(document)
        if node.visible()
    )


def _depth(node: Node) -> int:
    depth, parent = 0, node.parentNode()
    while parent is not None:
        depth, parent = depth + 1, parent.parentNode()
    return depth


def _closing(clone: Document) -> Callable[[], None]:
    def close() -> None:
        clone.close()

    return close


def _sides(area: Rect) -> Tuple[int, int, int, int]:
    return area.x, area.y, area.width, area.height
