"""What an artist's hands do in Krita and in the docker: open, select, choose, fold, look."""

import os

from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtWidgets import QApplication, QDockWidget

from krita import Krita
from sfumato.krita_io.canvas import _in_front

from . import desk
from .laddering import pressed
from .runner import Pause, Until

SOON = 20.0  # s


def opened(path):
    krita = Krita.instance()
    document = krita.openDocument(path)
    krita.activeWindow().addView(document)
    document.waitForDone()
    yield Until(lambda: document.activeNode() is not None, "an active layer")
    yield desk.at_rest()
    return document


def pasted(document, path):
    """The part of another picture as a layer of its own, and a selection of what it covers."""
    krita = Krita.instance()
    other = krita.openDocument(path)
    whole = (0, 0, other.width(), other.height())
    layer = document.createNode("Face", "paintlayer")
    layer.setPixelData(other.pixelData(*whole), *whole)
    document.rootNode().addChildNode(layer, None)
    other.close()
    document.waitForDone()
    yield from desk.activated(document, layer)
    krita.action("selectopaque").trigger()
    document.waitForDone()
    yield desk.at_rest()


def oval(left, top, right, bottom):
    """Drag with the elliptical selection tool. In canvas px."""
    Krita.instance().action("KisToolSelectElliptical").trigger()
    yield Pause(200)
    for share in (0.0, 0.3, 0.6, 1.0):
        place = on_screen(left + share * (right - left), top + share * (bottom - top))
        desk.mouse("mousemove", place.x(), place.y())
        yield Pause(60)
        if not share:
            desk.mouse("mousedown", 1)
            yield Pause(60)
    desk.mouse("mouseup", 1)
    document = Krita.instance().activeDocument()
    yield Until(lambda: document.selection() is not None, "a selection", SOON)


def on_screen(x, y):
    canvas = _in_front(Krita.instance().activeWindow(), Krita.instance().activeDocument())
    place = canvas.transform().map(QPointF(x, y))
    return canvas.widget.mapToGlobal(QPoint(round(place.x()), round(place.y())))


def recipe(title):
    """Choose a recipe in its box."""
    box = desk.panel().choices.recipe
    unfold("recipe")
    yield from chosen(box, box.findText(title))


def chosen(box, index):
    """Choose an entry of a box by mouse and keys."""
    yield from pressed(box, lambda: QApplication.activePopupWidget() is not None)
    desk.mouse("key", "Home", *["Down"] * index, "Return")
    yield Until(lambda: box.currentIndex() == index, f"entry {index}", SOON, box.currentText)


def clicked(label, until):
    """Click what cannot be pressed."""
    middle = label.mapToGlobal(label.rect().center())
    desk.mouse("mousemove", middle.x(), middle.y(), "click", 1)
    yield Until(until, "what comes of it", SOON)


def inpainted(document, count):
    desk.press(desk.panel().inpaint)
    yield from arrived(document, count)


def arrived(document, count):
    """Wait until so many groups are there, and Krita is at rest."""
    panel = desk.panel()
    yield Until(
        lambda: len(groups(document)) == count and not panel._jobs.open(),
        "the layers",
        90.0,
        lambda: f"{len(groups(document))} groups; {panel.sentence.text()}",
    )
    yield desk.at_rest()


def groups(document):
    document.waitForDone()
    return [node for node in document.topLevelNodes() if node.type() == "grouplayer"]


def seen(document):
    return [group.visible() for group in groups(document)]


def pixels(document):
    document.waitForDone()
    return bytes(document.pixelData(0, 0, document.width(), document.height()))


def fold(*names):
    for name in names:
        desk.panel().sections[name].open(False)


def unfold(*names):
    for name in names:
        desk.panel().sections[name].open(True)


def arrange():
    """Room for the docker, as the guide advises."""
    desk.make_room()
    window = desk.main_window()
    ours = window.findChild(QDockWidget, "sfumato_docker")
    layers = window.findChild(QDockWidget, "KisLayerBox")
    window.resizeDocks([layers, ours], [340, 600], Qt.Vertical)


def camera(folder):
    """Takes pictures where a folder is given."""

    def take(name, wait=800):
        if folder:
            desk.mouse("mousemove", desk.main_window().width() // 2, 8)  # no tip in the picture
            yield Pause(wait)
            desk.screenshot(os.path.join(folder, name + ".png"))

    take.wanted = bool(folder)
    return take


def low(height):
    """Give the docker so many px."""
    window = desk.main_window()
    ours = window.findChild(QDockWidget, "sfumato_docker")
    layers = window.findChild(QDockWidget, "KisLayerBox")
    window.resizeDocks([layers, ours], [window.height() - height, height], Qt.Vertical)
