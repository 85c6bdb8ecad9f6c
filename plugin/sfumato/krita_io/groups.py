"""What is done with layers that are in a document: shown, hidden, compared, looked at; no undo
step."""

from typing import List, Sequence, Tuple

from krita import Document, Krita, Node, Selection
from sfumato_protocol.geometry import Rect

from ..core.colours import DEPTHS
from ..core.types import Bytes, PassMask
from ..qt import QByteArray
from .nodes import find, identity, walk

_MASK = "transparencymask"
_OPAQUE = 255


def present(document: Document, layers: Sequence[str]) -> Tuple[str, ...]:
    """Those that are in the document now."""
    there = {identity(node) for node in walk(document)} if layers else set()
    return tuple(layer for layer in layers if layer in there)


def is_shown(document: Document, layer: str) -> bool:
    """Whether it is there and not hidden itself."""
    node = find(document, layer)
    return node is not None and bool(node.visible())


def show(document: Document, layers: Sequence[str], visible: bool) -> None:
    """Show or hide layers, so that the document has changed where any did."""
    if _make_visible(document, layers, visible):
        document.setModified(True)


def _make_visible(document: Document, layers: Sequence[str], visible: bool) -> Tuple[str, ...]:
    """Those that this changed. Whether the document is to be stored stays as it was."""
    changed = []
    for layer in layers:
        node = find(document, layer)
        if node is not None and node.visible() != visible:
            node.setVisible(visible)
            changed.append(layer)
    if changed:
        document.refreshProjection()
    return tuple(changed)


class Comparison:
    """Layers that are hidden for as long as the artist looks at the picture without them. What else
    the artist does meanwhile has to be stored as ever."""

    def __init__(self) -> None:
        self._hidden: List[Tuple[Document, Tuple[str, ...]]] = []

    @property
    def under_way(self) -> bool:
        return any(layers for _document, layers in self._hidden)

    def begin(self, document: Document, layers: Sequence[str]) -> None:
        """Hide those that are shown."""
        self.end()
        self._hidden.append((document, _make_visible(document, layers, False)))

    def end(self, stored: bool = False) -> None:
        """Show them again, wherever they are still there. stored: as they were hidden, so that the
        document is to be stored once more."""
        hidden, self._hidden = self._hidden, []
        for document, layers in hidden:
            if document in Krita.instance().documents():
                _make_visible(document, layers, True)
                if stored and layers:
                    document.setModified(True)


def activate(document: Document, layer: str) -> bool:
    """Make it the active layer; whether it is there."""
    node = find(document, layer)
    if node is None:
        return False
    document.setActiveNode(node)
    return True


def select(document: Document, area: Rect, coverage: Bytes) -> None:
    """Give the document a selection: coverage of an area of the canvas, one byte a pixel. Raises
    `ValueError` for a coverage of another size."""
    if memoryview(coverage).nbytes != area.width * area.height or area.empty:
        raise ValueError("{} bytes of coverage for {}".format(len(coverage), area))
    selection = Selection()
    selection.setPixelData(QByteArray(bytes(coverage)), area.x, area.y, area.width, area.height)
    document.setSelection(selection)


def pass_masks(document: Document, group: str, area: Rect) -> Tuple[PassMask, ...]:
    """The layers of a group with their masks as the artist left them, bottom first."""
    node = find(document, group)
    layers = [] if node is None else [one for one in node.childNodes() if one.type() != _MASK]
    return tuple(PassMask(identity(one), one.name(), _mask(one, area)) for one in layers)


def _mask(layer: Node, area: Rect) -> bytes:
    if not layer.visible():
        return bytes(area.width * area.height)
    sides = (area.x, area.y, area.width, area.height)
    masks = [one for one in layer.childNodes() if one.type() == _MASK and one.visible()]
    if len(masks) == 1:
        content = bytes(masks[0].pixelData(*sides))
    else:
        pixel_bytes = DEPTHS[layer.colorDepth()].pixel_bytes
        content = bytes(layer.projectionPixelData(*sides))[pixel_bytes - 1 :: pixel_bytes]
    opacity = layer.opacity()
    if opacity == _OPAQUE:
        return content
    return content.translate(bytes((one * opacity + 127) // _OPAQUE for one in range(256)))
