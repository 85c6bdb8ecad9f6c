"""Where a job works in the stack of layers: above which of them, and what is seen up to there."""

from dataclasses import dataclass
from typing import Any, Container, List, Optional, Tuple

from krita import Document, Node

from . import records
from .nodes import identity

_OPAQUE = 255
_DEEPEST = 64


@dataclass(frozen=True)
class Standing:
    """above: identity of the layer or group that results go above, "" for on top of all. covering:
    what is shown above that, with what lies in one group with it first. enclosed: whether results
    lie in a group that Krita composes by itself, before it meets the picture below."""

    above: str = ""
    covering: Tuple[Node, ...] = ()
    enclosed: bool = False


def standing(document: Document, active: Optional[Node], in_groups: bool = True) -> Standing:
    """Above the active layer; above the group that it lies in where that is one of ours, or one
    that alters what it holds. What earlier jobs put right above a layer counts with it, or a second
    click would go below the first one's result. in_groups: False for above its outermost group,
    whatever that is."""
    path = _path(active)
    if not path or path[0].type() == "selectionmask":
        return Standing()
    if not in_groups:
        path = path[:1]
    ours = records.groups(document)
    for depth, node in enumerate(path):
        below = path[depth + 1 :]
        if not below or identity(node) in ours or not _is_plain(node):
            path = path[: depth + 1]
            break
    if identity(path[-1]) not in ours:
        path[-1] = _with_ours(document, path[-1], ours)
    enclosed = any(not _passes_through(group) for group in path[:-1])
    return Standing(identity(path[-1]), covering(document, path[-1]), enclosed)


def covering(document: Document, node: Node) -> Tuple[Node, ...]:
    """What is shown above a layer, with what lies in one group with it first."""
    found: List[Node] = []
    for one in reversed(_path(node)):
        found += _over(document, one)
    return tuple(found)


def _path(node: Optional[Node]) -> List[Node]:
    """A layer and the groups that it lies in, outermost first; for a mask, its layer's."""
    path: List[Node] = []
    for _ in range(_DEEPEST):
        parent = None if node is None else node.parentNode()
        if node is None or parent is None:
            break
        path.insert(0, node)
        node = parent
    while len(path) > 1 and is_mask(path[-1]):
        path.pop()
    return path


def is_mask(node: Node) -> bool:
    """Whether it is a mask of a layer or a selection, and no layer."""
    return str(node.type()).endswith("mask")


def _is_plain(group: Node) -> bool:
    """Whether a layer in it looks as it would without it."""
    if group.type() != "grouplayer" or not group.visible() or group.locked():
        return False
    if group.opacity() != _OPAQUE or group.inheritAlpha() or group.layerStyleToAsl():
        return False
    if any(is_mask(child) and child.visible() for child in group.childNodes()):
        return False
    return _passes_through(group) or group.blendingMode() == "normal"


def _passes_through(group: Any) -> bool:
    return bool(group.passThroughMode())


def _with_ours(document: Document, node: Node, ours: Container[str]) -> Node:
    """The uppermost of our groups that lie right above a layer, or the layer."""
    for one in _above(document, node):
        if identity(one) not in ours:
            break
        node = one
    return node


def _over(document: Document, node: Node) -> List[Node]:
    """The shown layers above one in its own group, bottom first."""
    return [one for one in _above(document, node) if one.visible() and not is_mask(one)]


def _above(document: Document, node: Node) -> List[Node]:
    parent = node.parentNode()
    root = parent is None or parent.parentNode() is None
    siblings = document.topLevelNodes() if root or parent is None else parent.childNodes()
    own = [identity(one) for one in siblings].index(identity(node))
    return list(siblings[own + 1 :])
