"""Pictures from servers and from others' documents, which may claim any size in a few bytes."""

from ..qt import QBuffer, QByteArray, QImage, QImageReader, QIODevice

LARGEST = 4096  # px a side, 64 MiB; no preview is larger than a docker


def decoded(jpeg: bytes) -> QImage:
    """A JPEG's picture; a null image for anything else, and for one of more than `LARGEST` px."""
    content = QByteArray(jpeg)
    buffer = QBuffer(content)
    if not jpeg or not buffer.open(QIODevice.OpenModeFlag.ReadOnly):
        return QImage()
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    reader.setDecideFormatFromContent(False)
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > LARGEST:
        return QImage()
    return reader.read()
