"""Puts a job's result into a document: one group of masked layers, one undo step."""

from typing import Any, List, Sequence, Tuple

from krita import Document, Krita, Node
from sfumato_protocol.geometry import Rect

from ..core.colours import DEPTHS
from ..core.types import Bytes, Inserted, LayerPlan
from ..qt import QByteArray, QTimer
from .document import colour_space
from .nodes import find, identity
from .scratch import Scratch, scratch_document


def can_write(document: Document) -> bool:
    """False while a stroke or a filter is at work: writing now would freeze Krita until its end."""
    if not document.tryBarrierLock():
        return False
    document.unlock()
    return True


def insert(document: Document, plan: LayerPlan) -> Inserted:
    """Put the plan's group above its layer, and its provenance into the document.

    The annotation's description is the group's identity, which stays with it whatever it is called.
    The group is built elsewhere and enters whole, because Krita makes each node that is added an
    undo step of its own. Selection and view are left alone; the active layer is put back once
    Krita has moved it to the new group. Raises `ValueError` for a plan that does not fit the
    document, before anything is changed. Krita runs timers meanwhile: guard against a second call.
    """
    _require_fit(document, plan)
    worked_on = document.activeNode()
    with scratch_document(document.width(), document.height(), plan.colour) as scratch:
        group = _build(scratch, plan)
        for old in _shown(document, plan.hides):
            old.setVisible(False)  # seen with the new group, beside which Krita composes all
        added, astray = _enter(document, group, plan.above)
    for key, content in ((plan.provenance_key, plan.provenance), *plan.other_records):
        document.setAnnotation(key, added, QByteArray(content))
    document.setModified(True)
    if worked_on is not None:
        _reactivate(document, worked_on)
    return Inserted(added, astray)


def _shown(document: Document, groups: Sequence[str]) -> List[Node]:
    nodes = [find(document, group) for group in groups]
    return [node for node in nodes if node is not None and node.visible()]


def _enter(document: Document, group: Node, wanted: str) -> Tuple[str, bool]:
    """Put a clone of a group above a layer, or on top where that is gone; its identity, and whether
    it was gone."""
    above = find(document, wanted) if wanted else None
    parent = None if above is None else above.parentNode()
    if parent is None:
        above, parent = None, document.rootNode()
    before = {identity(node) for node in parent.childNodes()}
    parent.addChildNode(group.clone(), above)
    (added,) = {identity(node) for node in parent.childNodes()} - before
    return added, bool(wanted) and above is None


def _require_fit(document: Document, plan: LayerPlan) -> None:
    """Krita reads past the end of a buffer that is too short, so lengths are checked here."""
    got = colour_space(document)
    if got != plan.colour:
        raise ValueError("the layers are in {}, the document in {}".format(plan.colour, got))
    if not plan.layers:
        raise ValueError("the plan has no layers; expected at least one")
    for spec in plan.layers:
        for patch in spec.patches:
            _require_length(spec.name, patch.area, "mask", patch.mask, 1)
            pixel_bytes = DEPTHS[got.depth].pixel_bytes
            _require_length(spec.name, patch.area, "pixels", patch.pixels, pixel_bytes)


def _require_length(name: str, area: Rect, what: str, content: Bytes, pixel_bytes: int) -> None:
    expected = area.width * area.height * pixel_bytes
    got = memoryview(content).nbytes
    if got != expected or expected == 0:
        raise ValueError(
            "the {} of layer “{}” have {} bytes; {} x {} px need {}".format(
                what, name, got, area.width, area.height, expected
            )
        )


def _build(scratch: Scratch, plan: LayerPlan) -> Node:
    """Fill the scratch document's group; pixels go in before a node is attached, so that Krita
    composes each node once."""
    scratch.group.setName(plan.group_name)
    for spec in plan.layers:
        layer = scratch.document.createNode(spec.name, "paintlayer")
        layer.setInheritAlpha(spec.inherit_alpha)  # in a pass-through group: that of all below
        mask = scratch.mask.clone()
        mask.setName("Mask of " + spec.name)
        for patch in spec.patches:
            place = (patch.area.x, patch.area.y, patch.area.width, patch.area.height)
            layer.setPixelData(_array(patch.pixels), *place)
            mask.setPixelData(_array(patch.mask), *place)
        layer.addChildNode(mask, None)
        scratch.group.addChildNode(layer, None)
    scratch.document.waitForDone()
    return scratch.group


def _array(content: Bytes) -> QByteArray:
    return QByteArray(content if isinstance(content, (bytes, bytearray)) else bytes(content))


def _reactivate(document: Document, node: Any) -> None:
    """Krita activates an added node on the next turn of its event loop, so this comes after it."""

    def back() -> None:
        if document in Krita.instance().documents():
            document.setActiveNode(node)

    QTimer.singleShot(0, back)
