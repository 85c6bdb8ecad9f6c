"""Krita's window as an artist uses it: what the docker says, real mouse clicks, screenshots."""

import time
from functools import cache
from itertools import pairwise

from PyQt5.QtCore import QPoint, QProcess, Qt, QTimer
from PyQt5.QtGui import QGuiApplication
from PyQt5.QtWidgets import QApplication, QDockWidget, QProgressBar, QToolBar, QWidget

from krita import Krita

from .runner import Pause, Until

_STILL = 30  # looks in a row, 10 ms apart


def main_window():
    """The one main window, filling the screen: there is no window manager to do it."""
    window = Krita.instance().activeWindow().qwindow()
    screen = QGuiApplication.primaryScreen().geometry()
    if window.geometry() != screen:
        window.setGeometry(screen)
    return window


@cache
def panel():
    """The plugin's docker content. Looked for once: going through Krita's widgets takes 0.2 s."""
    return panel_of(main_window())


def panel_of(window):
    """The docker content of one of several windows."""
    return next(w for w in window.findChildren(QWidget) if named(w, "InpaintPanel"))


def second_window():
    """Open one more of Krita's windows as the menu does, and bring it to the front."""
    krita = Krita.instance()
    before = {window.qwindow() for window in krita.windows()}
    krita.action("view_newwindow").trigger()
    yield Until(lambda: len(krita.windows()) > len(before), "a second window")
    (window,) = {window.qwindow() for window in krita.windows()} - before
    window.activateWindow()
    yield Until(window.isActiveWindow, "the second window in front")
    return window


def named(widget, name):
    return type(widget).__name__ == name


def toolbar_button():
    """The button of the plugin's own toolbar."""
    toolbar = main_window().findChild(QToolBar, "sfumato_toolbar")
    (action,) = toolbar.actions()
    return toolbar.widgetForAction(action)


def no_double_click():
    """Time enough that the next click is one of its own."""
    return Pause(QApplication.doubleClickInterval() + 50)


def press(widget):
    """Click the middle of a widget with the X server's own mouse; returns before it arrives."""
    middle = widget.rect().center()
    assert widget.isEnabled(), "it is greyed"
    assert widget.visibleRegion().contains(middle), "it cannot be seen"
    place = widget.mapToGlobal(middle)
    mouse("mousemove", place.x(), place.y(), "click", 1)


def press_still(find):
    """Press the widget that `find` gives, once it stays where it is: a click goes to a place."""
    places = []

    def still():
        widget = find()
        centre = widget.mapToGlobal(widget.rect().center())
        places.append((centre.x(), centre.y()))
        return len(places) >= _STILL and len(set(places[-_STILL:])) == 1

    yield Until(still, "a button to stay where it is")
    press(find())


def mouse(*arguments):
    """Hand a command to xdotool without waiting for it: its events come to this very process."""
    assert QProcess.startDetached("xdotool", [str(word) for word in arguments])


def canvas_widget():
    """What Krita paints the picture on."""
    widgets = main_window().findChildren(QWidget)
    return next(w for w in widgets if w.metaObject().className().startswith("KisQPainterCanvas"))


def canvas_centre():
    """Global position of the middle of the canvas."""
    canvas = canvas_widget()
    return canvas.mapToGlobal(QPoint(canvas.width() // 2, canvas.height() // 2))


def kept_row():
    """The first row of a job whose passes are kept."""
    return next(row for row in panel().rows.in_order() if row.again.isVisible())


def says(text, seconds=60.0):
    """Wait until the docker's sentence contains `text`."""
    sentence = panel().sentence
    return Until(lambda: text in sentence.text(), f"the docker to say “{text}”", seconds,
                 lambda: f"it said “{sentence.text()}”")  # fmt: skip


def words(table):
    """What the rows of the docker's table of passes say."""
    return " | ".join(bar.text() for bar in table.findChildren(QProgressBar))


def connected():
    """Wait until the docker says that a server is there."""
    sentence = panel().connection.sentence
    return Until(lambda: sentence.text().startswith("Connected"), "a server", 30.0,
                 lambda: f"it said “{sentence.text()}”")  # fmt: skip


def screenshot(path):
    """The whole X screen as a PNG."""
    assert QGuiApplication.primaryScreen().grabWindow(0).save(path, "PNG")


def make_room(window=None):
    """Give the plugin's docker the height of two that a picture of it can do without."""
    window = window or main_window()
    for dock in window.findChildren(QDockWidget):
        if dock.objectName() in ("PresetDocker", "ColorSelectorNg", "sharedtooldocker"):
            dock.close()
    ours = window.findChild(QDockWidget, "sfumato_docker")
    layers = window.findChild(QDockWidget, "KisLayerBox")
    window.resizeDocks([layers, ours], [390, 570], Qt.Vertical)
    window.resizeDocks([ours], [400], Qt.Horizontal)


def close(document):
    """Close a document without a question, once Krita's layer docker has forgotten its layers.

    The docker looks at changed layers a moment later, and ends Krita (5.1.5, in
    KisNodeModel::processUpdateQueue) when their document was closed before. Nothing tells when it
    has looked.
    """
    document.waitForDone()
    yield Pause(1000)
    document.setModified(False)
    document.close()


def activated(document, node):
    """Make a node the active one and wait until it is.

    Krita (5.1.5) does not hear the wish while its layer docker has yet to learn of the node, as
    just after a redo ("SAFE ASSERT shape" in KisNodeManager), so it is said until it holds.
    """

    def active():
        document.setActiveNode(node)
        return document.activeNode() == node

    yield Until(active, f"“{node.name()}” to be active")


def at_rest():
    """Wait until Krita's status bar shows no work going on."""
    bars = main_window().statusBar().findChildren(QProgressBar)
    return Until(lambda: not any(bar.isVisible() for bar in bars), "Krita to be at rest")


class Heartbeat:
    """A 5 ms timer on the main thread; what is missing between two beats is a stall."""

    def __init__(self):
        self._beats = []
        self._timer = QTimer(interval=5, timerType=Qt.PreciseTimer)
        self._timer.timeout.connect(lambda: self._beats.append(time.monotonic()))
        self._timer.start()

    def stop(self):
        self._timer.stop()

    def longest_ms(self, start, end):
        """The longest time without a beat that began between two `time.monotonic` moments."""
        beats = [start] + [beat for beat in self._beats if start <= beat < end] + [end]
        return 1000.0 * max(b - a for a, b in pairwise(beats))
