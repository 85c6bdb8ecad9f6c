"""What is known of one job: its passes with their figures, and what is advised."""

from typing import Optional, Tuple

from ..core.job import Job
from ..core.understood import understood
from ..qt import QVBoxLayout, QWidget
from .passes import PassTable
from .plain import PlainLabel, tip
from .section import GAP


class JobDetails(QWidget):
    """Hidden as long as there is nothing of it to show."""

    def __init__(self) -> None:
        super().__init__()
        self.passes = PassTable()
        self.advice = PlainLabel()
        self.advice.hide()
        self._advice: Tuple[object, ...] = ((), ())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.passes)
        layout.addWidget(self.advice)

    def show_job(self, job: Optional[Job]) -> None:
        """Show a job as it stands, None for none."""
        self.setVisible(job is not None and bool(job.plan or job.request.remarks))
        if job is None:
            return
        self.passes.show_job(job)
        advice = (job.request.remarks, job.notes)
        if advice == self._advice:
            return
        self._advice = advice
        notes = [note for note in job.notes if not note.index]
        said = (*job.request.remarks, *(understood(note.sentence) for note in notes))
        self.advice.setText("\n".join("• " + sentence for sentence in said))
        self.advice.setToolTip(tip(*(understood(note.why) for note in notes if note.why)))
        self.advice.setVisible(bool(said))
