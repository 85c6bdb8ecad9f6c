"""Layers, groups and masks of a document by their identity."""

from typing import Iterator, Optional

from krita import Document, Node

_MOST = 10_000


def identity(node: Node) -> str:
    """What a node is known by, as long as it is in its document; saved and opened again, too."""
    return str(node.uniqueId().toString())


def walk(document: Document) -> Iterator[Node]:
    """All layers, groups and masks, those that lie in no group first."""
    level = list(document.topLevelNodes())
    for _ in range(_MOST):
        if not level:
            return
        node = level.pop(0)
        yield node
        level += node.childNodes()


def find(document: Document, wanted: str) -> Optional[Node]:
    """The one of that identity, None where it is gone."""
    return next((node for node in walk(document) if identity(node) == wanted), None)
