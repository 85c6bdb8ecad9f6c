"""The ladder taken in hand by real clicks and keys: strengths, passes, recipes that are kept."""

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QDockWidget, QLineEdit

from . import desk
from .refusing import rectangle, select
from .runner import Pause, Until
from .session import open_photo

STILL = 5  # looks, 10 ms apart


def taken_in_hand(photo, pictures):
    """Alter the ladder, run it, keep it as a recipe, rename that, delete it."""
    desk.main_window()
    yield desk.connected()
    document = yield from open_photo(photo, "", "")
    select(document, rectangle(150, 150, 60, 50))
    desk.make_room()
    form = desk.panel().choices.ladder_part
    rows = form.table.rows
    report = {"at first": told(form)}
    yield from wheel_over(rows[0].strength)
    report["after the wheel"] = told(form)
    yield from typed(rows[0].strength, "0.55")
    yield from pressed(rows[1].on, lambda: not rows[1].on.isChecked())
    yield from typed(form.overall, "0,8")
    report["altered"] = told(form)
    yield from pressed(rows[2].zone, popup)
    desk.mouse("key", "Home", "key", "Return")
    yield Until(lambda: rows[2].zone.currentText() == "Whole", "another zone")
    yield from pressed(form.table.more, form.table.details.isVisible)
    yield from typed(form.table.details.feather, "2")
    desk.screenshot(pictures + "/ladder.png")
    desk.press(desk.panel().inpaint)
    yield desk.says("in the document as")
    (group,) = [node for node in document.topLevelNodes() if node.type() == "grouplayer"]
    report["layers"] = [node.name() for node in group.childNodes()]
    yield from recipes(form, report)
    yield from low(pictures)
    return report


def recipes(form, report):
    """Keep what runs as a recipe, rename it, alter it and go back, delete it."""
    bar = form.bar
    title = bar.box.currentText
    yield from answered(bar.save, "Soft edge")
    yield Until(lambda: title() == "Soft edge", "the recipe to be kept", 30.0)
    report["kept"] = [told(form), desk.panel().sentence.text()]
    yield from answered(bar.rename, "Softest edge")
    yield Until(lambda: title() == "Softest edge", "the recipe's new name", 30.0)
    table = form.table
    yield from pressed(table.add, lambda: len(told(form)) == 3)
    yield from pressed(table.up, lambda: table.current == 1)
    yield from pressed(table.down, lambda: table.current == 2)
    yield from pressed(table.remove, lambda: len(told(form)) == 2)
    yield from typed(table.rows[0].strength, "0.9")
    report["altered again"] = told(form)
    yield from pressed(bar.restore, lambda: not bar.restore.isEnabled())
    report["restored"] = told(form)
    yield from asked(bar.delete)
    desk.mouse("key", "alt+y")
    yield Until(lambda: bar.box.findText("Softest edge") < 0, "the recipe to be gone", 30.0)
    report["deleted"] = [title(), desk.panel().sentence.text()]


def low(pictures):
    """A docker 290 px high: what runs is in sight, and so is some of the form."""
    window, panel = desk.main_window(), desk.panel()
    ours = window.findChild(QDockWidget, "sfumato_docker")
    layers = window.findChild(QDockWidget, "KisLayerBox")
    window.resizeDocks([layers, ours], [700, 290], Qt.Vertical)
    yield Until(lambda: ours.height() <= 300, "a low docker", instead=lambda: str(ours.height()))
    yield Pause(300)
    for widget in (panel.inpaint, panel.sentence, panel.choices.recipe):
        assert widget.visibleRegion().contains(widget.rect().center()), widget
    desk.screenshot(pictures + "/low.png")


def told(form):
    """What the rows of the ladder say: zone and strength of those that run."""
    rows = [row for row in form.table.rows if row.isVisible()]
    return [[row.zone.currentText(), row.strength.text()] for row in rows if row.on.isChecked()]


def pressed(widget, until):
    """Bring a widget into sight, click it, and wait for what comes of it."""
    yield from in_sight(widget)
    desk.press(widget)
    yield Until(until, f"what comes of {widget.accessibleName()}", 10.0)


def popup():
    return QApplication.activePopupWidget() is not None


def typed(slider, number):
    """Click a slider and type its value."""

    def line():
        return [one.text() for one in slider.findChildren(QLineEdit) if one.isVisible()]

    yield from pressed(slider, slider.hasFocus)
    desk.mouse("type", number)
    yield Until(lambda: line() == [number], f"{number} to be typed", 30.0, lambda: str(line()))
    desk.mouse("key", "Return")
    yield Until(lambda: not line() and slider.hasFocus(), "the slider to have the keyboard again")


def wheel_over(widget):
    """Turn the wheel over a widget that has not the keyboard."""
    yield from in_sight(widget)
    place = widget.mapToGlobal(widget.rect().center())
    desk.mouse("mousemove", place.x(), place.y(), "click", 5, "click", 4)
    yield Pause(300)


def in_sight(widget):
    """Scroll to a widget and wait until it stays where it is: a click goes to a place."""
    area, places = desk.panel().area, []

    def seen():
        area.ensureWidgetVisible(widget)
        places.append(widget.mapToGlobal(widget.rect().center()))
        still = places[-STILL:] == places[-1:] * STILL
        return still and widget.visibleRegion().contains(widget.rect().center())

    yield Until(seen, f"{widget.accessibleName()} in sight")


def answered(button, text):
    """Press a button that asks for a name, and type one."""
    yield from asked(button)
    dialog = QApplication.activeModalWidget()
    desk.mouse("type", text)
    yield Until(lambda: dialog.textValue() == text, f"“{text}” to be typed")
    desk.mouse("key", "Return")
    yield Until(lambda: QApplication.activeModalWidget() is None, "the question to be gone")


def asked(button):
    """Press a button that asks something; the question then has the keyboard."""
    yield from in_sight(button)
    desk.press(button)
    yield Until(lambda: QApplication.activeModalWidget() is not None, "a question")
    dialog = QApplication.activeModalWidget()
    dialog.activateWindow()  # there is no window manager to do it
    yield Until(dialog.isActiveWindow, "the question to have the keyboard")
