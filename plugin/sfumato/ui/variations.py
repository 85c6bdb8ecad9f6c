"""Small pictures of variations, to be seen in place, kept or given up."""

from typing import Callable, Dict, List, Optional, Sequence

from ..core import actions
from ..core import history_sentences as sentences
from ..core.again import Sight
from ..qt import (
    QGridLayout,
    QHBoxLayout,
    QIcon,
    QImage,
    QPixmap,
    QPushButton,
    QSize,
    Qt,
    QToolButton,
    QVBoxLayout,
    QWidget,
    Signal,
)
from .buttons import named
from .plain import tip
from .section import GAP

_SIDE = 56  # px
_ACROSS = 4


class VariationStrip(QWidget):
    """show_wanted: the number of the one to be seen in place, -1 for none. keep_wanted: of the one
    to be kept. give_up_wanted: of all that are not kept."""

    show_wanted = Signal(int)
    keep_wanted = Signal(int)
    give_up_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.buttons: List[QToolButton] = []
        self._drawn: Dict[int, int] = {}
        self._shown = -1
        self.keep = named(QPushButton(), actions.KEEP_VARIATION)
        self.give_up = named(QPushButton(), actions.GIVE_UP_VARIATIONS)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        self._grid.setColumnStretch(_ACROSS, 1)
        below = QHBoxLayout()
        below.setSpacing(GAP)
        below.addWidget(self.keep, 1)
        below.addWidget(self.give_up, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(self._grid)
        layout.addLayout(below)
        self.keep.clicked.connect(lambda _checked: self.keep_wanted.emit(self._shown))
        self.give_up.clicked.connect(lambda _checked: self.give_up_wanted.emit())
        self.setVisible(False)

    def show_sights(
        self, sights: Sequence[Sight], shown: Optional[int], picture: Callable[[int], QImage]
    ) -> None:
        """Show variations as they stand. shown: the one that is seen in place. picture: of one, as
        far as its passes have come; asked when there is more to see."""
        self._shown = -1 if shown is None else shown
        if len(sights) != len(self.buttons):
            self._resize(len(sights))
        for number, sight in enumerate(sights):
            self._show(number, sight, picture)
        seen = 0 <= self._shown < len(sights)
        self.keep.setEnabled(seen and not sights[self._shown].kept)
        self.setVisible(bool(sights))

    def _show(self, number: int, sight: Sight, picture: Callable[[int], QImage]) -> None:
        button = self.buttons[number]
        words = sentences.variation(number + 1, sight)
        button.setText(sentences.variation_state(sight))
        button.setToolTip(tip(words, sight.failed) if sight.failed else tip(words))
        button.setAccessibleName(words)
        button.setEnabled(sight.finished or sight.kept)
        button.setChecked(number == self._shown)
        if sight.passes != self._drawn.get(number, 0):
            self._drawn[number] = sight.passes
            image = picture(number)
            if not image.isNull():
                pixmap = QPixmap.fromImage(image)
                icon = QIcon(pixmap)
                icon.addPixmap(pixmap, QIcon.Mode.Disabled)
                button.setIcon(icon)

    def _resize(self, count: int) -> None:
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.deleteLater()
        self._drawn = {}
        self.buttons = [self._button(number) for number in range(count)]
        for number, button in enumerate(self.buttons):
            self._grid.addWidget(button, number // _ACROSS, number % _ACROSS)

    def _button(self, number: int) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setIconSize(QSize(_SIDE, _SIDE))
        button.setFixedWidth(_SIDE + 4)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.clicked.connect(lambda on: self.show_wanted.emit(number if on else -1))
        return button
