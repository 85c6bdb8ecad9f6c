"""The records of jobs that lie in a document, and which of them the active layer comes from."""

from typing import Dict, Iterator, Optional, Tuple

from krita import Document, Node
from sfumato_protocol.provenance import LARGEST, PREFIX, SELECTION, THUMBNAIL

from ..core import history, packing
from ..core.types import Around, Stored
from ..qt import QByteArray

_DEEPEST = 64
_LARGEST_THUMBNAIL = 256 * 1024
_MASKS = ("transparencymask", "filtermask", "transformmask", "selectionmask", "colorizemask")


def stored(document: Document) -> Tuple[Stored, ...]:
    """The records of all jobs that went into a document."""
    kinds = [kind for kind in document.annotationTypes() if kind.startswith(PREFIX)]
    return tuple(_stored(document, kind) for kind in kinds)


def _stored(document: Document, kind: str) -> Stored:
    job = kind[len(PREFIX) :]
    groups = tuple(str(document.annotationDescription(kind)).split())
    thumbnail = document.annotation(THUMBNAIL + job).left(_LARGEST_THUMBNAIL)
    return Stored(job, groups, record(document, kind), bytes(thumbnail))


def groups(document: Document) -> Dict[str, str]:
    """The jobs that went into a document: identity of each one's group → its annotation's name."""
    kinds = [kind for kind in document.annotationTypes() if kind.startswith(PREFIX)]
    return {
        group: kind for kind in kinds for group in str(document.annotationDescription(kind)).split()
    }


def holds(document: Document, job: str) -> bool:
    """Whether the passes of a job were put into this document, whatever became of them there."""
    return PREFIX + job in document.annotationTypes()


def record(document: Document, kind: str) -> bytes:
    """A job's record as it is stored; one that is too large is cut behind what any reader takes."""
    return bytes(document.annotation(kind).left(LARGEST + 1))


def selection(document: Document, job: str) -> bytes:
    """The selection that is stored with a job, packed; b"" for none."""
    return bytes(document.annotation(SELECTION + job).left(packing.LARGEST))


def forget(document: Document, job: str) -> None:
    """Remove all that is stored of a job; its layers stay."""
    for prefix in (PREFIX, SELECTION, THUMBNAIL):
        if prefix + job in document.annotationTypes():
            document.removeAnnotation(prefix + job)
    document.setModified(True)


def follow(document: Document, group: str, merged: str) -> None:
    """A group has become a layer: its jobs' records lead to both."""
    for kind in document.annotationTypes():
        known = str(document.annotationDescription(kind)).split()
        if kind.startswith(PREFIX) and group in known and merged not in known:
            content = QByteArray(document.annotation(kind))
            document.setAnnotation(kind, " ".join([*known, merged]), content)


def around(document: Document) -> Tuple[Around, ...]:
    """The active layer and the groups that it lies in, inmost first."""
    return tuple(
        Around(str(node.uniqueId().toString()), _names(node))
        for node in _upwards(document.activeNode())
    )


def active_record(document: Document) -> bytes:
    """The record of the job whose group holds the active layer (or is it), b"" for none."""
    return record_around(document, document.activeNode())


def record_around(document: Document, node: Optional[Node]) -> bytes:
    """The same for any layer, mask or group of the document. A duplicate of a group is known by the
    names of its layers."""
    known = groups(document)
    for place in _upwards(node):
        identity = str(place.uniqueId().toString())
        if identity in known:
            return record(document, known[identity])
    places = [Around("", _names(place)) for place in _upwards(node)]
    if not any(place.layers for place in places):
        return b""
    here = {one.job: one for one in stored(document)}
    told = history.entries(here.values(), (), lambda _group: False, history.Reader())
    found = history.of_active(told, places)
    return here[found.id].record if found is not None else b""


def _names(node: Node) -> Tuple[str, ...]:
    inside = node.childNodes() if node.type() == "grouplayer" else ()
    return tuple(str(one.name()) for one in inside if one.type() not in _MASKS)


def _upwards(node: Optional[Node]) -> Iterator[Node]:
    """A layer and the groups that it lies in, inmost first."""
    for _ in range(_DEEPEST):
        if node is None or node.parentNode() is None:  # the root is no layer
            return
        yield node
        node = node.parentNode()
