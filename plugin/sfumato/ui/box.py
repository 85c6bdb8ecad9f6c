"""A box of named entries, as narrow as the docker has it."""

from typing import Iterable, Tuple

from ..qt import QComboBox, QSizePolicy
from .calm_box import CalmBox
from .plain import plain


class Box(CalmBox):
    """name: what it is called, for who cannot see it. It shrinks with the docker."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def offer(self, entries: Iterable[Tuple[str, str]]) -> None:
        """Fill it with (title, data) entries; says nothing of it."""
        self.blockSignals(True)
        self.clear()
        for title, data in entries:
            self.addItem(plain(title), data)
        self.blockSignals(False)

    def choose(self, data: str) -> None:
        """Show the entry with that data, the first where there is none; says nothing of it."""
        self.blockSignals(True)
        self.setCurrentIndex(max(self.findData(data), 0) if self.count() else -1)
        self.blockSignals(False)
