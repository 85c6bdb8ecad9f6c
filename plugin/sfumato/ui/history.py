"""The jobs of the picture in front, with small pictures and what can be done with each."""

from typing import Optional, Tuple

from ..core import actions
from ..core import history_sentences as sentences
from ..core.history import Entries, Entry
from ..qt import (
    QAbstractItemView,
    QGridLayout,
    QHideEvent,
    QIcon,
    QListWidget,
    QListWidgetItem,
    QPixmap,
    QShowEvent,
    QSize,
    QSizePolicy,
    Qt,
    QToolButton,
    QVBoxLayout,
    QWidget,
    Signal,
)
from .buttons import named
from .jpeg import decoded
from .plain import plain, tip
from .section import GAP

_SIDE = 40  # px
_ROWS = 4
_ACROSS = 2
_JOB = Qt.ItemDataRole.UserRole


class HistoryBox(QWidget):
    """use_wanted, run_wanted, restore_wanted, select_wanted, forget_wanted: of a job by its id.
    clean_wanted: of records whose layers are gone. looking: whether somebody can see it."""

    use_wanted = Signal(str)
    run_wanted = Signal(str)
    restore_wanted = Signal(str)
    select_wanted = Signal(str)
    forget_wanted = Signal(str)
    clean_wanted = Signal()
    looking = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._entries: Entries = ()
        self.list = QListWidget()
        self.use = named(QToolButton(), actions.USE_SETTINGS)
        self.run = named(QToolButton(), actions.RUN_AGAIN)
        self.restore = named(QToolButton(), actions.RESTORE_SELECTION)
        self.select = named(QToolButton(), actions.SELECT_LAYERS)
        self.forget = named(QToolButton(), actions.FORGET)
        self.clean = named(QToolButton(), actions.CLEAN_UP)
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _row: self._enable())
        self.list.itemActivated.connect(lambda _item: self._ask(self.select_wanted))
        for button, signal in self._asking():
            button.clicked.connect(lambda _checked, wanted=signal: self._ask(wanted))
        self.clean.clicked.connect(lambda _checked: self.clean_wanted.emit())
        self.show_entries((), None)

    def show_entries(self, entries: Entries, at_hand: Optional[Entry]) -> None:
        """The jobs, newest first, and which of them is at hand. What was marked stays marked."""
        marked = self.marked() or (at_hand.id if at_hand is not None else "")
        if entries != self._entries:
            self._entries = entries
            self._fill()
        for row, entry in enumerate(entries):
            if entry.id == marked:
                self.list.setCurrentRow(row)
        self._enable()

    def marked(self) -> str:
        """The job that is marked, "" for none."""
        item = self.list.currentItem()
        return str(item.data(_JOB)) if item is not None else ""

    def showEvent(self, event: Optional[QShowEvent]) -> None:
        super().showEvent(event)
        self.looking.emit(True)

    def hideEvent(self, event: Optional[QHideEvent]) -> None:
        super().hideEvent(event)
        self.looking.emit(False)

    def _asking(self) -> Tuple[Tuple[QToolButton, object], ...]:
        return (
            (self.use, self.use_wanted),
            (self.run, self.run_wanted),
            (self.restore, self.restore_wanted),
            (self.select, self.select_wanted),
            (self.forget, self.forget_wanted),
        )

    def _ask(self, wanted: object) -> None:
        if self.marked():
            wanted.emit(self.marked())  # type: ignore[attr-defined]

    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for entry in self._entries:
            item = QListWidgetItem(plain(sentences.history_title(entry)))
            item.setText(item.text() + "\n" + plain(sentences.history_words(entry)))
            item.setToolTip(tip(sentences.history_title(entry), *sentences.history_tip(entry)))
            item.setIcon(_icon(entry.thumbnail))
            item.setData(_JOB, entry.id)
            font = item.font()
            font.setItalic(not entry.group)
            item.setFont(font)
            self.list.addItem(item)
        self.list.blockSignals(False)

    def _enable(self) -> None:
        marked = [entry for entry in self._entries if entry.id == self.marked()]
        for button, _wanted in self._asking():
            button.setEnabled(bool(marked))
        self.select.setEnabled(bool(marked and marked[0].group))
        self.clean.setEnabled(any(not entry.group for entry in self._entries))

    def _lay_out(self) -> None:
        self.list.setIconSize(QSize(_SIDE, _SIDE))
        self.list.setAccessibleName(sentences.history_name())
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setFixedHeight(_ROWS * (_SIDE + 4) + 4)
        grid = QGridLayout()
        grid.setSpacing(GAP)
        buttons = (self.use, self.run, self.restore, self.select, self.forget, self.clean)
        for number, button in enumerate(buttons):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            grid.addWidget(button, number // _ACROSS, number % _ACROSS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.list)
        layout.addLayout(grid)


def _icon(jpeg: bytes) -> QIcon:
    """A job's small picture in a square, so that all words begin at one line."""
    square = QPixmap(_SIDE, _SIDE)
    square.fill(Qt.GlobalColor.transparent)
    image = decoded(jpeg)
    if image.isNull():
        return QIcon(square)
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return QIcon(QPixmap.fromImage(image.scaled(QSize(_SIDE, _SIDE), keep, smooth)))
