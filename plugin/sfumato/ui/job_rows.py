"""The jobs in the docker: a row for each that waits, runs, is kept or has just ended, and the
picture of the one that runs."""

from typing import Dict, List, Optional, Tuple, cast

from ..core import actions, rows, sentences
from ..core.job import FAILED, KEPT, RUNNING, SETTLED, Job
from ..jobs import Jobs
from ..qt import QMessageBox, QPushButton, QVBoxLayout, QWidget, Signal
from .buttons import named
from .job_details import JobDetails
from .job_row import JobRow
from .preview import Preview
from .row_dragging import RowDragging
from .section import GAP

_MOST_OVER = 3
_LOW = 500  # px: below it a docker has room for one row of what is over
_LEAST_PREVIEW = 96  # px high
_REST = 200  # px of the docker that are not the preview's


class JobRows(QWidget):
    """cancel_wanted: of a job by its id, open or kept. stop_wanted: end it with what it has.
    move_wanted: let it run before the other, "" for last. insert_wanted, new_document_wanted: for
    the kept passes of one job, or of all for "". forget_wanted: take its row away. said: what the
    job that is shown says now. chosen: the artist wants to see more of a job. details: of that job,
    to be put elsewhere.
    """

    cancel_wanted = Signal(str)
    stop_wanted = Signal(str)
    move_wanted = Signal(str, str)
    insert_wanted = Signal(str)
    new_document_wanted = Signal(str)
    forget_wanted = Signal(str)
    said = Signal(str)
    chosen = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._rows: Dict[str, JobRow] = {}
        self._chosen = ""
        self._told = ("", "")
        self._most_over = _MOST_OVER
        self.shown: Optional[Job] = None
        self.details = JobDetails()
        self.preview = Preview()
        self.again = self._key(actions.INSERT_AGAIN)
        self.as_new = self._key(actions.INSERT_AS_NEW)
        self.discard = self._key(actions.DISCARD)
        self.stop = self._key(actions.STOP)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self._layout.addWidget(self.preview)
        self._dragging = RowDragging(self)
        self._dragging.dropped.connect(self._drop)
        self._connect()
        self.refresh()

    @property
    def sentence(self) -> str:
        """What the job that is shown has to say, "" for nothing that its row does not show."""
        return rows.aloud(self.shown) if self.shown is not None else ""

    def row(self, job_id: str) -> JobRow:
        """The row of a job. Raises `KeyError`."""
        return self._rows[job_id]

    def in_order(self) -> Tuple[JobRow, ...]:
        """The rows from top to bottom."""
        return tuple(self._rows[job.id] for job in self._listed())

    def give_room(self, height: int) -> None:
        """Tell how high the docker is, px: the preview takes what is left of it, and what is over
        has less room in a low one."""
        self.preview.show_within(max(height - _REST, _LEAST_PREVIEW))
        most_over = 1 if height < _LOW else _MOST_OVER
        if most_over != self._most_over:
            self._most_over = most_over
            self.refresh()

    def refresh(self) -> None:
        """Show the jobs as they are."""
        listed = self._listed()
        self._keep([job.id for job in listed])
        waiting = [job.id for job in listed if rows.movable(job)]
        movable = self._jobs.can_move and len(waiting) > 1
        for place, job in enumerate(listed):
            row = self._rows[job.id]
            ends = (job.id in waiting[:1], job.id in waiting[-1:])
            row.show_job(job, movable, *ends)
            if self._layout.indexOf(row) != place:
                self._layout.insertWidget(place, row)
            row.setVisible(True)
        self._show(listed)
        for key, usable in (
            (self.again, bool(self._jobs.kept())),
            (self.as_new, bool(self._jobs.kept())),
            (self.discard, bool(self._jobs.kept())),
            (self.stop, any(job.open and job.results for job in listed)),
        ):
            key.setEnabled(usable)

    def _listed(self) -> Tuple[Job, ...]:
        everything = rows.in_order(filter(rows.has_row, self._jobs.all()))
        over = [job for job in everything if job.stage in SETTLED]
        return tuple(job for job in everything if job not in over[self._most_over :])

    def _keep(self, wanted: List[str]) -> None:
        """A row for each of these jobs, and no other."""
        for job_id in [known for known in self._rows if known not in wanted]:
            row = self._rows.pop(job_id)
            row.hide()
            self._layout.removeWidget(row)
            row.deleteLater()
        for job_id in wanted:
            if job_id not in self._rows:
                self._rows[job_id] = self._new_row(job_id)
                self._chosen = ""  # what is new is of more interest

    def _new_row(self, job_id: str) -> JobRow:
        row = JobRow(job_id)
        row.chosen.connect(self._choose)
        row.cancel_wanted.connect(self._cancel)
        row.stop_wanted.connect(self.stop_wanted)
        row.insert_wanted.connect(self.insert_wanted)
        row.new_document_wanted.connect(self.new_document_wanted)
        row.forget_wanted.connect(self.forget_wanted)
        row.moved.connect(self._move)
        self._dragging.watch(row)
        return row

    def _show(self, listed: Tuple[Job, ...]) -> None:
        """The chosen job, else the first, which is the one that runs."""
        chosen = [job for job in listed if job.id == self._chosen]
        self.shown = next(iter(chosen or listed), None)
        for job_id, row in self._rows.items():
            row.show_chosen(len(listed) > 1 and self.shown is not None and job_id == self.shown.id)
        self.details.show_job(self.shown)
        running = [job for job in listed if job.stage == RUNNING]
        seen = self.shown if self.shown in running else next(iter(running), None)
        self.preview.show_jpeg(seen.preview if seen is not None else b"")
        told = (self.shown.id if self.shown is not None else "", self.sentence)
        before, self._told = self._told, told
        if told != before and (told[1] or before[1]):
            self.said.emit(told[1])

    def _choose(self, job_id: str) -> None:
        self._chosen = job_id
        self.refresh()
        self.chosen.emit()

    def _move(self, job_id: str, by: int) -> None:
        job = self._jobs.find(job_id)
        if job is not None:
            possible, before = rows.before_it(self._jobs.all(), job, by)
            if possible:
                self.move_wanted.emit(job_id, before)

    def _drop(self, job_id: str, place: int) -> None:
        """A row was dragged to a place among all rows: only those that wait in line count."""
        waiting = [job.id for job in self._listed() if rows.movable(job)]
        over = [row.job_id for row in self.in_order()[:place] if row.job_id != job_id]
        if job_id in waiting:
            to = sum(one in waiting for one in over)
            self._move(job_id, to - waiting.index(job_id))

    def _cancel(self, job_id: str) -> None:
        job = self._jobs.find(job_id)
        if job is None or job.stage != KEPT or self._certain(sentences.discard(1)):
            self.cancel_wanted.emit(job_id)

    def _discard(self) -> None:
        kept = self._jobs.kept()
        if kept and self._certain(sentences.discard(len(kept))):
            for job in kept:
                self.cancel_wanted.emit(job.id)

    def _stop(self) -> None:
        for job in [one for one in self._listed() if one.open and one.results][:1]:
            self.stop_wanted.emit(job.id)

    def _connect(self) -> None:
        self.again.clicked.connect(lambda _checked: self.insert_wanted.emit(""))
        self.as_new.clicked.connect(lambda _checked: self.new_document_wanted.emit(""))
        self.discard.clicked.connect(lambda _checked: self._discard())
        self.stop.clicked.connect(lambda _checked: self._stop())
        self._jobs.changed.connect(self._changed)
        self._jobs.forgotten.connect(self._forgotten)

    def _changed(self, job: Job) -> None:
        self.refresh()
        if job.stage == FAILED and (job.id, job.said) != self._told:
            self.said.emit(job.said)  # whichever job is shown

    def _forgotten(self, _job_id: str) -> None:
        self.refresh()

    def _key(self, name: str) -> QPushButton:
        """What an action presses, for whichever row it is; the rows have buttons of their own."""
        button = QPushButton(self)
        named(button, name)
        button.hide()
        return button

    def _certain(self, asked: str) -> bool:
        """Whether the artist means it."""
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        both = cast(QMessageBox.StandardButton, yes | no)  # PyQt5's stub has a number
        return bool(QMessageBox.question(self, "Sfumato", asked, both, no) == yes)
