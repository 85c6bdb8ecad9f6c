"""Makes one layer of a group's layers."""

from typing import List, Tuple

from krita import Document, Krita, Node
from sfumato_protocol.geometry import Rect

from ..core import sentences
from ..core.types import AtWork, ColourSpace, Refusal
from ..qt import QByteArray, QRect
from .document import colour_space
from .flattened import flattened, off_by_more_than_one, solved
from .nodes import find, identity
from .stack import Standing, covering, is_mask
from .underneath import seen


def merge(document: Document, group: str) -> str:
    """One layer in the place of a group, by one undo step; its identity. The picture stays as it is
    within 1/255.

    Only Krita's own “Flatten Layer” is one step, and it rounds layer by layer; so what that made
    is given the pixels that it should have. Raises `Refusal` where the group is gone or would look
    different as one layer, `AtWork` where Krita cannot now.
    """
    node = find(document, group)
    if node is None:
        raise Refusal(sentences.layers_gone())
    layers, area = _layers(document, node)
    colour = colour_space(document)
    pixels = flattened(document, layers, area, colour)
    wanted, below = _pictures(document, node, area)
    inherits = [layer for layer in layers if layer.inheritAlpha()]
    merged = _flatten(document, node)
    merged.setName(node.name())
    merged.setInheritAlpha(bool(inherits))
    _fill(document, merged, area, pixels)
    if colour.depth == "U8":
        _correct(document, merged, area, pixels, (wanted, below))
    document.setModified(True)
    return identity(merged)


def _layers(document: Document, group: Node) -> Tuple[List[Node], Rect]:
    """What a group shows, bottom first, and where. Raises `Refusal` unless all of it are layers of
    pixels over each other."""
    if group.type() != "grouplayer" or not group.visible():
        raise Refusal(sentences.cannot_merge())
    shown = [one for one in group.childNodes() if one.visible()]
    colour = colour_space(document)
    if not shown or not all(_is_simple(one, colour) for one in shown):
        raise Refusal(sentences.cannot_merge())
    around = QRect()
    for one in shown:
        around = around.united(one.bounds())
    around = around.intersected(QRect(0, 0, document.width(), document.height()))
    if around.isEmpty():
        raise Refusal(sentences.cannot_merge())
    return shown, Rect(around.x(), around.y(), around.width(), around.height())


def _is_simple(layer: Node, colour: ColourSpace) -> bool:
    own = ColourSpace(layer.colorModel(), layer.colorDepth(), layer.colorProfile())
    masks = [one for one in layer.childNodes() if one.visible()]
    return (
        layer.type() == "paintlayer"
        and own == colour
        and layer.blendingMode() == "normal"
        and not layer.layerStyleToAsl()
        and all(mask.type() == "transparencymask" for mask in masks)
    )


def _pictures(document: Document, group: Node, area: Rect) -> Tuple[bytes, bytes]:
    """The picture up to a group, with it and without it."""
    above = covering(document, group)
    (with_it,) = seen(document, Standing(covering=above), (area,))
    (without,) = seen(document, Standing(covering=(*above, group)), (area,))
    return bytes(with_it), bytes(without)


def _flatten(document: Document, group: Node) -> Node:
    """Krita's own flattened layer in the place of a group."""
    parent, krita = group.parentNode(), Krita.instance()
    action = krita.action("flatten_layer")
    before = {identity(one) for one in parent.childNodes()} if parent is not None else set()
    document.setActiveNode(group)
    if parent is None or action is None or krita.activeDocument() != document:
        raise AtWork(sentences.busy())
    if document.activeNode() != group:
        raise AtWork(sentences.busy())
    action.trigger()
    document.waitForDone()
    new = [one for one in parent.childNodes() if identity(one) not in before and not is_mask(one)]
    if len(new) != 1:
        raise AtWork(sentences.busy())
    return new[0]


def _fill(document: Document, layer: Node, area: Rect, pixels: bytes) -> None:
    layer.setPixelData(QByteArray(pixels), area.x, area.y, area.width, area.height)
    document.refreshProjection()
    document.waitForDone()


def _correct(
    document: Document, layer: Node, area: Rect, pixels: bytes, pictures: Tuple[bytes, bytes]
) -> None:
    """Two roundings may meet: where they do, the few pixels are solved for."""
    wanted, below = pictures
    (now,) = seen(document, Standing(covering=covering(document, layer)), (area,))
    places = off_by_more_than_one(bytes(now), wanted, area)
    if places:
        _fill(document, layer, area, solved(pixels, below, wanted, places))
