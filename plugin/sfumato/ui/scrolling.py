"""An area as high as its content where there is room, which scrolls where there is less."""

from typing import Optional

from ..qt import QEvent, QFrame, QObject, QScrollArea, QSize, QSizePolicy, Qt, QWidget

_LEAST = 48  # px: of what runs at least so much is in sight


class FittingArea(QScrollArea):
    """content: laid out by the area's width; the area asks for its height, and is content with
    less. It takes no room while the content asks for none."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(content)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        content.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self._height(), _LEAST))

    def eventFilter(self, watched: Optional[QObject], event: Optional[QEvent]) -> bool:
        """The content asks for another height when its layout changes."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return bool(super().eventFilter(watched, event))

    def _height(self) -> int:
        layout = self._content.layout()
        width = self.viewport().width()  # type: ignore[union-attr]  # PyQt5's stub: may be None
        if layout is not None and layout.hasHeightForWidth():
            return max(layout.heightForWidth(width), 0)
        return max(self._content.sizeHint().height(), 0)
