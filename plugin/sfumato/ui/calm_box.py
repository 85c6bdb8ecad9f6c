"""A box of choices that the wheel passes by unless it has the keyboard."""

from typing import Optional

from ..qt import QComboBox, Qt, QWheelEvent


class CalmBox(QComboBox):
    """Scrolling the docker with the pointer over it chooses nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # a wheel would give it the keyboard

    def wheelEvent(self, event: Optional[QWheelEvent]) -> None:
        """Leave the wheel to what scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        elif event is not None:
            event.ignore()
