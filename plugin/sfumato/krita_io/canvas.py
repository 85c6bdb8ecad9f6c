"""Where Krita shows a document: the widget that it paints on, and how the picture lies there."""

from typing import Any, List, Optional

from krita import Krita

from ..qt import QAbstractScrollArea, QMdiArea, QRectF, QTransform, QWidget
from .documents import KritaDocuments

_PAINTED = ("KisQPainterCanvas", "KisOpenGLCanvas2")
_POINTS = 72.0  # to an inch, which Krita's zoom is told by


class KritaCanvas:
    """The canvas of a window's view in front. May be asked only while that view is open."""

    def __init__(self, view: Any, area: QAbstractScrollArea, widget: QWidget) -> None:
        self._view = view
        self._area = area
        self.widget = widget

    def transform(self) -> QTransform:
        """Canvas px to px of the widget."""
        if hasattr(self._view, "flakeToCanvasTransform"):  # from Krita 5.2 on
            from_flake: QTransform = self._view.flakeToCanvasTransform()
            to_flake, _possible = self._view.flakeToImageTransform().inverted()
            told: QTransform = to_flake * from_flake
            return told
        return self._from_scrolling()

    def _from_scrolling(self) -> QTransform:
        """Krita scrolls the upright rectangle round the picture, however that is turned."""
        document, canvas = self._view.document(), self._view.canvas()
        if document is None or canvas is None:
            return QTransform()
        scale = canvas.zoomLevel() * _POINTS / document.resolution()  # on any screen
        turned = QTransform().rotate(canvas.rotation())
        linear = QTransform.fromScale(-scale if canvas.mirror() else scale, scale) * turned
        around = linear.mapRect(QRectF(0, 0, document.width(), document.height()))
        across, down = self._area.horizontalScrollBar(), self._area.verticalScrollBar()
        assert across is not None
        assert down is not None
        x, y = -across.value() - around.x(), -down.value() - around.y()
        return linear * QTransform.fromTranslate(x, y)


class KritaCanvases:
    """`Canvases` done by Krita. documents: knows which document is which."""

    def __init__(self, documents: KritaDocuments) -> None:
        self._documents = documents

    def showing(self, document_id: str) -> List[KritaCanvas]:
        document = self._documents.find(document_id)
        if document is None:
            return []
        found = (_in_front(window, document) for window in Krita.instance().windows())
        return [canvas for canvas in found if canvas is not None]


def _in_front(window: Any, document: Any) -> Optional[KritaCanvas]:
    """A window's canvas if it shows that document."""
    view = window.activeView()
    if view is None or view.document() != document:
        return None
    windows = window.qwindow().findChild(QMdiArea)
    shown = windows.activeSubWindow() or windows.currentSubWindow() if windows else None
    if shown is None:
        return None
    for area in shown.findChildren(QAbstractScrollArea):
        for widget in area.findChildren(QWidget):
            meta = widget.metaObject()
            if meta is not None and meta.className() in _PAINTED:
                return KritaCanvas(view, area, widget)
    return None
