"""The mask in hand: feather, grow, context, and whether it stays inside the selection."""

from dataclasses import replace
from typing import Callable, Optional

from sfumato_protocol.geometry import MaskSettings, Rect

from ..core import actions
from ..core.hand import AUTO, MaskHand
from ..core.scale import Scale
from ..core.words import tr
from ..qt import QCheckBox, QHBoxLayout, Qt, QToolButton, QVBoxLayout, QWidget, Signal
from .buttons import named
from .section import GAP
from .slider import Slider

_LENGTHS = Scale(0, 256, step=1, special=AUTO)  # px
_CONTEXTS = Scale(0.25, 4.0, tenfold=50)


class Length(QWidget):
    """A length in px, or what fits by itself. chosen: the length, `AUTO` for that."""

    chosen = Signal(float)

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self._fitting: Optional[float] = None
        self.slider = Slider(name, _LENGTHS, self._words, hint)
        self.auto = QToolButton()
        self.auto.setAutoRaise(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.auto)
        self.slider.chosen.connect(self._choose)
        self.auto.clicked.connect(self._switch)

    def show_length(self, length: float) -> None:
        """Show what is chosen; says nothing of it."""
        self.slider.show_value(length)
        self.auto.setChecked(length < 0)

    def show_fitting(self, length: Optional[float]) -> None:
        """What fits by itself, px; None where that is not known."""
        self._fitting = length
        self.slider.update()

    def _words(self, length: float) -> str:
        if length >= 0:
            return tr("{} px").format(round(length))
        if self._fitting is None:
            return tr("auto")
        return tr("auto, {} px").format(round(self._fitting))

    def _choose(self, length: float) -> None:
        self.auto.setChecked(length < 0)
        self.chosen.emit(length)

    def _switch(self, on: bool) -> None:
        length = AUTO if on else float(round(self._fitting or 0.0))
        self.slider.show_value(length)
        self.chosen.emit(length)


class MaskForm(QWidget):
    """changed: the `MaskHand` after the artist altered it."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._hand = MaskHand()
        self._crop: Optional[Rect] = None
        self.feather = Length(
            tr("Feather"), tr("How wide the edge is over which the change fades out")
        )
        self.grow = Length(tr("Grow"), tr("How far beyond the selection everything changes"))
        self.context = Slider(
            tr("Context"),
            _CONTEXTS,
            self._context_words,
            tr("How much of the picture around the selection the model sees"),
        )
        named(self.feather.auto, actions.FEATHER_AUTO)
        named(self.grow.auto, actions.GROW_AUTO)
        self.inside = named(QCheckBox(), actions.STAY_INSIDE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        for widget in (self.feather, self.grow, self.context):
            layout.addWidget(widget)
        layout.addWidget(self.inside, 0, Qt.AlignmentFlag.AlignLeft)
        self.feather.chosen.connect(self._setter("feather"))
        self.grow.chosen.connect(self._setter("grow"))
        self.context.chosen.connect(self._setter("context"))
        self.inside.clicked.connect(lambda on: self._alter(replace(self._hand, keep_inside=on)))
        self.show_hand(self._hand)

    def show_hand(self, hand: MaskHand) -> None:
        """Show what is chosen; says nothing of it."""
        self._hand = hand
        self.feather.show_length(hand.feather)
        self.grow.show_length(hand.grow)
        self.context.show_value(hand.context)
        self.inside.setChecked(hand.keep_inside)

    def show_lengths(self, fitting: Optional[MaskSettings], crop: Optional[Rect]) -> None:
        """What fits by itself, and what is sent; None where that is not known."""
        self._crop = crop
        self.feather.show_fitting(fitting.feather if fitting else None)
        self.grow.show_fitting(fitting.grow if fitting else None)
        self.context.update()

    def _context_words(self, factor: float) -> str:
        words = tr("× {:.2g}").format(factor)
        if self._crop is None:
            return words
        return tr("{} ({} × {} px)").format(words, self._crop.width, self._crop.height)

    def _setter(self, field: str) -> Callable[[float], None]:
        def alter(value: float) -> None:
            changes = {field: value}
            self._alter(replace(self._hand, **changes))  # type: ignore[arg-type]

        return alter

    def _alter(self, hand: MaskHand) -> None:
        if hand != self._hand:
            self._hand = hand
            self.changed.emit(hand)
