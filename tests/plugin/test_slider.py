"""The slider with its value inside, and the scale that it goes through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtGui import QColor, QKeyEvent
from PyQt5.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from fakes.qt_hands import drag, key, right_click, wheel, write
from fakes.qt_waiting import Recorder
from sfumato.core.scale import Scale
from sfumato.ui.slider import Slider

STRENGTH = Scale(0.01, 1.0)
FACTOR = Scale(0.1, 10.0, tenfold=24)
STEPS = Scale(1, 200, 1, special=0)


@pytest.mark.parametrize("scale", [STRENGTH, FACTOR, STEPS])
def test_every_place_has_a_value_and_every_value_its_place(scale: Scale) -> None:
    values = [scale.value(place) for place in range(scale.last + 1)]
    assert values == sorted(set(values))
    assert [scale.place(value) for value in values] == list(range(scale.last + 1))
    assert values[-1] == scale.most
    assert values[0] == (scale.least if scale.special is None else scale.special)


def test_a_value_beyond_the_range_has_the_place_at_its_end() -> None:
    assert STRENGTH.value(STRENGTH.place(7.0)) == 1.0
    assert STEPS.value(STEPS.place(-7.0)) == 1
    assert FACTOR.value(FACTOR.place(1.0)) == 1.0


@pytest.fixture
def slider(application: QApplication) -> Iterator[Slider]:
    made = Slider("Strength", STRENGTH, "{:.2f}".format, bands=((0.0, QColor("green")),))
    box = QWidget()
    layout = QVBoxLayout(box)
    other = QLineEdit()
    layout.addWidget(made)
    layout.addWidget(other)
    box.resize(220, 80)
    box.show()
    QApplication.setActiveWindow(box)
    other.setFocus()
    made.show_value(0.5)
    yield made
    box.close()


def test_what_is_shown_is_not_told(slider: Slider) -> None:
    told = Recorder(slider.chosen)
    slider.show_value(0.7)
    assert slider.text() == "Strength: 0.70"
    assert told.seen == []


def test_a_click_and_a_drag_take_the_value_under_the_pointer(slider: Slider) -> None:
    told = Recorder(slider.chosen)
    width = slider.width()
    drag(slider, width // 4, width // 2, width + 50)
    assert told.seen == [pytest.approx(0.26, abs=0.01), pytest.approx(0.51, abs=0.01), 1.0]


def test_the_keyboard_alone_sets_it(slider: Slider) -> None:
    told = Recorder(slider.chosen)
    slider.setFocus()
    key(slider, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_End)
    assert told.seen == [0.51, 0.6, 0.01, 1.0]
    write(slider, "0")
    field = slider.findChild(QLineEdit)
    assert field is not None
    write(field, ",35")
    key(field, Qt.Key.Key_Return)
    assert slider.chosen_value() == 0.35
    assert slider.hasFocus()
    key(slider, Qt.Key.Key_F2)
    (field,) = [line for line in slider.findChildren(QLineEdit) if line.isVisible()]
    assert field.selectedText() == "0.35"
    key(field, Qt.Key.Key_Escape)
    assert slider.chosen_value() == 0.35


@pytest.mark.parametrize("typed", ["", "x", "nan", "0.5"])
def test_typing_that_is_no_number_or_is_left_changes_nothing(slider: Slider, typed: str) -> None:
    told = Recorder(slider.chosen)
    slider.setFocus()
    right_click(slider)
    field = slider.findChild(QLineEdit)
    assert field is not None
    assert field.selectedText() == "0.5"
    write(field, typed)
    if not typed:
        key(field, Qt.Key.Key_9)
    key(field, Qt.Key.Key_Escape if not typed else Qt.Key.Key_Return)
    assert told.seen == []


def test_the_wheel_turns_it_only_where_it_has_the_keyboard(slider: Slider) -> None:
    told = Recorder(slider.chosen)
    assert not wheel(slider)
    assert told.seen == []
    slider.setFocus()
    assert wheel(slider)
    assert told.seen[-1] > 0.5


def test_a_key_that_krita_has_a_use_for_is_the_sliders_while_it_is_in_use(slider: Slider) -> None:
    """Krita zooms with 1, 2 and 3, and goes through the layers with Page Up and Down."""
    mine: list[Qt.Key] = []
    kritas: list[Qt.Key] = []
    for key_of, text, modifier in (
        (Qt.Key.Key_1, "1", Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_PageUp, "", Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Z, "z", Qt.KeyboardModifier.ControlModifier),
    ):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key_of, modifier, text)
        event.ignore()
        QApplication.sendEvent(slider, event)
        (mine if event.isAccepted() else kritas).append(key_of)
    assert mine == [Qt.Key.Key_1, Qt.Key.Key_PageUp]
    assert kritas == [Qt.Key.Key_Z]


def test_it_has_a_name_for_who_cannot_see_it(slider: Slider) -> None:
    assert slider.accessibleName() == "Strength"
