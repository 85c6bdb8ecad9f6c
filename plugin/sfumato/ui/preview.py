"""The picture of a running pass."""

from ..qt import QImage, QLabel, QPixmap, QSize, QSizePolicy, Qt

_MOST_HEIGHT = 220


class Preview(QLabel):
    """Shows a JPEG as wide as the docker allows; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmap = QPixmap()
        self._jpeg = b""
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def show_jpeg(self, jpeg: bytes) -> None:
        """Show a picture; b"" or bytes that are no picture hide it."""
        if jpeg == self._jpeg:
            return
        self._jpeg = jpeg
        self._pixmap = QPixmap.fromImage(QImage.fromData(jpeg)) if jpeg else QPixmap()
        self.setVisible(not self._pixmap.isNull())
        self._fit()

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        if self._pixmap.isNull():
            return
        room = QSize(max(self.width(), 32), _MOST_HEIGHT)
        fitted = self._pixmap.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self.setPixmap(fitted)
        self.setFixedHeight(fitted.height())
