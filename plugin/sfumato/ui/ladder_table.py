"""The ladder's passes, a row each, with what can be done to the one in hand."""

from typing import Callable, List, Optional, Tuple

from sfumato_protocol.messages import MAX_PASSES, EngineInfo, PassSpec, PlannedPass

from ..core import actions, ladder
from ..core.ladder import Ladder, Rung, with_rung
from ..core.words import tr
from ..qt import QHBoxLayout, QToolButton, QVBoxLayout, QWidget, Signal
from .buttons import named
from .plain import plain
from .rung_details import RungDetails
from .rung_row import RungRow
from .section import GAP

EngineOf = Callable[[PassSpec], Optional[EngineInfo]]


class LadderTable(QWidget):
    """changed: the `Ladder` as the artist altered it."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._ladder: Ladder = ()
        self._overall = 1.0
        self._engine_of: EngineOf = lambda _step: None
        self._plan: Tuple[PlannedPass, ...] = ()
        self._asked: Ladder = ()  # what the plan is of
        self.current = 0
        self.rows: List[RungRow] = []
        self.add = named(QToolButton(), actions.ADD_PASS)
        self.remove = named(QToolButton(), actions.REMOVE_PASS)
        self.up = named(QToolButton(), actions.PASS_UP)
        self.down = named(QToolButton(), actions.PASS_DOWN)
        self.more = named(QToolButton(), actions.PASS_DETAILS)
        self.details = RungDetails()
        self.details.setVisible(False)
        self._lay_out()
        self.details.changed.connect(lambda rung: self._put(self.current, rung))
        self.add.clicked.connect(lambda _checked: self._add())
        self.remove.clicked.connect(lambda _checked: self._remove())
        self.up.clicked.connect(lambda _checked: self._move(-1))
        self.down.clicked.connect(lambda _checked: self._move(1))
        self.more.toggled.connect(self.details.setVisible)

    def show_ladder(self, shown: Ladder, overall: float, engine_of: EngineOf) -> None:
        """Show a ladder; says nothing of it. overall: the factor on all strengths. engine_of: what
        a pass runs on."""
        self._ladder, self._overall, self._engine_of = shown, overall, engine_of
        self.current = min(self.current, max(len(shown) - 1, 0))
        while len(self.rows) < len(shown):
            self._add_row()
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(shown))
        self._show()

    def show_plan(self, plan: Tuple[PlannedPass, ...]) -> None:
        """What a click would run now, () if that is not known."""
        if plan != self._plan:
            self._plan, self._asked = plan, self._ladder
            self._show()

    def take(self, place: int) -> None:
        """Take a pass in hand."""
        if place != self.current and place < len(self._ladder):
            self.current = place
            self._show()

    def _show(self) -> None:
        for place, rung in enumerate(self._ladder):
            current = place == self.current and len(self._ladder) > 1
            self.rows[place].show_rung(
                rung, place + 1, self._overall, current, self._special(rung.step)
            )
        count = len(self._ladder)
        self.add.setEnabled(0 < count < MAX_PASSES)
        self.remove.setEnabled(count > 1)
        self.up.setEnabled(self.current > 0)
        self.down.setEnabled(self.current < count - 1)
        self.more.setEnabled(count > 0)
        if count:
            rung = self._ladder[self.current]
            lengths = ladder.lengths(self._ladder, self._asked, self._plan)[self.current]
            self.details.show_rung(rung, self.current + 1, self._engine_of(rung.step), lengths)

    def _special(self, step: PassSpec) -> str:
        """What else than zone and strength is chosen of a pass, in a few words."""
        words = []
        engine = self._engine_of(step)
        if step.engine:
            words.append(plain(engine.title or engine.name) if engine else plain(step.engine))
        if step.feather != 1.0:
            words.append(tr("feather ×{:g}").format(step.feather))
        if step.width != 1.0:
            words.append(tr("width ×{:g}").format(step.width))
        if step.steps:
            words.append(tr("{} steps").format(step.steps))
        if step.guidance >= 0:
            words.append(tr("guidance {:g}").format(step.guidance))
        if step.prompt:
            words.append(tr("“{}”").format(plain(step.prompt[:80])))
        return " · ".join(words)

    def _lay_out(self) -> None:
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        for button in (self.add, self.up, self.down, self.more):
            button.setAutoRaise(True)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.remove.setAutoRaise(True)
        buttons.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(self._rows)
        layout.addLayout(buttons)
        layout.addWidget(self.details)

    def _add_row(self) -> None:
        row, place = RungRow(), len(self.rows)
        row.changed.connect(lambda rung: self._put(place, rung))
        row.entered.connect(lambda: self.take(place))
        self.rows.append(row)
        self._rows.addWidget(row)

    def _put(self, place: int, rung: Rung) -> None:
        self._become(with_rung(self._ladder, place, rung))

    def _add(self) -> None:
        after = ladder.with_copy(self._ladder, self.current)
        self.current += len(after) - len(self._ladder)
        self._become(after)

    def _remove(self) -> None:
        after = ladder.without(self._ladder, self.current)
        self.current = min(self.current, len(after) - 1)
        self._become(after)

    def _move(self, by: int) -> None:
        after = ladder.moved(self._ladder, self.current, self.current + by)
        self.current += by
        self._become(after)

    def _become(self, after: Ladder) -> None:
        self.show_ladder(after, self._overall, self._engine_of)
        self.changed.emit(after)
