"""An artist's hands on widgets without a screen: keys, the mouse and its wheel."""

from __future__ import annotations

from typing import Any

from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QMouseEvent, QWheelEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QWidget

_test: Any = QTest  # its stub takes the functions for methods
_LEFT = Qt.MouseButton.LeftButton


def key(widget: QWidget, *keys: Qt.Key) -> None:
    """Press keys, one after the other."""
    for each in keys:
        _test.keyClick(widget, each)


def write(widget: QWidget, text: str) -> None:
    """Type a text."""
    _test.keyClicks(widget, text)


def right_click(widget: QWidget) -> None:
    """Click the middle of a widget with the other button."""
    _test.mouseClick(widget, Qt.MouseButton.RightButton)


def drag(widget: QWidget, *xs: int) -> None:
    """Press at the first x, move over the others and let go, halfway up the widget."""
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(xs) - 1)]
    for kind, x in zip([*kinds, QEvent.Type.MouseButtonRelease], [*xs, xs[-1]], strict=True):
        place = QPointF(x, widget.height() // 2)
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else _LEFT
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else _LEFT
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(widget, QMouseEvent(kind, place, button, held, none))


def wheel(widget: QWidget, turn: int = 120) -> bool:
    """Turn the wheel over a widget; whether it took that for itself."""
    place = widget.rect().center()
    event = QWheelEvent(
        QPointF(place), QPointF(widget.mapToGlobal(place)), QPoint(), QPoint(0, turn),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    return event.isAccepted()
