"""Krita's own importer of Python plugins, used as an artist would: menu, file dialog, Yes."""

import os

from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication, QFileDialog, QMessageBox

from krita import Krita

from . import desk
from .runner import Until


def import_zip(archive):
    """Import the zip and say yes to activating it; Krita quits properly, to keep its settings."""
    window = desk.main_window()
    assert not window.findChildren(QMessageBox)
    QTimer.singleShot(0, Krita.instance().action("plugin_importer_file").trigger)
    yield Until(lambda: isinstance(modal(), QFileDialog), "the file dialog", 15.0, describe_modal)
    dialog = modal()
    dialog.selectFile(archive)
    QTimer.singleShot(0, dialog.accept)
    yield Until(lambda: isinstance(modal(), QMessageBox), "the question to activate it", 15.0,
                describe_modal)  # fmt: skip
    question = modal()
    asked = question.text()
    desk.press(question.button(QMessageBox.Yes))
    yield Until(lambda: modal() is None, "the importer to end", 15.0, describe_modal)
    folder = Krita.instance().getAppDataLocation()
    return {
        "asked": asked,
        "enabled": Krita.instance().readSetting("python", "enable_sfumato", ""),
        "action": os.path.exists(os.path.join(folder, "actions", "sfumato.action")),
        "quit": True,
    }


def plugin_is_there():
    """After a restart: what of the plugin is in the window."""
    desk.main_window()
    yield desk.connected()
    button, action = desk.toolbar_button(), Krita.instance().action("sfumato_inpaint")
    return {
        "button": button.text(),
        "icon": not button.icon().isNull(),
        "menu": action.text().replace("&", ""),
        "recipes": desk.panel().choices.recipe.count(),
    }


def modal():
    return QApplication.activeModalWidget()


def describe_modal():
    widget = modal()
    text = getattr(widget, "text", lambda: "")()
    return f"there was {type(widget).__name__} “{text}”"
