"""The question where kept passes go, as it is asked and answered."""

from PyQt5.QtWidgets import QApplication

from . import desk
from .runner import Pause, Until


def again(insert, picture):
    """Press “Insert again” and answer the question; what was asked, and the places in order."""
    yield from desk.press_still(lambda: desk.kept_row().again)
    return (yield from answered(insert, picture))


def answered(insert, picture=""):
    """The same once it is pressed. picture: where a screenshot goes, if one is wanted."""
    yield Until(lambda: question() is not None, "a question")
    dialog = question()
    choice = dialog.choice
    found = [dialog.asked.text(), [choice.itemText(i) for i in range(choice.count())]]
    if picture:
        yield Pause(200)
        desk.screenshot(picture)
    (dialog.accept if insert else dialog.reject)()
    yield Until(lambda: question() is not dialog, "the question to be gone")
    return found


def question():
    found = QApplication.activeModalWidget()
    return found if found is not None and desk.named(found, "PlaceDialog") else None
