"""Rows of waiting jobs that are dragged to another place."""

from typing import List, Optional, Tuple

from ..qt import QApplication, QEvent, QFrame, QMouseEvent, QObject, QPoint, Qt, QWidget, Signal
from .job_row import JobRow


class RowDragging(QObject):
    """dropped: a job, and the number of rows that are above the place it was dropped at."""

    dropped = Signal(str, int)

    def __init__(self, rows: QWidget) -> None:
        super().__init__(rows)
        self._rows = rows
        self._grabbed: Optional[Tuple[JobRow, QPoint]] = None
        self._moving = False
        self._line = QFrame(rows)
        self._line.setFrameShape(QFrame.Shape.HLine)
        self._line.hide()

    def watch(self, row: JobRow) -> None:
        """Let a row be dragged."""
        row.installEventFilter(self)

    def eventFilter(self, watched: Optional[QObject], event: Optional[QEvent]) -> bool:
        """Follows the mouse from a press on a row to its release."""
        if isinstance(watched, JobRow) and isinstance(event, QMouseEvent):
            self._mouse(watched, event)
        return False

    def _mouse(self, row: JobRow, event: QMouseEvent) -> None:
        kind = event.type()
        place = row.mapTo(self._rows, event.pos())
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = (row, place)
        elif kind == QEvent.Type.MouseMove and self._grabbed is not None:
            if row.movable and self._far(place):
                self._moving = True
                self._show_line(self._above(place))
        elif kind == QEvent.Type.MouseButtonRelease and self._grabbed is not None:
            moved, self._moving, self._grabbed = self._moving, False, None
            self._line.hide()
            if moved:
                self.dropped.emit(row.job_id, self._above(place))

    def _far(self, place: QPoint) -> bool:
        assert self._grabbed is not None
        travelled = (place - self._grabbed[1]).manhattanLength()
        return self._moving or travelled >= QApplication.startDragDistance()

    def _above(self, place: QPoint) -> int:
        return sum(row.geometry().center().y() < place.y() for row in self._all())

    def _show_line(self, above: int) -> None:
        placed = self._all()
        y = placed[above].y() if above < len(placed) else placed[-1].geometry().bottom()
        self._line.setGeometry(0, max(y - 2, 0), self._rows.width(), 3)
        self._line.raise_()
        self._line.show()

    def _all(self) -> List[JobRow]:
        rows = [row for row in self._rows.findChildren(JobRow) if row.isVisible()]
        return sorted(rows, key=lambda row: row.y())
