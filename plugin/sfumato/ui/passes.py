"""A job's ladder, one row a pass: what it is, how far it has come and what was measured of it."""

from typing import List, Optional, Tuple

from sfumato_protocol.messages import Figure, PlannedPass
from sfumato_protocol.specs import LOOK_HERE

from ..core import figure_sentences
from ..core.job import Job, PassResult
from ..core.understood import understood
from ..core.words import tr
from ..qt import QGridLayout, QProgressBar, QWidget
from .plain import PlainLabel, plain, tip

_FULL = 1000
_GAP = 2


class PassRow:
    """The widgets of one pass in a table's grid: two rows of it."""

    def __init__(self, grid: QGridLayout, number: int) -> None:
        self.label, self.bar, self.words = PlainLabel(), QProgressBar(), PlainLabel()
        self._shown: Tuple[object, ...] = ()
        self.label.setWordWrap(False)
        self.bar.setRange(0, _FULL)
        grid.addWidget(self.label, 2 * number, 0)
        grid.addWidget(self.bar, 2 * number, 1)
        grid.addWidget(self.words, 2 * number + 1, 0, 1, 2)

    def show_pass(self, job: Job, planned: PlannedPass) -> None:
        """Show a pass as it stands."""
        result = _result(job, planned)
        value = _FULL if result is not None else _share(job, planned)
        shown = (planned, result, value, _words(job, planned))
        if shown == self._shown:
            return
        self._shown = shown
        self.label.setText(_title(planned))
        self.label.setToolTip(tip(*_settings(planned)))
        self.bar.setUpdatesEnabled(False)  # or else it paints the whole docker at once
        self.bar.setValue(value)
        self.bar.setFormat(_words(job, planned))
        self.bar.setUpdatesEnabled(True)
        self.bar.setToolTip(_figures(result))
        self.bar.setAccessibleName(_title(planned))
        told = _told_plainly(result)
        self.words.setText(told)
        self.words.setToolTip(_figures(result))
        self.label.setVisible(True)
        self.bar.setVisible(True)
        self.words.setVisible(bool(told))

    def hide(self) -> None:
        """Show nothing."""
        self._shown = ()
        for widget in (self.label, self.bar, self.words):
            widget.setVisible(False)


class PassTable(QWidget):
    """Shows the passes of one job at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self._grid.setColumnStretch(1, 1)
        self._rows: List[PassRow] = []

    def show_job(self, job: Job) -> None:
        """Show a job as it stands."""
        while len(self._rows) < len(job.plan):
            self._rows.append(PassRow(self._grid, len(self._rows)))
        for place, planned in enumerate(job.plan):
            self._rows[place].show_pass(job, planned)
        for row in self._rows[len(job.plan) :]:
            row.hide()


def _title(planned: PlannedPass) -> str:
    """Its number, zone and strength; the engine where it is not the job's."""
    words = "{} {} · {:.2f}".format(planned.index, planned.extent.zone, planned.strength)
    return "{} · {}".format(words, planned.engine) if planned.engine else words


def _settings(planned: PlannedPass) -> List[str]:
    """What it runs with, one setting a paragraph."""
    said = [tr("Seed {}").format(planned.seed)]
    if planned.prompt:
        said.append(tr("Prompt: {}").format(planned.prompt))
    return said


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
        took = tr("{:.1f} s").format(result.seconds)
        faults = any(figure.word == LOOK_HERE for figure in result.figures)
        return tr("{} · look here").format(took) if faults else took
    heard = job.progress
    if heard is None or heard.index != planned.index:
        return ""
    return "{} / {}".format(heard.step, heard.steps) if heard.steps else plain(heard.note)


def _told_plainly(result: Optional[PassResult]) -> str:
    """Each figure by a word, its number behind it; then the advice on the pass."""
    if result is None:
        return ""
    figures = figure_sentences.plainly(result.figures)
    notes = ["• " + understood(note.sentence) for note in result.notes]
    return "\n".join([figures, *notes] if figures else notes)


def _figures(result: Optional[PassResult]) -> str:
    """What was measured of a finished pass, one figure a paragraph of rich text."""
    if result is None:
        return ""
    said = [_told(figure) for figure in result.figures]
    said += ["{}: {}".format(note.rule, understood(note.sentence)) for note in result.unmeasured]
    said += [understood(note.why) for note in result.notes if note.why]
    return tip(*said)


def _told(figure: Figure) -> str:
    if not figure.word:
        return "{}: {:.3g}".format(figure.name, figure.value)
    return "{} ({:.3g}): {}. {}".format(
        figure.name, figure.value, figure.word, understood(figure.sentence)
    )


def _result(job: Job, planned: PlannedPass) -> Optional[PassResult]:
    for result in job.results:
        if result.planned.index == planned.index:
            return result
    return None
