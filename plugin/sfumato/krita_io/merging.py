"""Makes one layer of a group's layers."""

from krita import Document, Krita

from ..core import sentences
from ..core.types import Refusal
from .nodes import find, identity


def merge(document: Document, group: str) -> str:
    """One layer in the place of a group, by one undo step; its identity. Raises `Refusal` where
    it is gone."""
    node = find(document, group)
    if node is None:
        raise Refusal(sentences.layers_gone())
    parent, name = node.parentNode(), node.name()
    flatten = Krita.instance().action("flatten_layer")
    if parent is None or flatten is None:
        raise Refusal(sentences.layers_gone())
    before = {identity(one) for one in parent.childNodes()}
    document.setActiveNode(node)
    flatten.trigger()
    document.waitForDone()
    merged = [one for one in parent.childNodes() if identity(one) not in before]
    if len(merged) != 1:
        raise Refusal(sentences.layers_gone())
    merged[0].setName(name)
    return identity(merged[0])
