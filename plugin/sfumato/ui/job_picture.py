"""A job's own small picture: its last preview, or what it works on with the finished passes."""

from typing import Optional, Tuple

from ..core.job import Job
from ..core.thumbnail import Thumbnail
from ..qt import QImage, QLabel, QPainter, QPixmap, QRectF, QSize, Qt
from .jpeg import decoded

SIDE = 40


class JobPicture(QLabel):
    """Shows one job; made anew only when there is another picture of it."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Tuple[object, ...] = ()
        self.setFixedSize(SIDE, SIDE)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_job(self, job: Job) -> None:
        """Show a job as it stands."""
        parts = (job.small, *(result.small for result in job.results))
        shown = (job.preview if job.open else b"", *parts)
        if shown != self._shown:
            self._shown = shown
            picture = (_decoded(job.preview) if job.open else None) or picture_of(job)
            self.setPixmap(QPixmap() if picture is None else self._small(picture))

    def _small(self, picture: QImage) -> QPixmap:
        ratio = self.devicePixelRatioF()
        side = round(SIDE * ratio)
        scaled = picture.scaled(
            QSize(side, side),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(ratio)
        return QPixmap.fromImage(scaled)


def picture_of(job: Job) -> Optional[QImage]:
    """What a job works on, the passes that are finished laid over it; None where that is gone."""
    base = job.small
    if base is None:
        return None
    picture = _image(base)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(base.columns / base.area.width, base.rows / base.area.height)
    painter.translate(-base.area.x, -base.area.y)
    for result in job.results:
        if result.small is not None:
            area = result.small.area
            painter.drawImage(QRectF(area.x, area.y, area.width, area.height), _image(result.small))
    painter.end()
    return picture


def _decoded(jpeg: bytes) -> Optional[QImage]:
    picture = decoded(jpeg)
    return None if picture.isNull() else picture


def _image(small: Thumbnail) -> QImage:
    columns, rows = small.columns, small.rows
    made = QImage(small.pixels, columns, rows, 4 * columns, QImage.Format.Format_ARGB32)
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # pixels of its own
