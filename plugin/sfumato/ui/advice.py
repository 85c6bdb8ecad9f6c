"""What the server would advise before the click: a quiet line each, and why for who asks."""

from typing import List, Optional, Sequence, Tuple

from sfumato_protocol.messages import Note

from ..core.understood import understood
from ..core.words import tr
from ..qt import (
    QHBoxLayout,
    QKeyEvent,
    QLabel,
    QMouseEvent,
    QSizePolicy,
    QStyle,
    Qt,
    QVBoxLayout,
    QWidget,
)
from .plain import PlainLabel

_ICON = 14  # px


class AdviceLine(QWidget):
    """One note; a click, Enter or the space bar shows and hides why."""

    def __init__(self, note: Note) -> None:
        super().__init__()
        self._note = note
        self._asked = False
        self.words = PlainLabel()
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        style = self.style()
        assert style is not None
        icon = QLabel()
        sign = style.standardIcon(QStyle.StandardPixmap.SP_MessageBoxInformation)
        icon.setPixmap(sign.pixmap(_ICON, _ICON))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.words, 1)
        if note.why:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._show()

    def mousePressEvent(self, event: Optional[QMouseEvent]) -> None:
        self._turn()

    def keyPressEvent(self, event: Optional[QKeyEvent]) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event is not None and event.key() in keys:
            self._turn()
        else:
            super().keyPressEvent(event)

    def _turn(self) -> None:
        self._asked = bool(self._note.why) and not self._asked
        self._show()

    def _show(self) -> None:
        said = understood(self._note.sentence)
        self.words.setText(said + "\n" + understood(self._note.why) if self._asked else said)
        self.setAccessibleName(self.words.text())
        if self._note.why:
            self.setToolTip(tr("Hide why") if self._asked else tr("Click to see why"))


class Advice(QWidget):
    """The notes on one thing, under it; takes no room while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._notes: Tuple[Note, ...] = ()
        self.lines: List[AdviceLine] = []
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(2)
        self.hide()

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show these in place of those before; what is said already stays as it is."""
        if tuple(notes) == self._notes:
            return
        self._notes = tuple(notes)
        for line in self.lines:
            self._inside.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = [AdviceLine(note) for note in self._notes]
        for line in self.lines:
            self._inside.addWidget(line)
        self.setVisible(bool(self.lines))
