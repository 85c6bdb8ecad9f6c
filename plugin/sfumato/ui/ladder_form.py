"""Recipe and ladder: which recipe, how strong all of it, and each of its passes."""

from dataclasses import replace
from typing import Optional

from sfumato_protocol.messages import EngineInfo, PassSpec, Welcome

from ..core import keeping
from ..core.choices import Choices, engine_for
from ..core.choices import caution as cautioned
from ..core.ladder import Ladder
from ..core.scale import Scale
from ..core.understood import recipe_title, understood
from ..core.words import tr
from ..qt import QVBoxLayout, QWidget, Signal
from .elided import Elided
from .ladder_table import LadderTable
from .plain import PlainLabel
from .recipe_bar import RecipeBar
from .section import GAP
from .slider import Slider

OVERALL = Scale(0.05, 2.0)


class LadderForm(QWidget):
    """altered: the `Choices` as the artist changed them."""

    altered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._choices = Choices()
        self._welcome: Optional[Welcome] = None
        self.bar = RecipeBar()
        self.about, self.caution = Elided(), PlainLabel()
        self.overall = Slider(
            tr("Overall strength"), OVERALL, "×{:.2f}".format,
            tr("Makes all passes weaker or stronger at once"),
        )  # fmt: skip
        self.table = LadderTable()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        for widget in (self.bar, self.about, self.caution, self.overall, self.table):
            layout.addWidget(widget)
        self.bar.picked.connect(self._pick)
        self.bar.restored.connect(
            lambda: self._alter(self._choices.with_recipe(self._choices.recipe))
        )
        self.overall.chosen.connect(
            lambda value: self._alter(replace(self._choices, overall=value))
        )
        self.table.changed.connect(self._relay)

    def show_choices(self, choices: Choices, welcome: Optional[Welcome], connected: bool) -> None:
        """Show choices; says nothing of it. welcome: the last one heard."""
        self._choices, self._welcome = choices, welcome
        self.bar.show_choices(choices, welcome, connected)
        recipe = keeping.listed(welcome, choices.recipe)
        for widget in (self.overall, self.table):
            widget.setVisible(recipe is not None)
            widget.setEnabled(connected)
        about, caution = "", ""
        if recipe is not None and welcome is not None:
            self.overall.show_value(choices.overall)
            self.table.show_ladder(choices.rungs(recipe), choices.overall, self._engine_of)
            about, caution = (
                understood(recipe.description),
                cautioned(welcome, recipe, choices.engine),
            )
        for label, words in ((self.about, about), (self.caution, caution)):
            label.setText(words)
            label.setVisible(bool(words))

    def altered_by_hand(self) -> bool:
        """Whether another ladder runs than the recipe's own."""
        recipe = keeping.listed(self._welcome, self._choices.recipe)
        return recipe is not None and self._choices.altered(recipe)

    def summary(self) -> str:
        """In a few words what will run."""
        recipe = keeping.listed(self._welcome, self._choices.recipe)
        if recipe is None:
            return ""
        strengths = ("{:.2f}".format(step.strength) for step in self._choices.passes(recipe))
        return "{} · {}".format(recipe_title(recipe), " → ".join(strengths))

    def _engine_of(self, step: PassSpec) -> Optional[EngineInfo]:
        recipe = keeping.listed(self._welcome, self._choices.recipe)
        if self._welcome is None or recipe is None:
            return None
        if not step.engine:
            return engine_for(self._welcome, recipe, self._choices.engine)
        return next((one for one in self._welcome.engines if one.name == step.engine), None)

    def _pick(self, name: str) -> None:
        """The one in use picked once more stays as it was altered."""
        now = keeping.listed(self._welcome, self._choices.recipe)
        if now is None or name != now.name:
            self._alter(self._choices.with_recipe(name))

    def _relay(self, ladder: Ladder) -> None:
        recipe = keeping.listed(self._welcome, self._choices.recipe)
        if recipe is not None:
            self._alter(self._choices.with_ladder(recipe, ladder))

    def _alter(self, choices: Choices) -> None:
        if choices != self._choices:
            self._choices = choices
            self.altered.emit(choices)
