"""Small pictures of what a job makes, of its own pixels: no document is asked.

Rough on purpose: nearest px first, then smoothed, so that one costs milliseconds at any size.
"""

from typing import Sequence, Tuple

from sfumato_protocol.colour import LINEAR_PROFILES
from sfumato_protocol.geometry import Rect

from .core.job import Job, PassResult
from .core.thumbnail import GAMMA
from .core.types import Bytes, ColourSpace, Reading
from .qt import QBuffer, QByteArray, QImage, QIODevice, QPainter, QPoint, QRect, QSize, Qt

SIDE = 128
_ROUGH = 4  # times the wanted size, taken by nearest px
_QUALITY = 85
_CLOSEST = 4.0  # times: what is small in its crop is not drawn larger
_NOTHING = 0xFF808080


def jpeg(job: Job) -> bytes:
    """What a job made, about `SIDE` px long; b"" where there is nothing."""
    image = closely(job.request.reading, job.results)
    if image.isNull():
        return b""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_RGB32).save(buffer, "JPEG", _QUALITY)
    return bytes(content)


def composed(reading: Reading, results: Sequence[PassResult], side: int = SIDE) -> QImage:
    """The crop of a reading with passes laid over, at most `side` px long. Null without any."""
    crop = reading.crop
    if not results or crop.empty:
        return QImage()
    size = _scaled(crop, side)
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(_NOTHING)
    painter = QPainter(image)
    if len(reading.pixels):
        base = _picture(reading.pixels, crop, reading.colour, size)
        painter.drawImage(QPoint(0, 0), base.convertToFormat(QImage.Format.Format_RGB32))
    for result in results:
        place = _placed(result.area, crop, size)
        painter.drawImage(place.topLeft(), _layer(result, reading.colour, place.size()))
    painter.end()
    return image


def closely(reading: Reading, results: Sequence[PassResult], side: int = SIDE) -> QImage:
    """As `composed`, without the surroundings: what the passes reach, as a square where the crop
    has that."""
    crop = reading.crop
    if not results or crop.empty:
        return QImage()
    seen = _square(results, crop)
    share = max(crop.width, crop.height) / max(seen.width, seen.height)
    image = composed(reading, results, round(side * min(share, _CLOSEST)))
    return image.copy(_placed(seen, crop, image.size()))


def overlaid(reading: Reading, results: Sequence[PassResult]) -> QImage:
    """The passes laid over each other in the crop's own size, transparent where they show
    nothing: what lies over the picture, to be drawn at the crop's place."""
    crop = reading.crop
    size = QSize(crop.width, crop.height)
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    for result in results:
        place = QPoint(result.area.x - crop.x, result.area.y - crop.y)
        full = QSize(result.area.width, result.area.height)
        painter.drawImage(place, _layer(result, reading.colour, full))
    painter.end()
    return image


def _layer(result: PassResult, colour: ColourSpace, size: QSize) -> QImage:
    picture = _picture(result.pixels, result.area, colour, size)
    area = result.area
    mask = QImage(
        bytes(result.mask), area.width, area.height, area.width, QImage.Format.Format_Grayscale8
    )
    picture.setAlphaChannel(_small(mask, size))
    return picture


def _picture(pixels: Bytes, area: Rect, colour: ColourSpace, size: QSize) -> QImage:
    """BGRA px as an image of another size, whose alpha is of no account."""
    content = bytes(pixels)
    if colour.depth == "U16":
        content = content[1::2]  # the high byte, little-endian
    if colour.profile in LINEAR_PROFILES:
        content = content.translate(GAMMA)
    row = 4 * area.width
    image = QImage(content, area.width, area.height, row, QImage.Format.Format_ARGB32)
    return _small(image, size).copy()  # before the bytes go


def _small(image: QImage, size: QSize) -> QImage:
    keep = Qt.AspectRatioMode.IgnoreAspectRatio
    rough = QSize(size.width() * _ROUGH, size.height() * _ROUGH)
    if image.width() > rough.width() and image.height() > rough.height():
        image = image.scaled(rough, keep, Qt.TransformationMode.FastTransformation)
    if image.size() == size:
        return image
    return image.scaled(size, keep, Qt.TransformationMode.SmoothTransformation)


def _scaled(crop: Rect, side: int) -> QSize:
    share = min(1.0, side / max(crop.width, crop.height))
    return QSize(max(1, round(crop.width * share)), max(1, round(crop.height * share)))


def _square(results: Sequence[PassResult], crop: Rect) -> Rect:
    areas = [result.area.intersected(crop) for result in results]
    areas = [area for area in areas if not area.empty] or [crop]
    left, top = min(area.x for area in areas), min(area.y for area in areas)
    right, bottom = max(area.right for area in areas), max(area.bottom for area in areas)
    side = max(right - left, bottom - top)
    width, height = min(side, crop.width), min(side, crop.height)
    x = min(max((left + right - width) // 2, crop.x), crop.right - width)
    y = min(max((top + bottom - height) // 2, crop.y), crop.bottom - height)
    return Rect(x, y, width, height)


def _placed(area: Rect, crop: Rect, size: QSize) -> QRect:
    across, down = size.width() / crop.width, size.height() / crop.height

    def at(x: int, y: int) -> Tuple[int, int]:
        return round((x - crop.x) * across), round((y - crop.y) * down)

    (left, top), (right, bottom) = at(area.x, area.y), at(area.right, area.bottom)
    return QRect(left, top, max(1, right - left), max(1, bottom - top))
