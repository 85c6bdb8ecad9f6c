"""A slider with its value written inside, as Krita's own are, for every Krita."""

from typing import Callable, Optional, Tuple

from ..core.scale import Scale
from ..core.words import tr
from ..qt import (
    QColor,
    QEvent,
    QFocusEvent,
    QKeyEvent,
    QLineEdit,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRect,
    QSize,
    QSizePolicy,
    QSlider,
    Qt,
    QWheelEvent,
    Signal,
)
from .plain import plain, tip

Band = Tuple[float, QColor]  # where it begins, and its colour
_ROOM = 6  # px above and below the words together
_EDGE = 4  # px beside the words
_BAND = 3  # px that the line of bands is high
_FAINT = 110  # of 255: the bands beyond the value


_OPENS = (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVES = (
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)


class Slider(QSlider):
    """chosen: the value, whenever the artist changes it; not when it is shown.

    Drag, click, arrows, Page Up and Down, Home and End; typed after a double click, a right
    click, F2, Enter or with the first digit. The wheel turns it only where it has the keyboard.
    """

    chosen = Signal(float)

    def __init__(
        self,
        name: str,
        scale: Scale,
        words: Callable[[float], str],
        hint: str = "",
        bands: Tuple[Band, ...] = (),
        caption: bool = True,
    ) -> None:
        """name: what it is called, in the slider too if `caption`. words: what is written of a
        value. hint: its tip."""
        super().__init__(Qt.Orientation.Horizontal)
        self._name, self._scale, self._words, self._bands = name, scale, words, bands
        self._caption = caption
        self._typing: Optional[_Field] = None
        self.setRange(0, scale.last)
        self.setPageStep(max(scale.last // 10, 1))
        self.setAccessibleName(name)
        how = tr("Drag; a double click, a right click or a digit lets you type the value.")
        self.setToolTip(tip(hint, how) if hint else tip(how))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._value = scale.value(0)
        self.valueChanged.connect(lambda place: self._take(scale.value(place)))

    def show_value(self, value: float) -> None:
        """Show a value; says nothing of it."""
        self._value = value
        self.blockSignals(True)
        self.setValue(self._scale.place(value))
        self.blockSignals(False)
        self.update()

    def chosen_value(self) -> float:
        """The value that it stands at."""
        return self._value

    def text(self) -> str:
        """What is written in it."""
        words = self._words(self.chosen_value())
        return plain("{}: {}".format(self._name, words) if self._caption else words)

    def type_value(self) -> None:
        """Let the artist type the value; Enter takes it, Escape leaves it as it was."""
        if self._typing is None:
            self._typing = _Field(self, "{:g}".format(self.chosen_value()))

    def typed(self, text: Optional[str]) -> None:
        """What the artist typed, None for nothing: a number is taken, anything else is not."""
        field, self._typing = self._typing, None
        if field is not None:
            field.hide()
            field.deleteLater()
        try:
            value = float((text or "").strip().replace(",", ".").rstrip("%"))
        except ValueError:
            return
        if value == value and self._scale.nearest(value) != self._value:  # nan is not itself
            self.show_value(self._scale.nearest(value))
            self.chosen.emit(self._value)

    def sizeHint(self) -> QSize:
        return QSize(80, self.fontMetrics().height() + _ROOM)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, event: Optional[QPaintEvent]) -> None:
        painter = QPainter(self)
        palette = self.palette()
        lively = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        inside = self.rect().adjusted(0, 0, -1, -1)
        painter.fillRect(inside, palette.color(lively, QPalette.ColorRole.Base))
        filled = QRect(0, 0, self._x(self.value()), inside.height())
        painter.fillRect(filled, palette.color(lively, QPalette.ColorRole.Highlight))
        self._paint_bands(painter, inside)
        role = QPalette.ColorRole.Text if self.hasFocus() else QPalette.ColorRole.Mid
        painter.setPen(palette.color(lively, role))
        painter.drawRect(inside)
        rest = inside.adjusted(filled.width(), 0, 0, 0)
        for part, ink in (
            (filled, QPalette.ColorRole.HighlightedText),
            (rest, QPalette.ColorRole.Text),
        ):
            painter.setClipRect(part)
            painter.setPen(palette.color(lively, ink))
            self._write(painter, inside.adjusted(_EDGE, 0, -_EDGE, 0))
        painter.end()

    def event(self, event: Optional[QEvent]) -> bool:
        """What it does with a key goes before what Krita would do with it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain_key = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if plain_key and (event.key() in _MOVES or event.key() in _OPENS or _begins(event)):
                event.accept()
                return True
        return bool(super().event(event))

    def mousePressEvent(self, event: Optional[QMouseEvent]) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self._follow(event)
        elif event.button() == Qt.MouseButton.RightButton:
            self.type_value()  # as with Krita's own
        else:
            event.ignore()

    def mouseMoveEvent(self, event: Optional[QMouseEvent]) -> None:
        assert event is not None
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def mouseReleaseEvent(self, event: Optional[QMouseEvent]) -> None:
        """Nothing: what Qt's own slider does here is for a handle."""

    def mouseDoubleClickEvent(self, event: Optional[QMouseEvent]) -> None:
        self.type_value()

    def keyPressEvent(self, event: Optional[QKeyEvent]) -> None:
        assert event is not None
        if event.key() in _OPENS:
            self.type_value()
        elif _begins(event):
            self._typing = self._typing or _Field(self, event.text(), whole=False)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: Optional[QWheelEvent]) -> None:
        assert event is not None
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _take(self, value: float) -> None:
        self._value = value
        self.chosen.emit(value)

    def _follow(self, event: QMouseEvent) -> None:
        share = event.pos().x() / max(self.width() - 1, 1)
        self.setValue(round(min(max(share, 0.0), 1.0) * self._scale.last))

    def _x(self, place: int) -> int:
        return round((self.width() - 1) * place / max(self._scale.last, 1))

    def _paint_bands(self, painter: QPainter, inside: QRect) -> None:
        """A line at the bottom in each band's colour, faint beyond the value."""
        here, foot = self._x(self.value()), inside.height() - _BAND
        starts = [self._x(self._scale.place(start)) for start, _colour in self._bands]
        for place, (_start, colour) in enumerate(self._bands):
            begin = starts[place] if place else 0
            end = starts[place + 1] if place + 1 < len(starts) else inside.width()
            faint = QColor(colour)
            faint.setAlpha(_FAINT)
            painter.fillRect(QRect(begin, foot, max(min(end, here) - begin, 0), _BAND), colour)
            begin = max(begin, here)
            painter.fillRect(QRect(begin, foot, max(end - begin, 0), _BAND), faint)

    def _write(self, painter: QPainter, room: QRect) -> None:
        """Name and value in the middle; the name gives way where there is no room for both."""
        metrics, text = self.fontMetrics(), self.text()
        if metrics.horizontalAdvance(text) > room.width():
            text = plain(self._words(self.chosen_value()))
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), text)


def _begins(event: QKeyEvent) -> bool:
    """Whether a key begins a number."""
    return event.text()[:1] in tuple("0123456789.,")


class _Field(QLineEdit):
    """The line over a slider in which its value is typed."""

    def __init__(self, slider: Slider, text: str, whole: bool = True) -> None:
        super().__init__(text, slider)
        self._slider: Optional[Slider] = slider
        self.setAccessibleName(tr("{}, typed").format(slider.accessibleName()))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setGeometry(slider.rect())
        if whole:
            self.selectAll()
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: Optional[QKeyEvent]) -> None:
        assert event is not None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end(self.text())
        elif event.key() == Qt.Key.Key_Escape:
            self._end(None)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: Optional[QFocusEvent]) -> None:
        super().focusOutEvent(event)
        self._end(self.text())

    def _end(self, text: Optional[str]) -> None:
        slider, self._slider = self._slider, None
        if slider is not None:
            slider.setFocus()
            slider.typed(text)
