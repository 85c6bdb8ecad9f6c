"""What an overlay needs of Krita's canvases; `krita_io` finds them, tests may do otherwise."""

from typing import Protocol, Sequence

from .qt import QTransform, QWidget


class Canvas(Protocol):
    """A view of a document, as long as that is the one in front of its window."""

    @property
    def widget(self) -> QWidget:
        """What the picture is painted on."""

    def transform(self) -> QTransform:
        """From canvas px to px of the widget: zoom, scrolling, rotation and mirror as they are."""


class Canvases(Protocol):
    """Where documents are seen. Main thread only."""

    def showing(self, document_id: str) -> Sequence[Canvas]:
        """The canvases in front, one a window, that show the document of that identity."""
