"""Puts a job's result into a document: one group of masked layers, one undo step."""

from typing import Any, List, Optional, Sequence, Tuple

from krita import Document, Krita, Node

from ..core.types import Inserted, LayerPlan
from ..qt import QByteArray, QTimer
from .building import Building
from .nodes import find, identity

# Closing takes as long as building did, and longer while Krita still looks at the new layers.
_SETTLED_MS = 300


def can_write(document: Document) -> bool:
    """False while a stroke or a filter is at work: writing now would freeze Krita until its end."""
    if not document.tryBarrierLock():
        return False
    document.unlock()
    return True


def insert(document: Document, plan: LayerPlan, building: Optional[Building] = None) -> Inserted:
    """Put the plan's group above its layer, and its provenance into the document.

    building: of the same document and plan, as far as it is; it is closed here. The annotation's
    description is the group's identity, which stays with it whatever it is called.
    The group is built elsewhere and enters whole, because Krita makes each node that is added an
    undo step of its own. Selection and view are left alone; the active layer is put back once
    Krita has moved it to the new group. Raises `ValueError` for a plan that does not fit the
    document, before anything is changed. Krita runs timers meanwhile: guard against a second call.
    """
    building = building or Building(document, plan)
    worked_on = document.activeNode()
    try:
        group = building.whole()
        for old in _shown(document, plan.hides):
            old.setVisible(False)  # seen with the new group, beside which Krita composes all
            old.setCollapsed(True)  # or Krita's layers would be full of what is out of sight
        added, astray = _enter(document, group, plan.above)
    finally:
        QTimer.singleShot(_SETTLED_MS, building.close)
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


def _reactivate(document: Document, node: Any) -> None:
    """Krita activates an added node on the next turn of its event loop, so this comes after it."""

    def back() -> None:
        if document in Krita.instance().documents():
            document.setActiveNode(node)

    QTimer.singleShot(0, back)
