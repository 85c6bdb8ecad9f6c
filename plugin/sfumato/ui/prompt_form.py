"""Model, prompt and seed."""

from dataclasses import replace
from typing import Optional, Tuple

from sfumato_protocol.messages import MAX_PROMPT, MAX_SEED, EngineInfo, Welcome

from ..core import actions, keeping
from ..core.choices import Choices, engine_for
from ..core.words import tr
from ..qt import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    Qt,
    QToolButton,
    QWidget,
    Signal,
)
from .box import Box
from .buttons import named
from .plain import plain
from .section import GAP

_PROMPT_LINES = 3


class PromptForm(QWidget):
    """altered: the `Choices` as the artist changed them."""

    altered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._choices = Choices()
        self._welcome: Optional[Welcome] = None
        self._engines: Tuple[EngineInfo, ...] = ()
        self.engine = Box(tr("Model"))
        self.engine_label = QLabel(tr("Model"))
        self.prompt = QPlainTextEdit()
        self.prompt.setTabChangesFocus(True)
        self.prompt.setAccessibleName(tr("Prompt"))
        line = self.prompt.fontMetrics().lineSpacing()
        self.prompt.setFixedHeight(_PROMPT_LINES * line + 12)
        self.negative = QLineEdit()
        self.negative.setPlaceholderText(tr("what to keep out (optional)"))
        self.negative.setAccessibleName(tr("Without"))
        self.negative.setMaxLength(MAX_PROMPT)
        self.seed = QLineEdit()
        self.seed.setMaxLength(len(str(MAX_SEED)))
        self.seed.setAccessibleName(tr("Seed"))
        self.seed.setToolTip(tr("A whole number from 0 to {}").format(MAX_SEED))
        self.lock = named(QToolButton(), actions.LOCK_SEED)
        self.dice = named(QToolButton(), actions.NEW_SEED)
        self._lay_out()
        self._connect()

    def show_choices(self, choices: Choices, welcome: Optional[Welcome], connected: bool) -> None:
        """Show choices; says nothing of it. welcome: the last one heard."""
        if welcome is not None and welcome.engines != self._engines:
            self._engines = welcome.engines
            self.engine.offer([(_own(), ""), *((_title(one), one.name) for one in self._engines)])
        self._choices, self._welcome = choices, welcome
        if self.prompt.toPlainText()[:MAX_PROMPT] != choices.prompt:
            self.prompt.setPlainText(choices.prompt)
        if self.negative.text() != choices.negative_prompt:
            self.negative.setText(choices.negative_prompt)
        self.seed.setText(str(choices.seed))
        self.lock.setChecked(choices.seed_locked)
        self.engine.setEnabled(connected)
        self.engine.choose(choices.engine)
        self._describe()

    def summary(self) -> str:
        """In a few words what is chosen here."""
        return self._choices.prompt or self.engine.currentText()

    def _lay_out(self) -> None:
        seeds = QHBoxLayout()
        seeds.setSpacing(GAP)
        seeds.addWidget(self.seed, 1)
        for button in (self.dice, self.lock):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setAutoRaise(True)
            seeds.addWidget(button)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP)
        form.addRow(self.engine_label, self.engine)
        form.addRow(tr("Prompt"), self.prompt)
        form.addRow(tr("Without"), self.negative)
        form.addRow(tr("Seed"), seeds)

    def _connect(self) -> None:
        self.engine.activated.connect(lambda _index: self._alter(engine=self.engine.currentData()))
        self.prompt.textChanged.connect(
            lambda: self._alter(prompt=self.prompt.toPlainText()[:MAX_PROMPT])
        )
        self.negative.textEdited.connect(lambda text: self._alter(negative_prompt=text))
        self.seed.editingFinished.connect(self._seed_typed)
        self.lock.clicked.connect(lambda on: self._alter(seed_locked=bool(on)))
        self.dice.clicked.connect(self._draw)

    def _alter(self, **values: object) -> None:
        after = replace(self._choices, **values)  # type: ignore[arg-type]
        if after != self._choices:
            self._choices = after
            self.altered.emit(after)

    def _seed_typed(self) -> None:
        text = self.seed.text().strip()
        seed = int(text) if text.isdecimal() else -1
        if 0 <= seed <= MAX_SEED:
            self._alter(seed=seed)
        self.seed.setText(str(self._choices.seed))

    def _draw(self) -> None:
        seed = replace(self._choices, seed_locked=False).drawn().seed
        self._alter(seed=seed)
        self.seed.setText(str(seed))

    def _describe(self) -> None:
        """Say what a prompt is for, and which model the recipe takes by itself."""
        recipe = keeping.listed(self._welcome, self._choices.recipe)
        if self._welcome is None or recipe is None:
            return
        own = engine_for(self._welcome, recipe)
        words = "{}: {}".format(_own(), _title(own)) if own is not None else _own()
        self.engine.setItemText(0, plain(words))
        for widget in (self.engine, self.engine_label):
            widget.setVisible(len(self._welcome.engines) > 1 or own is None)
        engine = engine_for(self._welcome, recipe, self._choices.engine)
        deaf = engine is not None and "prompt" not in engine.honours
        self.prompt.setPlaceholderText(
            tr("{} does not read prompts").format(plain(engine.title or engine.name))
            if engine is not None and deaf
            else tr("what should be there (optional)")
        )


def _own() -> str:
    return tr("The recipe's own")


def _title(engine: EngineInfo) -> str:
    """Its title, and whether a job may begin at once."""
    title = engine.title or engine.name
    return tr("{} · in memory").format(title) if engine.loaded else title
