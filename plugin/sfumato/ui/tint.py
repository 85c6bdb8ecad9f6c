"""The colours of the passes' zones, and a zone as a picture in its colour."""

from typing import Sequence

from sfumato_protocol.colour import LINEAR_PROFILES

from ..core.shaping import Place, Zone
from ..qt import QColor, QImage, QPainter, QRect

_COLOURS = ("#e5484d", "#3b9eff", "#f2c744", "#46c26a", "#b476e8")
_DENSITY = 0.62  # how much of the picture a full mask covers: it has to be seen through


def colour_of(index: int) -> QColor:
    """The colour of a pass. index: from 1."""
    return QColor(_COLOURS[(index - 1) % len(_COLOURS)])


def tinted(zone: Zone) -> QImage:
    """A zone in its pass's colour, as opaque as the pass takes part there."""
    size = zone.width * zone.height
    assert len(zone.denoise) == size, "a mask that has not its size"
    mask = QImage(zone.denoise, zone.width, zone.height, zone.width, QImage.Format.Format_Alpha8)
    image = QImage(zone.width, zone.height, QImage.Format.Format_ARGB32_Premultiplied)
    colour = colour_of(zone.planned.index)
    colour.setAlphaF(_DENSITY)
    image.fill(colour)
    painter = QPainter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, mask)
    painter.end()
    return image


def picture_of(place: Place) -> QImage:
    """The picture of a place, as far as it was read, as an sRGB screen shows it."""
    sketch = place.sketch
    if sketch is None:
        return QImage()
    linear = place.request.reading.colour.profile in LINEAR_PROFILES
    line, kind = 4 * sketch.width, QImage.Format.Format_ARGB32
    return QImage(sketch.shown(linear), sketch.width, sketch.height, line, kind).copy()


def zones_of(zones: Sequence[Zone]) -> QImage:
    """Zones in one picture, the first on top; transparent where none is."""
    if not zones:
        return QImage()
    image = tinted(zones[-1])
    painter = QPainter(image)
    for zone in reversed(zones[:-1]):
        painter.drawImage(QRect(0, 0, image.width(), image.height()), tinted(zone))
    painter.end()
    return image


def zones_over(place: Place, zones: Sequence[Zone]) -> QImage:
    """The picture of a place with zones over it, the first on top: later ones are mostly wider."""
    width = max([place.sketch.width if place.sketch else 1, *(zone.width for zone in zones)])
    height = max(round(width * place.crop.height / place.crop.width), 1)
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(128, 128, 128))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    whole = QRect(0, 0, width, height)
    painter.drawImage(whole, picture_of(place))
    for zone in reversed(zones):
        painter.drawImage(whole, tinted(zone))
    painter.end()
    return image
