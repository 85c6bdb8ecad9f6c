"""An artist's first minutes: no server yet, no mouse, another language."""

from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAction,
    QApplication,
    QDockWidget,
    QLabel,
    QTextBrowser,
)

from krita import Krita

from . import desk
from .runner import Pause, Until


def press_start(picture):
    """Start the server by the docker's button; what the docker said until it was there."""
    desk.main_window()
    yield desk.at_rest()
    box, said = desk.panel().connection, []
    yield Until(box.start.isVisible, "the button that starts the server")
    desk.screenshot(picture)
    said.append(box.sentence.text())
    desk.press(box.start)

    def arrived():
        if box.sentence.text() not in said:
            said.append(box.sentence.text())
        return said[-1].startswith("Connected")

    yield Until(arrived, "the server", 60.0, lambda: f"it said {said}")
    return {"said": said, "button": box.start.isVisible()}


def by_keys(picture):
    """Shortcuts that two actions share with ours; then the docker with no mouse at all."""
    window = desk.main_window()
    yield desk.at_rest()
    ours = [action for action in actions(window) if action.objectName().startswith("sfumato_")]
    shared = [
        [one.objectName(), other.objectName()]
        for one in ours
        for other in actions(window)
        if other is not one and set(keys(one)) & set(keys(other))
    ]
    window.activateWindow()
    yield Until(window.isActiveWindow, "the window to have the keyboard")
    desk.panel().say("")
    desk.mouse("key", "ctrl+shift+m")
    yield Until(
        lambda: desk.panel().sentence.text() != "",
        "the key to be heard",
        5.0,
        lambda: f"{[keys(a) for a in actions(window) if a.objectName() == 'sfumato_inpaint']}",
    )
    said = desk.panel().sentence.text()
    document = Krita.instance().createDocument(64, 64, "d", "RGBA", "U8", "", 72.0)
    Krita.instance().activeWindow().addView(document)
    yield desk.at_rest()
    desk.panel().connection.again.setFocus()
    order = []
    for _ in range(60):
        here = QApplication.focusWidget()
        if not desk.panel().isAncestorOf(here):
            break
        order.append(here)
        desk.mouse("key", "Tab")
        yield Pause(60)  # where the keyboard stays where it is, nothing tells
    desk.screenshot(picture)
    document.setModified(False)
    return {
        "ours": {action.objectName(): keys(action) for action in ours},
        "shared": shared,
        "said": said,
        "order": [[type(widget).__name__, spoken(widget)] for widget in order],
        "docker": docker(window).isVisible(),
    }


def manual(picture):
    """What Krita's plugin manager shows of the plugin."""
    desk.main_window()
    yield desk.at_rest()
    shown = []

    def look():
        dialog = QApplication.activeModalWidget()
        try:
            shown.append(page(dialog))
            desk.screenshot(picture)
        except Exception as error:  # one that is raised here would open a dialog of its own
            shown.append(repr(error))
        dialog.reject()

    QTimer.singleShot(1500, look)
    Krita.instance().action("options_configure").trigger()
    yield Until(lambda: bool(shown), "the plugin manager")
    return {"shown": shown[0]}


def page(dialog):
    """The manual of the plugin, once it is chosen in the list of plugins."""
    choose(dialog, "Python Plugin Manager")
    choose(dialog, "Sfumato")
    return [browser.toPlainText() for browser in dialog.findChildren(QTextBrowser)]


def choose(dialog, name):
    """Click what a list names so."""
    for view in dialog.findChildren(QAbstractItemView):
        model = view.model()
        for row in range(model.rowCount() if model else 0):
            if model.index(row, 0).data() == name:
                view.setCurrentIndex(model.index(row, 0))
                view.clicked.emit(model.index(row, 0))
                return
    raise LookupError(name)


def docker(window):
    return window.findChild(QDockWidget, "sfumato_docker")


def spoken(widget):
    """What a screen reader says of a control."""
    labels = [label for label in desk.panel().findChildren(QLabel) if label.buddy() is widget]
    words = [widget.accessibleName(), *(label.text() for label in labels)]
    words += [widget.text()] if isinstance(widget, QAbstractButton) else []
    return next((word for word in words if word), "")


def actions(window):
    """All that a key may be set for, and what else has one in the window."""
    known = {action.objectName(): action for action in Krita.instance().actions()}
    others = [action for action in window.findChildren(QAction) if action not in known.values()]
    return [*known.values(), *others]


def keys(action):
    return [key.toString() for key in action.shortcuts() if not key.isEmpty()]


def in_other_words(picture):
    """What the docker and the menu say in the language that is set."""
    desk.main_window()
    yield desk.at_rest()
    desk.make_room()
    action = Krita.instance().action("sfumato_inpaint")
    panel = desk.panel()
    yield Until(
        lambda: panel.connection.guide.isVisible(),
        "no server to be found",
        10.0,
        lambda: panel.connection.sentence.text(),
    )
    yield Pause(300)
    desk.screenshot(picture)
    buttons = {button.objectName(): button.text() for button in panel.findChildren(QAbstractButton)}
    return {
        "action": action.text(),
        "button": buttons["sfumato_inpaint"],
        "sentence": panel.connection.sentence.text(),
        "key": action.shortcut().toString(),
    }
