"""The picture of a running pass, as large as the docker lets it be."""

from typing import Optional

from ..core.words import tr
from ..qt import (
    QKeyEvent,
    QLabel,
    QMouseEvent,
    QPixmap,
    QSize,
    QSizePolicy,
    QStyle,
    Qt,
)
from .jpeg import decoded

_MOST_HEIGHT = 220  # px, as long as nobody says how much room there is
_SMALL = 72  # px, for whoever wants the room for something else


class Preview(QLabel):
    """Shows a JPEG as wide as the docker allows; hidden while there is none. A click or Space makes
    it small, and large again.

    Its height follows its width, but not by the width of a scroll bar: a wide picture that is
    higher without the bar than with it would have the bar come and go until Krita's stack is full.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pixmap = QPixmap()
        self._jpeg = b""
        self._most = _MOST_HEIGHT
        self._measured = 0  # the width that the height was made for
        self._small = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("What the running job looks like; click to make it small or large"))
        self.setAccessibleName(tr("Preview of the running job"))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def show_jpeg(self, jpeg: bytes) -> None:
        """Show a picture; b"" or bytes that are no picture hide it."""
        if jpeg == self._jpeg:
            return
        before = self._pixmap.size()
        self._jpeg = jpeg
        self._pixmap = QPixmap.fromImage(decoded(jpeg))
        if self._pixmap.size() != before:
            self._measured = 0
        self.setVisible(not self._pixmap.isNull())
        self._fit()

    def show_within(self, height: int) -> None:
        """Show pictures no higher than that, px."""
        if height != self._most:
            self._most, self._measured = height, 0
            self._fit()

    def mousePressEvent(self, event: Optional[QMouseEvent]) -> None:
        self._toggle()

    def keyPressEvent(self, event: Optional[QKeyEvent]) -> None:
        if event is not None and event.key() == Qt.Key.Key_Space:
            self._toggle()
        else:
            super().keyPressEvent(event)

    def _toggle(self) -> None:
        self._small, self._measured = not self._small, 0
        self._fit()

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        if self._pixmap.isNull():
            return
        width = max(self.width(), 32)
        style = self.style()
        assert style is not None
        bar = style.pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) + 8  # and what is beside it
        if self._measured == 0 or abs(width - self._measured) > bar:
            self._measured = width
            most = min(self._most, _SMALL) if self._small else self._most
            fitting = self._pixmap.size().scaled(
                QSize(width, most), Qt.AspectRatioMode.KeepAspectRatio
            )
            self.setFixedHeight(max(fitting.height(), 1))
        self.setPixmap(self._scaled(width, self.height()))

    def _scaled(self, width: int, height: int) -> QPixmap:
        """As sharp as the screen is."""
        ratio = self.devicePixelRatioF()
        scaled = self._pixmap.scaled(
            QSize(round(width * ratio), round(height * ratio)),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(ratio)
        return scaled
