"""Small signs for buttons, painted in the palette's own ink, so that any theme of Krita suits."""

from typing import Callable, Dict, Optional, Tuple

from ..qt import (
    QColor,
    QEvent,
    QIcon,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QPointF,
    QPolygonF,
    QSize,
    Qt,
    QToolButton,
    QWidget,
)

UP, DOWN, STOP, CANCEL = "up", "down", "stop", "cancel"
_SIDES = (16, 32)
_SHOWN = 14
_GREYED = 0.35

# Strokes in a square of 16 × 16.
_STROKES: Dict[str, Tuple[Tuple[Tuple[float, float], ...], ...]] = {
    UP: (((3.5, 10), (8, 5.5), (12.5, 10)),),
    DOWN: (((3.5, 6), (8, 10.5), (12.5, 6)),),
    STOP: (((3, 3), (13, 3), (13, 13), (3, 13), (3, 3)), ((5.5, 8), (7.5, 10), (10.8, 5.8))),
    CANCEL: (((4, 4), (12, 12)), ((12, 4), (4, 12))),
}


class Sign(QToolButton):
    """A small flat button with a sign, in whatever ink the theme has. told: its tip and name; act:
    what a press does."""

    def __init__(self, sign: str, told: str, act: Callable[[], None]) -> None:
        super().__init__()
        self._sign = sign
        self.setAutoRaise(True)
        self.setIcon(glyph(sign, self))
        self.setIconSize(QSize(_SHOWN, _SHOWN))
        self.setToolTip(told)
        self.setAccessibleName(told)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda _checked: act())

    def changeEvent(self, event: Optional[QEvent]) -> None:
        """Another theme has another ink."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self.setIcon(glyph(self._sign, self))


def glyph(name: str, widget: QWidget) -> QIcon:
    """The sign for a button, in the ink of a widget's palette."""
    ink = widget.palette().color(QPalette.ColorRole.ButtonText)
    icon = QIcon()
    for side in _SIDES:
        icon.addPixmap(_painted(name, side, ink, 1.0))
        icon.addPixmap(_painted(name, side, ink, _GREYED), QIcon.Mode.Disabled)
    return icon


def _painted(name: str, side: int, ink: QColor, opacity: float) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(opacity)
    painter.scale(side / 16.0, side / 16.0)
    pen = QPen(ink, 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for stroke in _STROKES[name]:
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in stroke]))
    painter.end()
    return pixmap
