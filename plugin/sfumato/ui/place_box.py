"""Where the layers of a job go, and so what of the picture is read for it."""

from dataclasses import replace

from ..core.choices import ABOVE, TOP, Choices
from ..core.words import tr
from ..qt import Signal
from .box import Box
from .plain import tip


class PlaceBox(Box):
    """altered: the `Choices` as the artist changed them."""

    altered = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("Where the layers go"))
        self._choices = Choices()
        self.offer(((tr("Layers go above the active one"), ABOVE), (tr("Layers go on top"), TOP)))
        self.setToolTip(
            tip(
                tr("Above the active layer: what lies above it is not read, and stays above"),
                tr("On top: the whole picture is read as it is seen"),
            )
        )
        self.activated.connect(lambda _index: self._alter())

    def show_choices(self, choices: Choices) -> None:
        """Show what is chosen; says nothing of it."""
        self._choices = choices
        self.choose(choices.place)

    def _alter(self) -> None:
        choices = replace(self._choices, place=self.currentData())
        if choices != self._choices:
            self._choices = choices
            self.altered.emit(choices)
