"""The wheel over a box of choices."""

from __future__ import annotations

import re

from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtGui import QWheelEvent
from PyQt5.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from fakes import wording
from sfumato.ui.calm_box import CalmBox


def roll(box: CalmBox) -> bool:
    """One notch down over a box; whether it was taken."""
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, event)
    return event.isAccepted()


def test_it_scrolls_the_docker_unless_the_box_has_the_keyboard(application: QApplication) -> None:
    area, inside, box, other = QScrollArea(), QWidget(), CalmBox(), CalmBox()
    layout = QVBoxLayout(inside)
    layout.addWidget(box)
    layout.addWidget(other)
    box.addItems(["heal", "seam", "grade"])
    area.setWidget(inside)
    area.show()
    area.activateWindow()
    other.setFocus()
    application.processEvents()
    assert not roll(box)
    assert box.currentText() == "heal"
    box.setFocus()
    application.processEvents()
    assert box.hasFocus()
    roll(box)
    assert box.currentText() == "seam"


def test_no_other_kind_of_box_is_made() -> None:
    made = re.compile(r"\bQ(?:ComboBox|SpinBox|DoubleSpinBox|Slider|FontComboBox)\(\)")
    for source in wording.sources():
        assert not made.search(source.read_text("utf-8")), source
