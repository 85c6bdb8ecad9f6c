"""Pictures over a canvas: where they are painted, that input goes through, that nothing is left."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtGui import QColor, QImage, QTransform
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QWidget

from sfumato.ui.overlay import Laid, Overlay, Overlays
from sfumato_protocol.geometry import Rect

WHITE, RED, GREEN = QColor(255, 255, 255), QColor(255, 0, 0), QColor(0, 255, 0)


class Painted(QWidget):
    """A canvas that notes where it is pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[QPoint] = []
        self.resize(200, 100)
        self.setAutoFillBackground(True)
        self.setStyleSheet("background: white")
        self.show()

    def mousePressEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        self.pressed.append(event.pos())  # type: ignore[attr-defined]


@dataclass
class FakeCanvas:
    widget: QWidget
    place: QTransform = field(default_factory=QTransform)

    def transform(self) -> QTransform:
        return self.place


@dataclass
class FakeCanvases:
    shown: dict[str, list[FakeCanvas]]

    def showing(self, document_id: str) -> list[FakeCanvas]:
        return self.shown.get(document_id, [])


def filled(colour: QColor) -> QImage:
    image = QImage(2, 2, QImage.Format.Format_ARGB32)
    image.fill(colour)
    return image


@pytest.fixture
def canvas(application: QApplication) -> FakeCanvas:
    return FakeCanvas(Painted(), QTransform.fromScale(2, 2) * QTransform.fromTranslate(-20, 0))


def seen(canvas: FakeCanvas, x: int, y: int) -> QColor:
    return canvas.widget.grab().toImage().pixelColor(x, y)


def overlays_on(widget: QWidget) -> list[Overlay]:
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, 52)  # deferred deletes
    return widget.findChildren(Overlay)


def test_a_picture_lies_where_its_area_is_seen(canvas: FakeCanvas) -> None:
    overlays = Overlays(FakeCanvases({"a": [canvas]}))
    overlays.show("mask", "a", [Laid(Rect(20, 10, 30, 20), filled(RED))])
    # canvas px 20..50 are widget px 20..80 of this view, 10..30 are 20..60
    assert [seen(canvas, x, 40) == RED for x in (18, 22, 78, 82)] == [False, True, True, False]
    assert [seen(canvas, 50, y) == RED for y in (18, 22, 58, 62)] == [False, True, True, False]
    canvas.place = QTransform.fromScale(-1, 1) * QTransform.fromTranslate(100, 0)
    assert [seen(canvas, x, 20) == RED for x in (48, 52, 78, 82)] == [False, True, True, False]


def test_the_later_name_lies_on_top_and_what_is_hidden_is_gone(canvas: FakeCanvas) -> None:
    overlays = Overlays(FakeCanvases({"a": [canvas]}))
    overlays.show("b", "a", [Laid(Rect(20, 10, 30, 20), filled(GREEN))])
    overlays.show("a", "a", [Laid(Rect(20, 10, 30, 20), filled(RED))])
    assert seen(canvas, 50, 40) == GREEN
    overlays.hide("b")
    assert seen(canvas, 50, 40) == RED
    overlays.hide("a")
    assert seen(canvas, 50, 40) == WHITE
    assert overlays_on(canvas.widget) == []


def test_opacity_is_heeded(canvas: FakeCanvas) -> None:
    overlays = Overlays(FakeCanvases({"a": [canvas]}))
    overlays.show("mask", "a", [Laid(Rect(20, 10, 30, 20), filled(RED), opacity=0.5)])
    assert seen(canvas, 50, 40).green() == pytest.approx(128, abs=2)


def test_input_goes_through_to_the_canvas(canvas: FakeCanvas) -> None:
    overlays = Overlays(FakeCanvases({"a": [canvas]}))
    overlays.show("mask", "a", [Laid(Rect(0, 0, 100, 50), filled(RED))])
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window = canvas.widget.windowHandle()
    assert window is not None
    QTest.mouseClick(window, left, plain, QPoint(50, 40))  # type: ignore[call-overload]
    assert canvas.widget.pressed == [QPoint(50, 40)]


def test_it_follows_its_document_to_another_canvas(canvas: FakeCanvas) -> None:
    other = FakeCanvas(Painted())
    canvases = FakeCanvases({"a": [canvas], "b": [other]})
    overlays = Overlays(canvases)
    overlays.show("mask", "a", [Laid(Rect(0, 0, 100, 50), filled(RED))])
    canvases.shown = {"a": [other]}
    overlays.place()
    assert seen(other, 50, 40) == RED
    assert seen(canvas, 50, 40) == WHITE
    assert overlays_on(canvas.widget) == []


def test_a_canvas_that_krita_has_ended_is_no_trouble(canvas: FakeCanvas) -> None:
    canvases = FakeCanvases({"a": [canvas]})
    overlays = Overlays(canvases)
    overlays.show("mask", "a", [Laid(Rect(0, 0, 100, 50), filled(RED))])
    canvas.widget.deleteLater()
    QApplication.sendPostedEvents(None, 52)
    canvases.shown = {}
    overlays.place()
    overlays.hide("mask")


def test_it_grows_with_its_canvas(canvas: FakeCanvas) -> None:
    overlays = Overlays(FakeCanvases({"a": [canvas]}))
    overlays.show("mask", "a", [Laid(Rect(0, 0, 1000, 1000), filled(RED))])
    canvas.widget.resize(400, 300)
    assert seen(canvas, 390, 290) == RED
