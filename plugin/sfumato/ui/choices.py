"""The parts of the form that show one `Choices`: the ladder's, the prompt's, where layers go."""

from typing import Optional

from sfumato_protocol.messages import Welcome

from ..core.choices import Choices
from ..qt import QObject, Signal
from .ladder_form import LadderForm
from .place_box import PlaceBox
from .prompt_form import PromptForm


class ChoicesForm(QObject):
    """changed: the `Choices` after the artist altered one. kept, deleted: recipes for the server,
    as `RecipeBar` tells them."""

    changed = Signal(object)
    kept = Signal(object, bool)
    deleted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._choices = Choices()
        self._welcome: Optional[Welcome] = None
        self._connected = False
        self.ladder_part, self.prompt_part = LadderForm(), PromptForm()
        self.place = PlaceBox()
        self.recipe, self.about = self.ladder_part.bar.box, self.ladder_part.about
        self.caution = self.ladder_part.caution
        self.table, self.engine = self.ladder_part.table, self.prompt_part.engine
        self.prompt, self.negative = self.prompt_part.prompt, self.prompt_part.negative
        self.seed, self.lock, self.dice = (
            self.prompt_part.seed,
            self.prompt_part.lock,
            self.prompt_part.dice,
        )
        self.ladder_part.altered.connect(self._alter)
        self.prompt_part.altered.connect(self._alter)
        self.place.altered.connect(self._alter)
        self.ladder_part.bar.kept.connect(self.kept)
        self.ladder_part.bar.deleted.connect(self.deleted)
        self._show()

    def show_choices(self, choices: Choices) -> None:
        """Show choices made elsewhere; says nothing of it."""
        self._choices = choices
        self._show()

    def show_welcome(self, welcome: Optional[Welcome]) -> None:
        """Offer a server's recipes and engines; without a server the last ones stay, greyed."""
        self._connected = welcome is not None
        self._welcome = welcome or self._welcome
        self._show()

    def _show(self) -> None:
        for part in (self.ladder_part, self.prompt_part):
            part.show_choices(self._choices, self._welcome, self._connected)
        self.place.show_choices(self._choices)

    def _alter(self, choices: Choices) -> None:
        self._choices = choices
        self._show()
        self.changed.emit(choices)
