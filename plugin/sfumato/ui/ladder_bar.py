"""The progress of a whole ladder in one bar: a part for each pass, as wide as it is much work."""

from typing import Optional, Sequence, Tuple

from ..core.words import tr
from ..qt import QPainter, QPaintEvent, QPalette, QPointF, QRectF, QSize, QSizePolicy, Qt, QWidget
from .plain import plain

_GAP = 2.0
_PADDING = 3


class LadderBar(QWidget):
    """Shows words over the parts; the words are cut off where they are longer than the bar."""

    def __init__(self) -> None:
        super().__init__()
        self._segments: Tuple[Tuple[float, float], ...] = ()
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_progress(self, segments: Sequence[Tuple[float, float]], words: str) -> None:
        """segments: how much work each pass is and what part of it is done, 0..1."""
        if (tuple(segments), words) == (self._segments, self._words):
            return
        self._segments, self._words = tuple(segments), words
        done = sum(work * share for work, share in segments)
        total = sum(work for work, _share in segments) or 1.0
        self.setAccessibleName(tr("Progress: {:.0f} %").format(100 * done / total))
        self.setAccessibleDescription(words)
        self.update()

    def text(self) -> str:
        """The words that lie over it."""
        return self._words

    def sizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().height() + _PADDING)

    def paintEvent(self, event: Optional[QPaintEvent]) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        total = sum(work for work, _share in self._segments)
        room = area.width() - _GAP * max(len(self._segments) - 1, 0)
        colours = self.palette()
        left = 0.0
        for work, share in self._segments:
            width = room * work / (total or 1.0)
            part = QRectF(left, 0.0, width, area.height())
            painter.fillRect(part, colours.color(QPalette.ColorRole.Base))
            part.setWidth(width * share)
            painter.fillRect(part, colours.color(QPalette.ColorRole.Highlight))
            left += width + _GAP
        painter.setPen(colours.color(QPalette.ColorRole.Text))
        metrics = self.fontMetrics()
        room = area.width() - 2 * _PADDING
        words = metrics.elidedText(plain(self._words), Qt.TextElideMode.ElideRight, int(room))
        base = (area.height() + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(_PADDING if self._segments else 0, base), words)
        painter.end()
