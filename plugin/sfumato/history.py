"""The history of the picture in front: what it shows of itself, and what is done with its jobs."""

from typing import Callable, List, Optional, Sequence, Tuple

from sfumato_protocol.provenance import Provenance

from .core import again_sentences as sentences
from .core import history, packing
from .core.history import Entries, Entry
from .core.types import Refusal
from .documents import Documents
from .qt import QObject, QTimer, Signal
from .turn import Turn
from .watching import Watching

# (job, its finished passes): nobody will ask for it once more.
LetGo = Callable[[str, Tuple[int, ...]], None]


class History(QObject):
    """changed: the history of the document in front, or the job at hand, is another one. said: one
    sentence for the artist. merged: identities of a document, a group, and what it has become.

    It is read anew when something has happened and somebody looks; nothing is read otherwise.
    """

    changed = Signal()
    said = Signal(str)
    merged = Signal(str, str, str)

    def __init__(self, documents: Documents, watching: Watching, turn: Turn, let_go: LetGo) -> None:
        super().__init__()
        self._documents = documents
        self._turn = turn
        self._let_go = let_go
        self._reader = history.Reader()
        self._lookers: List[object] = []
        self.entries: Entries = ()
        self.at_hand: Optional[Entry] = None
        self.document_id = ""
        self._stale = True
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.look)
        for signal in (watching.layer_changed, watching.document_changed):
            signal.connect(self.stir)

    def attend(self, looker: object, looks: bool) -> None:
        """Somebody begins to look, or looks away."""
        if looks and looker not in self._lookers:
            self._lookers.append(looker)
            if self._stale:
                self._soon.start(0)
        elif not looks and looker in self._lookers:
            self._lookers.remove(looker)

    def stir(self) -> None:
        """Something has happened in Krita."""
        self._stale = True
        if self._lookers:
            self._soon.start(0)

    def look_again(self) -> None:
        """What was put off can be read."""
        if self._stale and self._lookers:
            self._soon.start(0)

    def look(self) -> None:
        """Read it now. While Krita is at work on a document: soon. While the picture is looked at
        as it was before: afterwards, for what is hidden for that is not hidden."""
        if self._turn.busy:
            self._soon.start(50)
            return
        if self._documents.comparing():
            self._stale = True
            return
        before = (self.document_id, self.entries, self.at_hand)
        self._stale = False
        try:
            document = self._documents.active()
        except Refusal:
            self.document_id, self.entries, self.at_hand = "", (), None
        else:
            self._read(document)
        if before != (self.document_id, self.entries, self.at_hand):
            self.changed.emit()

    def replaced(self, document: object, hides: Sequence[str]) -> Tuple[str, ...]:
        """The groups that one more variant takes the place of: those that were there when it was
        asked for, and variants that have come in since."""
        if not hides:
            return ()
        entries = self._entries(document)
        of_it = [entry for entry in entries if entry.group in hides]
        others = [one for entry in of_it for one in history.family(entries, entry) if one.shown]
        return tuple(dict.fromkeys([*hides, *(one.group for one in others)]))

    def _entries(self, document: object) -> Entries:
        stored = self._documents.records(document)
        groups = [group for one in stored for group in one.groups]
        present = self._documents.present(document, groups)

        def shown(group: str) -> bool:
            return self._documents.is_shown(document, group)

        return history.entries(stored, present, shown, self._reader)

    def _read(self, document: object) -> None:
        self.document_id = self._documents.identity(document)
        self.entries = self._entries(document)
        around = self._documents.around(document) if self.entries else ()
        self.at_hand = history.at_hand(self.entries, around)

    def find(self, job: str) -> Tuple[object, Entry]:
        """The document in front and its job of that name, "" for the one at hand. Raises
        `Refusal`."""
        self.look()
        document = self._documents.active()
        if not job:
            if self.at_hand is None:
                raise Refusal(sentences.no_result())
            return document, self.at_hand
        for entry in self.entries:
            if entry.id == job:
                return document, entry
        raise Refusal(sentences.no_result())

    def restore_selection(self, job: str) -> None:
        """Select what was selected at a job's click."""
        self._do(lambda: self._restore(*self.find(job)))

    def select_layers(self, job: str) -> None:
        """Make a job's group the active layer."""
        self._do(lambda: self._activate(*self.find(job)))

    def merge(self, job: str) -> None:
        """Make one layer of a job's passes."""
        self._do(lambda: self._merge(*self.find(job)))

    def forget(self, job: str) -> None:
        """Remove a job's record from the picture; its layers stay."""
        self._do(lambda: self._forget(*self.find(job)))

    def clean_up(self) -> None:
        """Remove the records of all jobs whose layers are gone."""
        self._do(self._clean_up)

    def compare(self, on: bool) -> None:
        """Hide what is shown of the job at hand, as long as it is on."""
        if not on:
            self._documents.end_comparing()
            self.look_again()
            return
        self._do(self._compare)

    def selection(self, document: object, record: Provenance) -> packing.Packed:
        """What was selected for a job. Raises `Refusal` where that is not stored."""
        return packing.unpack(self._documents.stored_selection(document, record.job))

    def _restore(self, document: object, entry: Entry) -> None:
        packed = [self.selection(document, record) for record in entry.records]
        self._documents.select(document, *packing.joined(packed))
        self.said.emit(sentences.selection_restored())

    def _activate(self, document: object, entry: Entry) -> None:
        if not entry.group or not self._documents.activate(document, entry.group):
            raise Refusal(sentences.result_gone())
        self.stir()

    def _merge(self, document: object, entry: Entry) -> None:
        if not entry.group:
            raise Refusal(sentences.result_gone())
        if not self._documents.can_write(document):
            raise Refusal(sentences.at_work())
        with self._turn.taken():
            layer = self._documents.merge(document, entry.group)
        self.merged.emit(self._documents.identity(document), entry.group, layer)
        self.said.emit(sentences.merged())
        self.stir()

    def _forget(self, document: object, *entries: Entry) -> None:
        for record in (record for entry in entries for record in entry.records):
            self._documents.forget(document, record.job)
            done = tuple(layer.index for layer in record.passes)
            if done:
                self._let_go(record.job, done)
        self.look()

    def _clean_up(self) -> None:
        self.look()
        entries = history.gone(self.entries)
        if entries:
            self._forget(self._documents.active(), *entries)
        self.said.emit(sentences.cleaned_up(len(entries)))

    def _compare(self) -> None:
        document, entry = self.find("")
        shown = [one.group for one in history.family(self.entries, entry) if one.shown]
        self._documents.compare(document, shown or [entry.group])

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (Refusal, ValueError) as refusal:
            self.said.emit(str(refusal))
