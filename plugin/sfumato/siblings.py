"""Groups that were hidden because another one took their place: shown again when that is undone,
hidden again when that comes back. Showing and hiding are no undo steps of Krita's own."""

from dataclasses import dataclass, replace
from typing import List, Tuple

from .documents import Documents
from .qt import QObject, QTimer
from .turn import Turn
from .watching import Watching

SOON_MS = 50
_MOST = 100


@dataclass(frozen=True)
class _Place:
    """groups: what took it: a group, and the layer that it was merged into."""

    document: str
    groups: Tuple[str, ...]
    hidden: Tuple[str, ...]
    taken: bool = True


class Siblings(QObject):
    """Follows what the artist undoes."""

    def __init__(self, documents: Documents, watching: Watching, turn: Turn) -> None:
        super().__init__()
        self._documents = documents
        self._turn = turn
        self._places: List[_Place] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.look)
        for signal in (watching.layer_changed, watching.picture_changed):
            signal.connect(self._stir)

    def took_place(self, document_id: str, group: str, hidden: Tuple[str, ...]) -> None:
        """A group was put in and these were hidden for it."""
        if hidden:
            self._places = [*self._places, _Place(document_id, (group,), hidden)][-_MOST:]
            self._stir()

    def merged(self, document_id: str, group: str, layer: str) -> None:
        """A group has become a layer, which keeps its place."""
        self._places = [
            replace(one, groups=(*one.groups, layer))
            if one.document == document_id and group in one.groups
            else one
            for one in self._places
        ]

    def look(self) -> None:
        """See whether a group has gone or come back."""
        if self._turn.busy:
            self._stir()
            return
        looked = [self._after(place) for place in self._places]
        self._places = [place for place in looked if self._documents.find(place.document)]

    def _stir(self) -> None:
        if self._places:
            self._soon.start(SOON_MS)

    def _after(self, place: _Place) -> _Place:
        document = self._documents.find(place.document)
        if document is None:
            return place
        there = bool(self._documents.present(document, place.groups))
        if there == place.taken or not (there or self._documents.has_undone(document)):
            return place  # deleted or flattened by the artist it is not undone
        self._documents.show(document, place.hidden, not there)
        return replace(place, taken=there)
