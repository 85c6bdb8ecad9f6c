"""Recipe, engine, prompt and seed."""

from dataclasses import replace
from typing import List, Optional, Tuple

from sfumato_protocol.messages import MAX_PROMPT, MAX_SEED, EngineInfo, RecipeInfo, Welcome

from ..core import actions
from ..core.choices import Choices, caution, engine_for
from ..core.words import tr
from ..qt import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QObject,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
    Signal,
)
from .buttons import named
from .calm_box import CalmBox
from .plain import PlainLabel, plain
from .section import GAP

_PROMPT_LINES = 3


class ChoicesForm(QObject):
    """Two parts of the form that show one `Choices`: ladder_part, prompt_part.

    changed: the `Choices` after the artist altered one.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._choices = Choices()
        self._welcome: Optional[Welcome] = None
        self.recipe = CalmBox()
        self.recipe.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.engine = CalmBox()
        self.engine.setSizeAdjustPolicy(self.recipe.sizeAdjustPolicy())
        self.engine_label = QLabel(tr("Engine"))
        self.ladder, self.about = PlainLabel(), PlainLabel()
        self.ladder_part, self.prompt_part = QWidget(), QWidget()
        self.prompt = QPlainTextEdit()
        self.prompt.setTabChangesFocus(True)
        line = self.prompt.fontMetrics().lineSpacing()
        self.prompt.setFixedHeight(_PROMPT_LINES * line + 12)
        self.negative = QLineEdit()
        self.negative.setPlaceholderText(tr("what to keep out (optional)"))
        self.negative.setMaxLength(MAX_PROMPT)
        self.seed = QLineEdit()
        self.seed.setMaxLength(len(str(MAX_SEED)))
        self.seed.setToolTip(tr("A whole number from 0 to {}").format(MAX_SEED))
        self.lock = named(QCheckBox(), actions.LOCK_SEED)
        self.dice = named(QToolButton(), actions.NEW_SEED)
        self._lay_out()
        self._connect()
        self.show_choices(self._choices)
        self.show_welcome(None)

    def show_choices(self, choices: Choices) -> None:
        """Show choices made elsewhere; says nothing of it."""
        self._choices = choices
        if self.prompt.toPlainText()[:MAX_PROMPT] != choices.prompt:
            self.prompt.setPlainText(choices.prompt)
        if self.negative.text() != choices.negative_prompt:
            self.negative.setText(choices.negative_prompt)
        self.seed.setText(str(choices.seed))
        self.lock.setChecked(choices.seed_locked)
        self._select(choices.recipe, choices.engine)

    def show_welcome(self, welcome: Optional[Welcome]) -> None:
        """Offer a server's recipes and engines; without a server the last ones stay, greyed."""
        self.recipe.setEnabled(welcome is not None)
        self.engine.setEnabled(welcome is not None)
        if welcome is None or welcome == self._welcome:
            return
        self._welcome = welcome
        _offer(
            self.recipe, [(recipe.title or recipe.name, recipe.name) for recipe in welcome.recipes]
        )
        engines = [(engine.title or engine.name, engine.name) for engine in welcome.engines]
        _offer(self.engine, [(_own(), ""), *engines])
        self._select(self._choices.recipe, self._choices.engine)

    def _lay_out(self) -> None:
        seeds = QHBoxLayout()
        seeds.addWidget(self.seed, 1)
        seeds.addWidget(self.dice)
        seeds.addWidget(self.lock)
        above = QVBoxLayout(self.ladder_part)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(GAP)
        for widget in (self.recipe, self.about, self.ladder):
            above.addWidget(widget)
        form = QFormLayout(self.prompt_part)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP)
        form.addRow(self.engine_label, self.engine)
        form.addRow(tr("Prompt"), self.prompt)
        form.addRow(tr("Without"), self.negative)
        form.addRow(tr("Seed"), seeds)

    def _connect(self) -> None:
        self.recipe.activated.connect(lambda _index: self._alter(recipe=self.recipe.currentData()))
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
            self._describe()
            self.changed.emit(after)

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

    def _select(self, recipe: str, engine: str) -> None:
        for box, name in ((self.recipe, recipe), (self.engine, engine)):
            index = box.findData(name)
            box.setCurrentIndex(max(index, 0) if box.count() else -1)
        self._describe()

    def _describe(self) -> None:
        recipe = self._recipe()
        self.ladder.setVisible(recipe is not None)
        self.about.setVisible(False)
        if recipe is None or self._welcome is None:
            return
        chosen = self._choices.engine
        engine = engine_for(self._welcome, recipe, chosen)
        self._show_engine(engine_for(self._welcome, recipe), len(self._welcome.engines))
        self.ladder.setText(_ladder(recipe, self._welcome, engine))
        words = (recipe.description, caution(self._welcome, recipe, chosen))
        self.about.setText("\n".join(word for word in words if word))
        self.about.setVisible(any(words))
        deaf = engine is not None and "prompt" not in engine.honours
        self.prompt.setPlaceholderText(
            tr("{} does not read prompts").format(plain(engine.title or engine.name))
            if engine is not None and deaf
            else tr("what should be there (optional)")
        )

    def _show_engine(self, own: Optional[EngineInfo], listed: int) -> None:
        """Say which engine the recipe takes by itself; offer others where there is a choice."""
        words = "{}: {}".format(_own(), plain(own.title or own.name)) if own else _own()
        self.engine.setItemText(0, words)
        for widget in (self.engine, self.engine_label):
            widget.setVisible(listed > 1 or own is None)

    def _recipe(self) -> Optional[RecipeInfo]:
        name = self.recipe.currentData()
        listed = self._welcome.recipes if self._welcome else ()
        return next((recipe for recipe in listed if recipe.name == name), None)


def _own() -> str:
    return tr("The recipe's own")


def _ladder(recipe: RecipeInfo, welcome: Welcome, own: Optional[EngineInfo]) -> str:
    """Strength and zone of each pass; the engine where it is not the job's."""
    titles = {engine.name: engine.title or engine.name for engine in welcome.engines}
    if own is not None:
        titles[own.name] = ""
    passes = []
    for step in recipe.passes:
        words = "{:.2f} {}".format(step.strength, step.zone)
        other = titles.get(step.engine, step.engine)
        passes.append("{} · {}".format(words, other) if other else words)
    return " → ".join(passes)


def _offer(box: QComboBox, entries: List[Tuple[str, str]]) -> None:
    """Fill a box with (shown, data) entries; says nothing of it."""
    box.blockSignals(True)
    box.clear()
    for shown, data in entries:
        box.addItem(plain(shown), data)
    box.blockSignals(False)
