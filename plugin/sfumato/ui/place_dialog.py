"""Asks where kept passes go: by name, for one job at a time."""

from typing import Optional, Sequence

from ..core.types import Place
from ..core.words import tr
from ..qt import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QVBoxLayout,
    QWidget,
)
from .calm_box import CalmBox
from .plain import PlainLabel, plain


class PlaceDialog(QDialog):
    """asked: one sentence. places: the first is chosen unless the artist takes another."""

    def __init__(
        self, asked: str, places: Sequence[Place], parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Insert again"))
        self._places = places
        self.asked = PlainLabel(asked)  # it quotes file names
        self.choice = CalmBox()
        self.choice.addItems([plain(place.title) for place in places])
        self.buttons = QDialogButtonBox()
        self.buttons.addButton(tr("Insert"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(tr("Keep for later"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.asked, self.choice, self.buttons):
            layout.addWidget(widget)

    @property
    def place(self) -> Place:
        """The chosen one."""
        return self._places[self.choice.currentIndex()]


def ask_place(asked: str, places: Sequence[Place]) -> Optional[Place]:
    """The artist's choice, None if the passes are to stay kept."""
    dialog = PlaceDialog(asked, places, QApplication.activeWindow())
    return dialog.place if dialog.exec() else None
