"""`Documents` done by Krita.

A document is who it is while it is open: Krita compares the objects behind its handles. Nothing in
a document could say so, for a copy of a picture has the layers' identities of the first, and
flattening gives it others.
"""

import os
import uuid
from typing import Dict, Generator, Optional, Sequence, Tuple

from krita import Document, Krita
from sfumato_protocol.geometry import Rect

from ..core.choices import TOP
from ..core.held import at_once
from ..core.types import (
    Around,
    Bytes,
    ColourSpace,
    Frames,
    Inserted,
    LayerPlan,
    PassMask,
    Reading,
    Stored,
)
from ..qt import QTimer
from . import document as reader
from . import groups, layers, merging, opening, records
from .building import Building
from .watching import has_undone

_PATIENCE_MS = 10_000  # for what was prepared; its next piece follows at once


class KritaDocuments:
    """Keeps a handle of every document that it was asked about, until that is closed."""

    def __init__(self) -> None:
        self._known: Dict[str, Document] = {}
        self._comparison = groups.Comparison()
        self._building: Optional[Building] = None
        self._unused = QTimer()
        self._unused.setSingleShot(True)
        self._unused.timeout.connect(self._give_up)

    def active(self) -> Document:
        return reader.active()

    def all(self) -> Tuple[Document, ...]:
        scratch = None if self._building is None else self._building.scratch
        opened = Krita.instance().documents()
        return tuple(one for one in opened if scratch is None or one != scratch.document)

    def identity(self, document: Document) -> str:
        opened = self.all()
        self._known = {key: held for key, held in self._known.items() if held in opened}
        for key, held in self._known.items():
            if held == document:
                return key
        key = uuid.uuid4().hex
        self._known[key] = document
        return key

    def find(self, document_id: str) -> Optional[Document]:
        held = self._known.get(document_id)
        return held if held is not None and held in self.all() else None

    def read(
        self, document: Document, frames: Frames, place: str = TOP, at: str = ""
    ) -> Tuple[Reading, ...]:
        return reader.read(document, frames, self.identity(document), place, at)

    def read_selection(self, document: Document, frames: Frames) -> Tuple[Reading, ...]:
        return at_once(self.reading_selection(document, frames))

    def reading_selection(
        self, document: Document, frames: Frames
    ) -> Generator[None, None, Tuple[Reading, ...]]:
        return reader.reading_selection(document, frames, self.identity(document))

    def is_animated(self, document: Document) -> bool:
        return reader.is_animated(document)

    def look(self, document: Document, area: Rect) -> Bytes:
        return reader.look(document, area)

    def glance(self, document: Document, area: Rect) -> Bytes:
        return reader.glance(document, area)

    def file(self, document: Document) -> str:
        return str(document.fileName())

    def name(self, document: Document) -> str:
        return os.path.basename(document.fileName()) or str(document.name())

    def is_stored(self, document: Document) -> bool:
        return bool(document.fileName()) and not document.modified()

    def stored_in(self, file: str) -> Optional[Document]:
        wanted = os.path.normpath(file)
        for document in self.all():
            if document.fileName() and os.path.normpath(document.fileName()) == wanted:
                return document
        return None

    def holding(self, job: str) -> Optional[Document]:
        for document in self.all():
            if records.holds(document, job):
                return document
        return None

    def create(self, canvas: Rect, colour: ColourSpace) -> Document:
        return opening.create(canvas, colour)

    def canvas(self, document: Document) -> Rect:
        return reader.canvas_of(document)

    def colour(self, document: Document) -> ColourSpace:
        return reader.colour_space(document)

    def can_write(self, document: Document) -> bool:
        return layers.can_write(document)

    def prepare(self, document: Document, plan: LayerPlan) -> bool:
        self._unused.start(_PATIENCE_MS)
        return self._building_of(document, plan).step()

    def insert(self, document: Document, plan: LayerPlan) -> Inserted:
        return layers.insert(document, plan, self._building_of(document, plan))

    def _building_of(self, document: Document, plan: LayerPlan) -> Building:
        held = self._building
        if held is None or held.spent or held.plan is not plan or held.document != document:
            self._give_up()
            held = self._building = Building(document, plan)
        return held

    def _give_up(self) -> None:
        """What was prepared is not inserted after all."""
        if self._building is not None:
            self._building.close()

    def active_record(self, document: Document) -> bytes:
        return records.active_record(document)

    def records(self, document: Document) -> Tuple[Stored, ...]:
        return records.stored(document)

    def stored_selection(self, document: Document, job: str) -> bytes:
        return records.selection(document, job)

    def forget(self, document: Document, job: str) -> None:
        records.forget(document, job)

    def around(self, document: Document) -> Tuple[Around, ...]:
        return records.around(document)

    def present(self, document: Document, layers: Sequence[str]) -> Tuple[str, ...]:
        return groups.present(document, layers)

    def is_shown(self, document: Document, layer: str) -> bool:
        return groups.is_shown(document, layer)

    def show(self, document: Document, layers: Sequence[str], visible: bool) -> None:
        groups.show(document, layers, visible)

    def has_undone(self, document: Document) -> bool:
        window = Krita.instance().activeWindow()
        if window is None or document != Krita.instance().activeDocument():
            return False
        return has_undone(window.qwindow())

    def compare(self, document: Document, layers: Sequence[str]) -> None:
        self._comparison.begin(document, layers)

    def comparing(self) -> bool:
        return self._comparison.under_way

    def end_comparing(self, stored: bool = False) -> None:
        self._comparison.end(stored)

    def activate(self, document: Document, layer: str) -> bool:
        return groups.activate(document, layer)

    def merge(self, document: Document, group: str) -> str:
        merged = merging.merge(document, group)
        records.follow(document, group, merged)
        return merged

    def select(self, document: Document, area: Rect, coverage: Bytes) -> None:
        groups.select(document, area, coverage)

    def pass_masks(self, document: Document, group: str, area: Rect) -> Tuple[PassMask, ...]:
        return groups.pass_masks(document, group, area)
