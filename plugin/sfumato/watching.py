"""What happens in Krita while nobody clicks, as signals: what the mask before the click follows."""

from .qt import QObject, Signal


class Watching(QObject):
    """Says what has changed in the document in front; what it is now has to be read.

    selection_changed: what is selected, maybe only which layer is active. picture_changed: what the
    picture shows. layer_changed: which layer is active, or which layers there are.
    document_changed: which document is in front, or in which view. Several of one turn of the event
    loop come as one; some may come without a change.

    This one sees nothing; `krita_io.watching` does.
    """

    selection_changed = Signal()
    picture_changed = Signal()
    layer_changed = Signal()
    document_changed = Signal()
