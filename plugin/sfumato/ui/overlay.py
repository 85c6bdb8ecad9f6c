"""Pictures that lie over Krita's canvas: in their exact place, and in no document."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from sfumato_protocol.geometry import Rect

from ..canvases import Canvas, Canvases
from ..qt import (
    QEvent,
    QImage,
    QObject,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRectF,
    Qt,
    QTransform,
    QWidget,
)


@dataclass(frozen=True)
class Laid:
    """A picture over an area of the canvas, stretched to it. area: canvas px. image: any size, its
    alpha counts. opacity: 0..1."""

    area: Rect
    image: QImage
    opacity: float = 1.0


Pictures = Sequence[Laid]


class Overlay(QWidget):
    """Covers one canvas, lets all input through, and moves with the picture."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas.widget)
        self._canvas = canvas
        self._pictures: Pictures = ()
        self._painted = QTransform()
        self._drawn = QPixmap()  # what was painted last: the selection's ants alone repaint often
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(canvas.widget.rect())
        canvas.widget.installEventFilter(self)
        self.show()

    def lies_over(self, canvas: Canvas) -> bool:
        """Whether it is that canvas's."""
        return canvas.widget is self._canvas.widget

    def follow(self, canvas: Canvas) -> None:
        """The same widget may show another view by now."""
        self._canvas = canvas

    def lay(self, pictures: Pictures) -> None:
        """Show these, the last on top."""
        self._pictures = tuple(pictures)
        self._drawn = QPixmap()
        self.update()

    def remove(self) -> None:
        """Take it off the canvas; Krita may have ended both already."""
        with suppress(RuntimeError):
            self._canvas.widget.removeEventFilter(self)
            self.hide()
            self.deleteLater()

    def eventFilter(self, watched: Optional[QObject], event: Optional[QEvent]) -> bool:
        """The canvas is painted whenever it has moved, and its children not always with it."""
        kind = event.type() if event is not None else None
        if kind == QEvent.Type.Resize:
            self.setGeometry(self._canvas.widget.rect())
        elif kind == QEvent.Type.Paint and self._canvas.transform() != self._painted:
            self.update()
        return False

    def paintEvent(self, event: Optional[QPaintEvent]) -> None:
        now, ratio = self._canvas.transform(), self.devicePixelRatioF()
        size = self.size() * ratio
        if self._drawn.size() != size or now != self._painted:
            self._painted, self._drawn = now, QPixmap(size)
            self._drawn.setDevicePixelRatio(ratio)
            self._draw()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        painter.end()

    def _draw(self) -> None:
        self._drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._drawn)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(self._painted)
        for laid in self._pictures:
            area = laid.area
            painter.setOpacity(laid.opacity)
            painter.drawImage(QRectF(area.x, area.y, area.width, area.height), laid.image)
        painter.end()


class Overlays(QObject):
    """What is to be seen over the canvases, by whoever shows it; nothing is there otherwise.

    Those whose name comes later in the alphabet lie on top. canvases: None where there are none.
    """

    def __init__(self, canvases: Optional[Canvases]) -> None:
        super().__init__()
        self._canvases = canvases
        self._shown: Dict[str, Tuple[str, Pictures]] = {}
        self._overlays: List[Overlay] = []

    def show(self, name: str, document_id: str, pictures: Pictures) -> None:
        """Show pictures over a document, in place of those of the same name."""
        self._shown[name] = (document_id, pictures)
        self.place()

    def hide(self, name: str) -> None:
        """Show nothing more by that name."""
        if self._shown.pop(name, None) is not None:
            self.place()

    def place(self) -> None:
        """Look again which documents are seen where, as when another one comes to the front."""
        wanted: List[Tuple[Canvas, Pictures]] = []
        for document_id in {document_id for document_id, _ in self._shown.values()}:
            pictures = [
                one
                for _, (shown, pictures) in sorted(self._shown.items(), key=lambda item: item[0])
                if shown == document_id
                for one in pictures
            ]
            seen = self._canvases.showing(document_id) if self._canvases is not None else ()
            wanted += [(canvas, pictures) for canvas in seen]
        kept = [self._overlay(canvas, pictures) for canvas, pictures in wanted]
        for overlay in self._overlays:
            if overlay not in kept:
                overlay.remove()
        self._overlays = kept

    def _overlay(self, canvas: Canvas, pictures: Pictures) -> Overlay:
        overlay = next((one for one in self._overlays if one.lies_over(canvas)), None)
        if overlay is None:
            overlay = Overlay(canvas)
        overlay.follow(canvas)
        overlay.lay(pictures)
        return overlay
