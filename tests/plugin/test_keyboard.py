"""The docker without a mouse and without eyes: what takes the keyboard says what it is."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QScrollArea,
    QWidget,
)

from sfumato.core.actions import ACTIONS
from sfumato.jobs import Jobs
from sfumato.ui.panel import InpaintPanel


def spoken(panel: InpaintPanel, widget: QWidget) -> str:
    """What a screen reader says of a control."""
    labels = [label.text() for label in panel.findChildren(QLabel) if label.buddy() is widget]
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return next((words for words in (widget.accessibleName(), *labels, text) if words), "")


def place(panel: InpaintPanel, widget: QWidget) -> str:
    """Where a control lies, outermost first."""
    names: list[str] = []
    here: QWidget | None = widget
    while here is not None and here is not panel:
        names.insert(0, here.objectName() or type(here).__name__)
        here = here.parentWidget()
    return " > ".join(names)


def test_everything_that_takes_the_keyboard_has_a_name(application: QApplication) -> None:
    panel = InpaintPanel(Jobs())
    takes = [
        widget
        for widget in panel.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.objectName().startswith("qt_")  # parts that Qt makes,
        and widget.window() is panel  # as the list that a box opens
    ]
    assert len(takes) > 10
    silent = [widget for widget in takes if not spoken(panel, widget)]
    assert not silent, [place(panel, widget) for widget in silent]
    # A place that only scrolls is no stop of the Tab key: what lies in it scrolls into sight.
    assert not any(isinstance(widget, QScrollArea) for widget in takes)


def test_every_button_is_an_action(application: QApplication) -> None:
    """But those that stand in rows, and a way to the marked row's is there for each of them."""
    panel = InpaintPanel(Jobs())
    known = {action.id for action in ACTIONS}
    others = [
        button
        for button in panel.findChildren(QAbstractButton)
        if button.objectName() not in known and not button.objectName().startswith("qt_")
    ]
    assert not others, [place(panel, button) for button in others]
