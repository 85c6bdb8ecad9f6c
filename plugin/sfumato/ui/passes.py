"""A job's ladder, one row a pass: what it is and how far it has come."""

from typing import List, Optional, Tuple

from sfumato_protocol.messages import Figure, PlannedPass
from sfumato_protocol.specs import LOOK_HERE

from ..core.job import Job, PassResult
from ..qt import QGridLayout, QProgressBar, QWidget
from .plain import PlainLabel, plain, tip

_FULL = 1000


class PassTable(QWidget):
    """Shows the passes of one job at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._rows: List[Tuple[PlainLabel, QProgressBar]] = []

    def show_job(self, job: Job) -> None:
        """Show a job as it stands."""
        self._resize(len(job.plan))
        done = job.indices
        for row, planned in enumerate(job.plan):
            label, bar = self._rows[row]
            label.setText(_title(planned))
            bar.setValue(_FULL if planned.index in done else _share(job, planned))
            bar.setFormat(_words(job, planned))
            bar.setToolTip(_figures(job, planned))

    def _resize(self, count: int) -> None:
        while len(self._rows) < count:
            label, bar = PlainLabel(), QProgressBar()
            label.setWordWrap(False)
            bar.setRange(0, _FULL)
            row = len(self._rows)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(bar, row, 1)
            self._rows.append((label, bar))
        for row, widgets in enumerate(self._rows):
            for widget in widgets:
                widget.setVisible(row < count)


def _title(planned: PlannedPass) -> str:
    """Its number, zone and strength; the engine where it is not the job's."""
    words = "{} {} · {:.2f}".format(planned.index, planned.extent.zone, planned.strength)
    return "{} · {}".format(words, planned.engine) if planned.engine else words


def _share(job: Job, planned: PlannedPass) -> int:
    """Progress of a pass that has not arrived, 0.._FULL."""
    heard = job.progress
    if heard is None or planned.index > heard.index:
        return 0
    if planned.index < heard.index:
        return _FULL
    return _FULL * heard.step // heard.steps if heard.steps else 0


def _words(job: Job, planned: PlannedPass) -> str:
    result = _result(job, planned)
    if result is not None:
        faults = [figure.name for figure in result.figures if figure.word == LOOK_HERE]
        words = ["{:.1f} s".format(result.seconds)]
        if faults:
            words.append("{}: {}".format(LOOK_HERE, ", ".join(faults)))
        return " · ".join(words)
    heard = job.progress
    if heard is None or heard.index != planned.index:
        return ""
    return "{} / {}".format(heard.step, heard.steps) if heard.steps else plain(heard.note)


def _figures(job: Job, planned: PlannedPass) -> str:
    """What was measured of a finished pass, one figure a paragraph of rich text."""
    result = _result(job, planned)
    if result is None:
        return ""
    said = [_told(figure) for figure in result.figures]
    said += ["{}: {}".format(note.rule, note.sentence) for note in result.unmeasured]
    return tip(*said)


def _told(figure: Figure) -> str:
    if not figure.word:
        return "{}: {:.3g}".format(figure.name, figure.value)
    return "{} ({:.3g}): {}. {}".format(figure.name, figure.value, figure.word, figure.sentence)


def _result(job: Job, planned: PlannedPass) -> Optional[PassResult]:
    for result in job.results:
        if result.planned.index == planned.index:
            return result
    return None
