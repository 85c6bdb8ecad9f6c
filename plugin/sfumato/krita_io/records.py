"""The records of jobs that lie in a document, and which of them the active layer comes from."""

from typing import Dict, Iterator, Optional

from krita import Document, Node
from sfumato_protocol.provenance import LARGEST, PREFIX

_DEEPEST = 64


def groups(document: Document) -> Dict[str, str]:
    """The jobs that went into a document: identity of each one's group → its annotation's name."""
    kinds = [kind for kind in document.annotationTypes() if kind.startswith(PREFIX)]
    return {str(document.annotationDescription(kind)): kind for kind in kinds}


def holds(document: Document, job: str) -> bool:
    """Whether the passes of a job were put into this document, whatever became of them there."""
    return PREFIX + job in document.annotationTypes()


def record(document: Document, kind: str) -> bytes:
    """A job's record as it is stored; one that is too large is cut behind what any reader takes."""
    return bytes(document.annotation(kind).left(LARGEST + 1))


def active_record(document: Document) -> bytes:
    """The record of the job whose group holds the active layer (or is it), b"" for none."""
    return record_around(document, document.activeNode())


def record_around(document: Document, node: Optional[Node]) -> bytes:
    """The same for any layer, mask or group of the document."""
    known = groups(document)
    for identity in _around(node):
        if identity in known:
            return record(document, known[identity])
    return b""


def _around(node: Optional[Node]) -> Iterator[str]:
    """Identities of a layer and of the groups that it lies in, inmost first."""
    for _ in range(_DEEPEST):
        if node is None:
            return
        yield str(node.uniqueId().toString())
        node = node.parentNode()
