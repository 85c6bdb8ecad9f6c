"""The mask before the click, over the canvas."""

from ..core.shaping import Foresight, Look
from ..qt import QObject
from .overlay import Laid, Overlays
from .tint import zones_of

_NAME = "mask"


class MaskOverlay(QObject):
    """Keeps what lies over the canvas in step with what a click would do."""

    def __init__(self, overlays: Overlays) -> None:
        super().__init__()
        self._overlays = overlays

    def show(self, foresight: Foresight, look: Look) -> None:
        """Show the zones that are looked at, of all places; nothing if they are not wanted."""
        if not look.on_canvas or not foresight.places:
            self._overlays.hide(_NAME)
            return
        laid = [Laid(place.crop, zones_of(look.zones(place))) for place in foresight.places]
        self._overlays.show(_NAME, foresight.document_id, laid)
