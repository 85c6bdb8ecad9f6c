"""One pass of the ladder as a row: whether it runs, where, and how strong."""

from dataclasses import replace
from typing import Optional, Tuple

from sfumato_protocol.geometry import RING, WHOLE, WIDE

from ..core import ladder
from ..core.ladder import Rung, band, scaled
from ..core.scale import Scale
from ..core.words import tr
from ..qt import (
    QCheckBox,
    QColor,
    QEvent,
    QHBoxLayout,
    QObject,
    QPainter,
    QPaintEvent,
    QPalette,
    QWidget,
    Signal,
)
from .box import Box
from .plain import PlainLabel, tip
from .section import GAP
from .slider import Slider

STRENGTH = Scale(ladder.LEAST_STRENGTH, 1.0)
BAND_COLOURS = {
    ladder.SUBTLE: "#8fc7d8",
    ladder.CORRECTS: "#4caf6e",
    ladder.DRIFTS: "#d9a441",
    ladder.REPLACES: "#c8553d",
}
_CURRENT = 90  # of 255: how much of the highlight lies behind the row in hand


def zones() -> Tuple[Tuple[str, str], ...]:
    """What each zone is called, and its name."""
    return ((tr("Whole"), WHOLE), (tr("Ring"), RING), (tr("Wide"), WIDE))


class RungRow(QWidget):
    """changed: the `Rung` as the artist altered it. entered: the artist took the row in hand."""

    changed = Signal(object)
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rung = Rung()
        self._overall = 1.0
        self._current = False
        self.on = QCheckBox()
        self.on.setToolTip(tr("Whether this pass runs"))
        self.zone = Box(tr("Zone"))
        self.zone.offer(zones())
        self.zone.setToolTip(
            tip(
                tr("Whole: the selection and a soft edge around it"),
                tr("Ring: along the selection's edge alone"),
                tr("Wide: the selection with a very soft, wide edge"),
            )
        )
        self.strength = Slider(
            tr("Strength"), STRENGTH, self._words, _strength_hint(),
            tuple((start, QColor(BAND_COLOURS[name])) for start, name in ladder.BANDS),
            caption=False,
        )  # fmt: skip
        self.more = PlainLabel()
        self.more.setFixedWidth(self.fontMetrics().horizontalAdvance("…") + 2)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 1, 2, 1)
        row.setSpacing(GAP)
        row.addWidget(self.on)
        row.addWidget(self.zone, 1)
        row.addWidget(self.strength, 3)
        row.addWidget(self.more)
        for widget in (self.on, self.zone, self.strength):
            widget.installEventFilter(self)
        self.on.clicked.connect(lambda on: self._alter(replace(self._rung, on=bool(on))))
        self.zone.activated.connect(lambda _index: self._step(zone=self.zone.currentData()))
        self.strength.chosen.connect(lambda value: self._step(strength=value))

    def show_rung(self, rung: Rung, number: int, overall: float, current: bool, more: str) -> None:
        """Show a pass; says nothing of it. number: its place, from 1. overall: the factor on all
        strengths. current: it is the one in hand. more: what else is special about it."""
        self._rung, self._overall, self._current = rung, overall, current
        title = tr("Pass {}").format(number)
        self.on.setText(str(number))
        self.on.setChecked(rung.on)
        self.on.setAccessibleName(tr("{} runs").format(title))
        self.zone.setAccessibleName(tr("{}, zone").format(title))
        self.strength.setAccessibleName(tr("{}, strength").format(title))
        self.zone.choose(rung.step.zone)
        self.strength.show_value(rung.step.strength)
        for widget in (self.zone, self.strength):
            widget.setEnabled(rung.on)
        self.more.setText("…" if more else "")
        self.more.setToolTip(tip(more) if more else "")
        self.update()

    def eventFilter(self, watched: Optional[QObject], event: Optional[QEvent]) -> bool:
        """A click or the keyboard takes the row in hand."""
        if event is not None and event.type() in (
            QEvent.Type.FocusIn,
            QEvent.Type.MouseButtonPress,
        ):
            self.entered.emit()
        return bool(super().eventFilter(watched, event))

    def mousePressEvent(self, event: object) -> None:
        self.entered.emit()

    def paintEvent(self, event: Optional[QPaintEvent]) -> None:
        if self._current:
            painter = QPainter(self)
            colour = self.palette().color(QPalette.ColorRole.Highlight)
            colour.setAlpha(_CURRENT)
            painter.fillRect(self.rect(), colour)
            painter.end()

    def _words(self, strength: float) -> str:
        runs = scaled(strength, self._overall)
        name = tr(band(runs))
        if runs == strength:
            return "{:.2f} {}".format(strength, name)
        return "{:.2f} → {:.2f} {}".format(strength, runs, name)

    def _step(self, **values: object) -> None:
        step = replace(self._rung.step, **values)  # type: ignore[arg-type]
        self._alter(replace(self._rung, step=step))

    def _alter(self, rung: Rung) -> None:
        if rung != self._rung:
            self._rung = rung
            self.changed.emit(rung)


def _strength_hint() -> str:
    return tr(
        "How much of what is there may change: below 0.5 subtle, to 0.75 it corrects, "
        "to 0.85 a face drifts into another, above that it is replaced"
    )
