"""What Krita remembers of the plugin's toolbar, in every window."""

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QToolBar

from krita import Krita

from . import desk
from .runner import Until


def hide_at_the_left():
    """Move the toolbar to the left and hide it by the menu, as an artist would; then quit."""
    window = desk.main_window()
    yield desk.at_rest()
    found = look(window)
    window.addToolBar(Qt.LeftToolBarArea, bar(window))
    tick().trigger()
    yield Until(lambda: not bar(window).isVisible(), "the toolbar to be hidden")
    return {"found": found, "left": look(window), "quit": True}


def show_again():
    """What is found in this window and in a second one; then the menu shows the toolbar again."""
    window = desk.main_window()
    yield desk.at_rest()
    found = look(window)
    other = yield from desk.second_window()
    second = look(other)
    tick().trigger()
    yield Until(bar(other).isVisible, "the toolbar to be shown")
    return {"found": found, "second": second, "left": [look(window), look(other)], "quit": True}


def look(window):
    """Whether the toolbar is shown, and on which side."""
    return [bar(window).isVisible(), int(window.toolBarArea(bar(window)))]


def bar(window):
    (found,) = window.findChildren(QToolBar, "sfumato_toolbar")
    return found


def tick():
    return Krita.instance().action("sfumato_toolbar_shown")
