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
    """groups: what took it: a group, and the layer that it was merged into. taken: that is there,
    as far as undoing goes. removed: by the artist, as a step of its own."""

    document: str
    groups: Tuple[str, ...]
    hidden: Tuple[str, ...]
    taken: bool = True
    removed: bool = False


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
        opened = {place.document: self._documents.find(place.document) for place in self._places}
        looked: List[_Place] = []
        for document_id, document in opened.items():
            here = [place for place in self._places if place.document == document_id]
            if document is not None:  # or else it is closed, and nobody undoes there
                groups = [group for place in here for group in place.groups]
                present = set(self._documents.present(document, groups))
                for place in here:
                    there = not present.isdisjoint(place.groups)
                    looked.append(self._after(document, place, there))
        self._places = looked

    def _stir(self) -> None:
        if self._places:
            self._soon.start(SOON_MS)

    def _after(self, document: object, place: _Place, there: bool) -> _Place:
        if place.removed:
            return replace(place, removed=not there)
        if there == place.taken:
            return place
        if not there and not self._documents.has_undone(document):
            return replace(place, removed=True)  # deleted or flattened: its place stays taken
        self._documents.show(document, place.hidden, not there)
        return replace(place, taken=there)
