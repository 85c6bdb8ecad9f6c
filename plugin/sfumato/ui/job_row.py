"""A job in the docker: its picture, what it is, how far it is, and what can be done with it."""

from typing import Optional

from ..core import job as states
from ..core import rows
from ..core.job import Job
from ..core.words import tr
from ..qt import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPushButton,
    QStyle,
    QStyleOptionFocusRect,
    Qt,
    QWidget,
    Signal,
)
from . import glyphs
from .elided import Elided
from .glyphs import Sign
from .job_picture import JobPicture
from .ladder_bar import LadderBar
from .plain import tip

_GAP = 3
_CHOOSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class JobRow(QFrame):
    """Each signal carries the job's id; moved also by how many places it is to be later."""

    chosen = Signal(str)
    cancel_wanted = Signal(str)
    stop_wanted = Signal(str)
    insert_wanted = Signal(str)
    new_document_wanted = Signal(str)
    forget_wanted = Signal(str)
    moved = Signal(str, int)

    def __init__(self, job_id: str) -> None:
        super().__init__()
        self.job_id = job_id
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._stage = ""
        self._job: Optional[Job] = None
        self._place = (False, False, False)
        self.movable = False
        self.picture = JobPicture()
        self.title = Elided()
        self.bar = LadderBar()
        self.up = Sign(glyphs.UP, tr("Run it earlier"), lambda: self._move(-1))
        self.down = Sign(glyphs.DOWN, tr("Run it later"), lambda: self._move(1))
        self.stop = Sign(
            glyphs.STOP,
            tr("Stop, and keep the passes that are finished"),
            lambda: self.stop_wanted.emit(self.job_id),
        )
        self.cancel = Sign(glyphs.CANCEL, tr("Cancel this job"), self._cross)
        self.again = QPushButton(tr("Insert again"))
        self.again.setToolTip(tr("Put the kept passes into a picture that they fit"))
        self.again.clicked.connect(lambda _checked: self.insert_wanted.emit(self.job_id))
        self.as_new = QPushButton(tr("As new document"))
        self.as_new.setToolTip(tr("Put the kept passes into a document of their own"))
        self.as_new.clicked.connect(lambda _checked: self.new_document_wanted.emit(self.job_id))
        self._lay_out()

    def show_job(self, job: Job, movable: bool, first: bool, last: bool) -> None:
        """Show a job as it stands. movable: its server lets the line be changed; first, last: in
        it."""
        if job is self._job and self._place == (movable, first, last):
            return
        self._job, self._place = job, (movable, first, last)
        self._stage = job.stage
        self.picture.show_job(job)
        words = rows.words(job)
        kept = job.stage == states.KEPT
        self.movable = waits = movable and rows.movable(job)
        self.title.setText(words if kept else rows.title(job))
        self.bar.show_progress(rows.segments(job), words)
        self.setToolTip(tip(rows.aloud(job)))
        self.bar.setToolTip(tip(rows.aloud(job) or words))
        self.picture.setToolTip(tip(job.title))
        self.setAccessibleName("{}: {}".format(rows.title(job), words))
        self.up.setVisible(waits)
        self.down.setVisible(waits)
        self.up.setEnabled(not first)
        self.down.setEnabled(not last)
        self.stop.setVisible(job.open and bool(job.results))
        self.stop.setEnabled(not job.stopping)
        self.cancel.setToolTip(self._crossed())
        self.cancel.setAccessibleName(self._crossed())
        self.bar.setVisible(not kept)
        self.again.setVisible(kept)
        self.as_new.setVisible(kept)

    def show_chosen(self, chosen: bool) -> None:
        """Whether it is the one whose passes are shown below."""
        self.setFrameShape(QFrame.Shape.StyledPanel if chosen else QFrame.Shape.NoFrame)

    def mousePressEvent(self, event: Optional[QMouseEvent]) -> None:
        """A press on the row itself chooses it."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.job_id)

    def keyPressEvent(self, event: Optional[QKeyEvent]) -> None:
        """Space or Enter on the row itself chooses it."""
        if event is not None and event.key() in _CHOOSING:
            self.chosen.emit(self.job_id)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: Optional[QPaintEvent]) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            option = QStyleOptionFocusRect()
            option.initFrom(self)
            painter = QPainter(self)
            style = self.style()
            assert style is not None
            style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)
            painter.end()

    def _cross(self) -> None:
        over = self._stage in states.SETTLED
        (self.forget_wanted if over else self.cancel_wanted).emit(self.job_id)

    def _crossed(self) -> str:
        if self._stage == states.KEPT:
            return tr("Give the kept passes up; they cannot be had again")
        if self._stage in states.SETTLED:
            return tr("Take this row away; the layers stay")
        return tr("Cancel this job; the document is not changed")

    def _move(self, by: int) -> None:
        self.moved.emit(self.job_id, by)

    def _lay_out(self) -> None:
        signs = QHBoxLayout()
        signs.setSpacing(0)
        for button in (self.up, self.down, self.stop, self.cancel):
            signs.addWidget(button)
        below = QWidget()
        line = QHBoxLayout(below)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(_GAP)
        for widget in (self.bar, self.again, self.as_new):
            line.addWidget(widget, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(1, 1, 1, 1)
        grid.setHorizontalSpacing(_GAP)
        grid.setVerticalSpacing(1)
        grid.addWidget(self.picture, 0, 0, 2, 1)
        grid.addWidget(self.title, 0, 1)
        grid.addLayout(signs, 0, 2)
        grid.addWidget(below, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
