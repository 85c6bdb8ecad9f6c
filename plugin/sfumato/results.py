"""What is done with results that are in the picture, and the panels that show it: one state for all
windows."""

from typing import Callable, Optional, Tuple

from .core import again_sentences, provenance, status
from .core.again import Sight, Wish
from .core.choices import Choices
from .core.status import Status
from .core.types import Refusal
from .documents import Documents
from .history import History
from .insertion import Insertion
from .jobs import Jobs
from .qt import QApplication, QImage, QObject, Signal
from .redoing import Redoing
from .siblings import Siblings
from .turn import Turn
from .ui.overlay import Overlays
from .ui.panel import InpaintPanel
from .variations import Variations
from .watching import Watching


class Results(QObject):
    """said: one sentence for the artist. chosen: `Choices` of an earlier job.

    looked_away: the picture is seen as it is, whatever button is held. history_changed: entries,
    and the one at hand. sights_changed: variations, the number of the one that is seen in place,
    and how to get the picture of one.
    """

    said = Signal(str)
    chosen = Signal(object)
    looked_away = Signal()
    history_changed = Signal(object, object)
    sights_changed = Signal(object, object, object)

    def __init__(
        self,
        jobs: Jobs,
        documents: Documents,
        turn: Turn,
        insertion: Insertion,
        watching: Watching,
        overlays: Overlays,
    ) -> None:
        super().__init__()
        self._status = status.stopped()
        self._choices = Choices()
        self._documents = documents
        self.history = History(documents, watching, turn, jobs.let_go)
        self.redoing = Redoing(jobs, documents, turn, self.history)
        self.variations = Variations(jobs, documents, overlays, watching)
        self.siblings = Siblings(documents, watching, turn)
        insertion.replaced = self.history.replaced
        insertion.inserted.connect(self.siblings.took_place)
        self.history.merged.connect(self.siblings.merged)
        insertion.inserted.connect(lambda *_group: self._inserted())
        watching.document_changed.connect(self._turn_away)
        self.redoing.varied.connect(self.variations.begin)
        self.history.changed.connect(self._tell_history)
        self.variations.changed.connect(self._tell_sights)
        for one in (self.history, self.redoing, self.variations):
            one.said.connect(self.said)

    def heed(self, now: Status) -> None:
        """Take note of how things stand with the server."""
        self._status = now
        self.redoing.heed(now)

    def choose(self, choices: Choices) -> None:
        """Take note of what is chosen in the docker."""
        self._choices = choices

    def use(self, job: str) -> None:
        """Choose what a job of the history was made with; starts nothing."""
        try:
            _document, entry = self.history.find(job)
            if self._status.welcome is None:
                raise Refusal(self._status.sentence)
            choices, said = provenance.settings_again(
                entry.record, self._status.welcome, self._choices
            )
        except Refusal as refusal:
            self.said.emit(str(refusal))
            return
        self.chosen.emit(choices)
        self.said.emit(said)

    def redo(self, wish: Wish) -> None:
        """Do the job at hand again from a pass on."""
        self._end_looking()
        self.redoing.redo(wish)

    def run_again(self, job: str) -> None:
        """Run a job of the history once more."""
        self._end_looking()
        self.redoing.run_again(job, self._choices.place)

    def stored(self, _file: str) -> None:
        """Krita has written a file. What was hidden to be compared is hidden in that: the artist
        hears of it, and Krita asks before the picture is closed."""
        if self._documents.comparing():
            self._documents.end_comparing(stored=True)
            self._end_looking()
            self.said.emit(again_sentences.stored_without())

    def show_in(self, panel: InpaintPanel) -> None:
        """Connect a window's panel, and have it up to date."""
        self._connect(panel)
        # These end with the panel.
        self.history_changed.connect(panel.show_history)
        self.sights_changed.connect(panel.variations.show_sights)
        self.looked_away.connect(panel.redo.end_comparing)
        panel.show_history(self.history.entries, self.history.at_hand)
        panel.variations.show_sights(*self._sights())

    def _connect(self, panel: InpaintPanel) -> None:
        redo, strip, box = panel.redo, panel.variations, panel.history
        redo.wanted.connect(self.redo)
        redo.merge_wanted.connect(self._merge)
        redo.comparing.connect(self.history.compare)
        strip.show_wanted.connect(self._see)
        strip.keep_wanted.connect(self.variations.keep)
        strip.give_up_wanted.connect(self.variations.give_up)
        box.use_wanted.connect(self.use)
        box.run_wanted.connect(self.run_again)
        box.restore_wanted.connect(self.history.restore_selection)
        box.select_wanted.connect(self.history.select_layers)
        box.forget_wanted.connect(self.history.forget)
        box.clean_wanted.connect(self.history.clean_up)
        for widget in (redo, box):
            looker = object()  # of this widget, but not itself: it may end before it looks away
            widget.looking.connect(lambda on, who=looker: self.history.attend(who, on))

    def _see(self, number: int) -> None:
        self.variations.show(number if number >= 0 else None)
        self.history.look_again()

    def _merge(self) -> None:
        self._end_looking()
        self.history.merge("")

    def _end_looking(self) -> None:
        """The picture is seen as it is."""
        if self.variations.shown is not None:
            self.variations.show(None)
        self.history.compare(False)
        self.looked_away.emit()

    def _turn_away(self) -> None:
        """Where another picture, or a question of Krita's, is in front, what is hidden is seen."""
        if self._documents.comparing() and (
            QApplication.activeModalWidget() is not None or not self._is_in_front()
        ):
            self._end_looking()

    def _is_in_front(self) -> bool:
        try:
            front = self._documents.active()
        except Refusal:
            return False
        return self._documents.identity(front) == self.history.document_id

    def _inserted(self) -> None:
        self._end_looking()
        self.history.stir()

    def _tell_history(self) -> None:
        self.history_changed.emit(self.history.entries, self.history.at_hand)

    def _tell_sights(self) -> None:
        self.sights_changed.emit(*self._sights())

    def _sights(self) -> Tuple[Tuple[Sight, ...], Optional[int], Callable[[int], QImage]]:
        return self.variations.sights(), self.variations.shown, self.variations.picture
