"""What is done with the result at hand: seen without it, done again from a pass on, merged."""

from typing import Optional, Tuple

from sfumato_protocol.messages import MAX_PROMPT

from ..core import actions, again, ladder
from ..core import history_sentences as sentences
from ..core.again import MOST_VARIATIONS, Wish
from ..core.hand import MaskHand
from ..core.history import Entry
from ..core.scale import Scale
from ..core.words import tr
from ..qt import (
    QApplication,
    QCheckBox,
    QColor,
    QHBoxLayout,
    QHideEvent,
    QLineEdit,
    QPushButton,
    QShowEvent,
    Qt,
    QTimer,
    QToolButton,
    QVBoxLayout,
    QWidget,
    Signal,
)
from .box import Box
from .buttons import named
from .elided import Elided
from .plain import plain
from .rung_row import BAND_COLOURS
from .section import GAP
from .slider import Slider

STRENGTH = Scale(0.01, 1.0)
COUNT = Scale(1, MOST_VARIATIONS, 1)


class RedoForm(QWidget):
    """wanted: a `Wish`. merge_wanted. comparing: whether to show the picture without the result.
    looking: whether somebody can see it."""

    wanted = Signal(object)
    merge_wanted = Signal()
    comparing = Signal(bool)
    looking = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._entry: Optional[Entry] = None
        self._hand = MaskHand()
        self._at_once = QTimer(self)
        self._at_once.setSingleShot(True)
        self._latched = False
        self.title = Elided()
        self.compare = named(QToolButton(), actions.COMPARE)
        self.start = Box(tr("From pass"))
        self.strength = Slider(
            tr("Strength"), STRENGTH, "{:.2f}".format,
            tr("Of this pass; those after it follow in proportion"),
            tuple((start, QColor(BAND_COLOURS[name])) for start, name in ladder.BANDS),
        )  # fmt: skip
        self.prompt = QLineEdit()
        self.masking = Box(tr("Mask"))
        self.other_seed = named(QCheckBox(), actions.OTHER_SEED)
        self.count = Slider(tr("Variations"), COUNT, "{:.0f}".format, tr(
            "With more than one you choose among small pictures before any goes into the document"
        ))  # fmt: skip
        self.redo = named(QPushButton(), actions.REDO)
        self.merge = named(QPushButton(), actions.MERGE)
        self._parts: Tuple[QWidget, ...] = ()
        self._dress()
        self._lay_out()
        self._connect()
        self.show_entry(None)

    def show_entry(self, entry: Optional[Entry]) -> None:
        """The job that it is about, None for none. What was typed stays while that is the same."""
        same = entry is not None and self._entry is not None and entry.id == self._entry.id
        self._entry = entry
        self.setEnabled(entry is not None)
        for widget in self._parts:
            widget.setVisible(entry is not None)
        self.title.setText(sentences.at_hand(entry))
        if not same:
            self.end_comparing()
            self._fill()

    def show_hand(self, hand: MaskHand) -> None:
        """The mask's settings as they are in the docker now."""
        self._hand = hand

    def wish(self) -> Wish:
        """What the form says."""
        first, entry = self._first(), self._entry
        strength, prompt = self.strength.chosen_value(), self.prompt.text()
        hand, selects = self._masks()[max(self.masking.currentIndex(), 0)][1:]
        same_prompt = entry is None or prompt == again.prompt_of(entry.record, first)
        same = entry is None or abs(strength - again.strength_of(entry.record, first)) < 0.005
        seed = entry.record.seed if entry is not None and not self.other_seed.isChecked() else None
        return Wish(
            first=first,
            count=round(self.count.chosen_value()),
            seed=seed,
            strength=0.0 if same else strength,
            prompt=None if same_prompt else prompt,
            hand=self._hand if hand else None,
            selects=selects,
        )

    def showEvent(self, event: Optional[QShowEvent]) -> None:
        super().showEvent(event)
        self.looking.emit(True)

    def hideEvent(self, event: Optional[QHideEvent]) -> None:
        super().hideEvent(event)
        self.end_comparing()
        self.looking.emit(False)

    def _first(self) -> int:
        return max(self.start.currentIndex(), 0) + 1

    @staticmethod
    def _masks() -> Tuple[Tuple[str, bool, bool], ...]:
        """What may be said of the mask, whether the docker's settings count, and whether what is
        selected now does."""
        return (
            (tr("Mask as it was"), False, False),
            (tr("Mask settings of now"), True, False),
            (tr("Selection of now"), False, True),
            (tr("Selection and mask settings of now"), True, True),
        )

    def _dress(self) -> None:
        self.compare.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.start.setToolTip(
            tr("Earlier passes stay as they are, with their masks as painted now")
        )
        self.masking.setToolTip(tr("Which mask the passes get that are done again"))
        for title, _hand, _selects in self._masks():
            self.masking.addItem(title)
        self.prompt.setMaxLength(MAX_PROMPT)
        self.prompt.setPlaceholderText(tr("Prompt of the passes that are done again"))
        self.prompt.setAccessibleName(tr("Prompt of the passes that are done again"))
        self.prompt.setToolTip(self.prompt.placeholderText())
        self.other_seed.setChecked(True)
        self.count.show_value(1)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        rows: Tuple[Tuple[Tuple[QWidget, int], ...], ...] = (
            ((self.title, 1), (self.compare, 0)),
            ((self.start, 1), (self.strength, 1)),
            ((self.prompt, 1),),
            ((self.masking, 1),),
            ((self.other_seed, 0), (self.count, 1)),
            ((self.redo, 1), (self.merge, 0)),
        )
        self._parts = tuple(widget for row in rows for widget, _s in row if widget != self.title)
        for row in rows:
            line = QHBoxLayout()
            line.setSpacing(GAP)
            for widget, stretch in row:
                line.addWidget(widget, stretch)
            layout.addLayout(line)

    def _connect(self) -> None:
        self.start.currentIndexChanged.connect(lambda _index: self._show_pass())
        self.redo.clicked.connect(lambda _checked: self.wanted.emit(self.wish()))
        self.merge.clicked.connect(lambda _checked: self.merge_wanted.emit())
        self.compare.pressed.connect(self._press)
        self.compare.released.connect(self._release)

    def _fill(self) -> None:
        """The passes of the job. What was done again is likely to be done again from the same pass
        on; else it is the last one."""
        record = self._entry.record if self._entry is not None else None
        self.start.blockSignals(True)
        self.start.clear()
        for planned in record.plan if record is not None else ():
            self.start.addItem(plain(sentences.from_pass(planned)))
        again_from = record.first if record is not None and record.base else self.start.count()
        self.start.setCurrentIndex(min(again_from, self.start.count()) - 1)
        self.start.blockSignals(False)
        self._show_pass()

    def _show_pass(self) -> None:
        if self._entry is not None:
            self.strength.show_value(again.strength_of(self._entry.record, self._first()))
            self.prompt.setText(again.prompt_of(self._entry.record, self._first()))

    def _press(self) -> None:
        if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._at_once.start(0)  # a key's click lets go before the event loop turns
        self._show_before(not self._latched)

    def _release(self) -> None:
        """Held by mouse or space bar it ends here; a shortcut leaves it on till the next."""
        self._latched = self._at_once.isActive() and not self._latched
        self._at_once.stop()
        self._show_before(self._latched)

    def end_comparing(self) -> None:
        """The button is let go, whatever holds it."""
        if self._latched or self.compare.isDown():
            self._latched = False
            self._show_before(False)

    def _show_before(self, on: bool) -> None:
        self.compare.setDown(on)
        self.comparing.emit(on)
