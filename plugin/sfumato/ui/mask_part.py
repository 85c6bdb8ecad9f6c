"""What the docker shows and asks of the mask: the zones, advice on them, the lengths."""

from ..core.hand import MaskHand
from ..core.shaping import Foresight, Look, about
from ..qt import QVBoxLayout, QWidget, Signal
from .advice import Advice
from .mask_form import MaskForm
from .mask_view import MaskView
from .section import GAP


class MaskPart(QWidget):
    """chosen: a `MaskHand`. looked: a `Look`."""

    chosen = Signal(object)
    looked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.view, self.advice, self.form = MaskView(), Advice(), MaskForm()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        for widget in (self.view, self.advice, self.form):
            layout.addWidget(widget)
        self.form.changed.connect(self.chosen)
        self.view.looked.connect(self.looked)

    def show_hand(self, hand: MaskHand) -> None:
        """What the artist chose of the mask."""
        self.form.show_hand(hand)

    def show_look(self, look: Look) -> None:
        """What of it is looked at."""
        self.view.show_look(look)

    def show_foresight(self, foresight: Foresight) -> None:
        """What a click would do now."""
        self.view.show_foresight(foresight)
        self.advice.show_notes(about(foresight.notes, "mask"))
        places = foresight.places
        crop = places[0].crop if places else None
        self.form.show_lengths(places[0].fitting if places else None, crop)
