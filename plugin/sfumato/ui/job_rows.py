"""The jobs in the docker: what runs and how far it is, and what is kept of those that are over."""

from typing import Optional, cast

from ..core import actions, sentences
from ..core.job import Job
from ..jobs import Jobs
from ..qt import QMessageBox, QPushButton, QVBoxLayout, QWidget, Signal
from .buttons import named
from .passes import PassTable
from .plain import PlainLabel
from .preview import Preview
from .section import GAP


class JobRows(QWidget):
    """cancel_wanted: of a job by its id, open or kept. insert_wanted, new_document_wanted: for the
    kept passes. said: the sentence of the job that is shown."""

    cancel_wanted = Signal(str)
    insert_wanted = Signal()
    new_document_wanted = Signal()
    said = Signal(str)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self.shown: Optional[Job] = None
        self.kept = PlainLabel()
        self.again = named(QPushButton(), actions.INSERT_AGAIN)
        self.as_new = named(QPushButton(), actions.INSERT_AS_NEW)
        self.discard = named(QPushButton(), actions.DISCARD)
        self.passes = PassTable()
        self.preview = Preview()
        self.advice = PlainLabel()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        for widget in (self.kept, self.again, self.as_new, self.discard):
            layout.addWidget(widget)
        for widget in (self.passes, self.advice, self.preview):
            layout.addWidget(widget)
        self.again.clicked.connect(lambda _checked: self.insert_wanted.emit())
        self.as_new.clicked.connect(lambda _checked: self.new_document_wanted.emit())
        self.discard.clicked.connect(lambda _checked: self._discard())
        self._jobs.changed.connect(self._job_changed)
        self._show_jobs()

    def _job_changed(self, job: Job) -> None:
        self._show_jobs()
        if self.shown is not None and job.id == self.shown.id:
            self.said.emit(job.said)

    def _show_jobs(self) -> None:
        """The oldest open job, which is the one that runs; else the newest."""
        everything, under_way = self._jobs.all(), self._jobs.open()
        self.shown = under_way[0] if under_way else (everything[-1] if everything else None)
        titles = [job.title for job in self._jobs.kept()]
        self.kept.setText(sentences.kept(titles) if titles else "")
        for widget in (self.kept, self.again, self.as_new, self.discard):
            widget.setVisible(bool(titles))
        self.advice.setVisible(False)
        self.passes.setVisible(self.shown is not None)
        if self.shown is not None:
            self._show_job(self.shown)

    def _show_job(self, job: Job) -> None:
        self.passes.show_job(job)
        self.preview.show_jpeg(job.preview if job.open else b"")
        said = (*job.request.remarks, *(note.sentence for note in job.notes))
        self.advice.setText("\n".join("• " + sentence for sentence in said))
        self.advice.setVisible(bool(said))

    def _discard(self) -> None:
        kept = self._jobs.kept()
        if self._certain(sentences.discard(len(kept))):
            for job in kept:
                self.cancel_wanted.emit(job.id)

    def _certain(self, asked: str) -> bool:
        """Whether the artist means it."""
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        both = cast(QMessageBox.StandardButton, yes | no)  # PyQt5's stub has a number
        return bool(QMessageBox.question(self, "Sfumato", asked, both, no) == yes)
