"""The plugin's icons, painted here: SVG needs a Qt plugin that not every Krita carries."""

from typing import Tuple

from ..qt import QColor, QIcon, QPainter, QPen, QPixmap, QPointF, QRadialGradient, QRectF, Qt

_SIDES = (16, 22, 24, 32, 48, 64)
_ACCENT = "#e08a3c"


def inpaint_icon(ink: QColor) -> QIcon:
    """A selection's dashed circle around a soft-edged disc. ink: colour of the dashes."""
    icon = QIcon()
    for side in _SIDES:
        icon.addPixmap(_inpaint_pixmap(side, ink))
    return icon


def dot_pixmap(side: int, colour: QColor) -> QPixmap:
    """A filled disc, `side` px wide, for the connection state."""
    pixmap, painter = _canvas(side)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QRectF(1, 1, side - 2, side - 2))
    painter.end()
    return pixmap


def _inpaint_pixmap(side: int, ink: QColor) -> QPixmap:
    pixmap, painter = _canvas(side)
    centre = QPointF(side / 2.0, side / 2.0)
    radius = side * 0.34
    glow = QRadialGradient(centre, radius)
    accent = QColor(_ACCENT)
    for place, alpha in ((0.0, 255), (0.45, 255), (0.75, 110), (1.0, 0)):
        accent.setAlpha(alpha)
        glow.setColorAt(place, accent)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(glow)
    painter.drawEllipse(centre, radius, radius)
    pen = QPen(ink, max(1.0, side / 16.0))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([2.4, 1.5])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edge = side * 0.43
    painter.drawEllipse(centre, edge, edge)
    painter.end()
    return pixmap


def _canvas(side: int) -> Tuple[QPixmap, QPainter]:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return pixmap, painter
