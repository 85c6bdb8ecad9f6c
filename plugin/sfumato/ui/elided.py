"""One line of anyone's text, cut off with "…" where there is no room for it."""

from typing import Optional

from ..qt import QLabel, QPainter, QPaintEvent, QPalette, QPointF, QSize, QSizePolicy, Qt
from .plain import plain, tip


class Elided(QLabel):
    """All of it is in the tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: Optional[str]) -> None:
        """Show text, whoever wrote it."""
        super().setText(plain(text or ""))
        self.setToolTip(tip(text or ""))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: Optional[QPaintEvent]) -> None:
        metrics = self.fontMetrics()
        words = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter = QPainter(self)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setPen(self.palette().color(group, QPalette.ColorRole.WindowText))
        base = (self.height() + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(0, base), words)
        painter.end()
