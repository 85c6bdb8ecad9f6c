"""The mask before the click, as an artist meets it."""

import os

from PyQt5.QtCore import QByteArray, QPoint
from PyQt5.QtGui import QColor, QImage
from PyQt5.QtWidgets import QAbstractItemView, QDockWidget, QWidget

from krita import Krita
from sfumato.krita_io.canvas import KritaCanvases
from sfumato.krita_io.document import Rect
from sfumato.krita_io.documents import KritaDocuments
from sfumato.line import Line
from sfumato.ui.overlay import Laid, Overlays

from . import desk
from .refusing import rectangle, select
from .runner import Pause, Until
from .session import open_photo

AREA = Rect(100, 100, 300, 200)
VIEWS = {
    "fitted": (0.0, 0.0, False),
    "near": (2.0, 0.0, False),
    "turned": (1.0, 30.0, False),
    "turned-and-mirrored": (1.3, 30.0, True),
    "mirrored-and-far": (0.37, 0.0, True),
}  # zoom, 0 for as it is; degrees; mirrored


def before_the_click(photo, place):
    """Look at the mask, take it in hand, have it over the canvas, paint through it; then click."""
    sent = _asked()
    desk.main_window()
    yield desk.at_rest()
    yield desk.connected()
    document = yield from open_photo(photo, "", "")
    document.setModified(False)
    desk.make_room()
    view, form = desk.panel().mask_part.view, desk.panel().mask_part.form
    asks = "Select what should change"
    yield Until(lambda: view.words.text().startswith(asks), asks, 5.0, view.words.text)
    report = {}
    select(document, rectangle(261, 323, 88, 72))
    yield _told(view, lambda plan: len(plan) == 3)
    report["automatic"] = form.feather.slider.text()
    report["words"] = view.words.text()
    yield from _take_in_hand(view, form, report)
    yield from _over_the_canvas(document, view, place, report)
    yield from _out_of_sight(document, sent, report)
    yield from _click(document, view, report)
    yield from _leave(document, view, report)
    return report


def _take_in_hand(view, form, report):
    """Feather by button and key, then protection by a click."""
    yield from _press(form.feather.auto)
    chosen = round(view.foresight.plan[0].extent.feather)
    yield _told(view, lambda plan: plan[0].extent.fit == 0)
    form.feather.slider.setFocus()
    for _ in range(3):
        desk.mouse("key", "Right")
    yield _told(view, lambda plan: plan[0].extent.feather == chosen + 3)
    report["by hand"] = (chosen, form.feather.slider.text())
    (line,) = desk.panel().mask_part.advice.lines
    report["advice"] = line.words.text()
    yield from _press(line)
    report["why"] = line.words.text()
    yield from _press(form.inside)
    yield _told(view, lambda plan: plan[0].extent.keep_inside)
    report["inside"] = view.words.text()
    yield from _press(view.chips[2])
    yield Until(lambda: "Pass 2" in view.words.text(), "pass 2 alone", 5.0, view.words.text)


def _over_the_canvas(document, view, place, report):
    before = _state(document)
    desk.screenshot(os.path.join(place, "docker.png"))
    yield from _press(view.on_canvas)
    yield Until(lambda: len(_overlays()) == 1, "the mask over the canvas")
    yield Pause(700)
    desk.screenshot(os.path.join(place, "canvas.png"))
    report["untouched"] = [now == then for now, then in zip(_state(document), before)]
    steps = _undo_steps()
    centre = desk.canvas_centre()
    desk.mouse("mousemove", centre.x(), centre.y(), "mousedown", 1)
    desk.mouse("mousemove", centre.x() + 40, centre.y() + 20, "mouseup", 1)
    yield Until(lambda: _undo_steps() > steps, "a stroke through the overlay")
    document.waitForDone()
    Krita.instance().action("edit_undo").trigger()
    document.waitForDone()
    yield from _press(view.on_canvas)
    yield Until(lambda: not _overlays(), "nothing over the canvas")


def _out_of_sight(document, sent, report):
    """Nobody is asked while the docker is closed; what has changed is asked when it is back."""
    docker = desk.main_window().findChild(QDockWidget, "sfumato_docker")
    docker.close()
    yield Pause(500)
    asked = len(sent)
    select(document, rectangle(200, 323, 88, 72))
    yield Pause(1000)
    report["asked while hidden"] = len(sent) - asked
    docker.show()
    yield Until(lambda: len(sent) == asked + 1, "the new selection to be asked for")
    yield _told(desk.panel().mask_part.view, lambda plan: len(plan) == 3)


def _click(document, view, report):
    """All but a rectangle is selected, which is to be protected. What was shown is what runs."""
    kept = Rect(200, 323, 88, 72)
    Krita.instance().action("invert_selection").trigger()
    yield Until(lambda: view.foresight.places[0].crop.width > 400, "the mask round it")
    before = _pixels(document, kept), _pixels(document, Rect(0, 0, 512, 512))
    shown = view.foresight.places[0]
    jobs = []
    desk.panel()._jobs.changed.connect(jobs.append)
    desk.press(desk.toolbar_button())
    yield desk.says("in the document as", 100.0)
    document.waitForDone()
    planned = list(jobs[-1].plan)
    report["planned as shown"] = [zone.planned for zone in shown.zones] == planned
    report["passes"] = len(planned)
    report["crop as shown"] = jobs[-1].request.reading.crop == shown.crop
    now = _pixels(document, kept), _pixels(document, Rect(0, 0, 512, 512))
    changed = [sum(x != y for x, y in zip(*pair)) for pair in zip(now, before)]
    report["changed where protected, and at all"] = changed


def _leave(document, view, report):
    """Another picture, and the end of this one, while its mask lies over the canvas."""
    yield from _press(view.on_canvas)
    yield Until(lambda: len(_overlays()) == 1, "the mask over the canvas")
    krita = Krita.instance()
    profile = "sRGB-elle-V2-srgbtrc.icc"
    other = krita.createDocument(300, 300, "other", "RGBA", "U8", profile, 72.0)
    krita.activeWindow().addView(other)
    asks = "Select what should change"
    yield Until(lambda: view.words.text().startswith(asks), asks, 10.0, view.words.text)
    yield Pause(500)
    report["over another picture"] = len(_all_overlays())
    yield from desk.close(document)
    yield Pause(500)
    select(other, rectangle(100, 100, 60, 60))
    yield Until(lambda: len(_all_overlays()) == 1, "the other picture's mask over its canvas")
    yield from desk.close(other)
    yield Pause(500)
    report["over no picture"] = len(_all_overlays())


def placed(place):
    """Cover a red rectangle with a blue picture, in several views of it."""
    desk.main_window()
    yield desk.at_rest()
    krita = Krita.instance()
    krita.writeSetting("", "showOnCanvasMessages", "false")  # "Zoom: 200 %", over the canvas
    profile = "sRGB-elle-V2-srgbtrc.icc"
    document = krita.createDocument(1000, 800, "red", "RGBA", "U8", profile, 300.0)
    krita.activeWindow().addView(document)
    red = QByteArray(bytes((0, 0, 255, 255)) * (AREA.width * AREA.height))
    layer = document.topLevelNodes()[0]
    layer.setPixelData(red, AREA.x, AREA.y, AREA.width, AREA.height)
    document.refreshProjection()
    yield Pause(1000)
    documents = KritaDocuments()
    overlays = Overlays(KritaCanvases(documents))
    blue = QImage(8, 8, QImage.Format_ARGB32)
    blue.fill(QColor(0, 0, 255))
    pictures = [Laid(AREA, blue)]
    canvas = krita.activeWindow().activeView().canvas()
    overlays.show("test", documents.identity(document), pictures)
    for name, (zoom, angle, mirrored) in VIEWS.items():
        if zoom:
            canvas.setZoomLevel(zoom)
        canvas.setRotation(angle)
        canvas.setMirror(mirrored)
        yield Pause(700)
        desk.screenshot(os.path.join(place, name + "-with.png"))
        overlays.hide("test")
        yield Pause(300)
        desk.screenshot(os.path.join(place, name + "-without.png"))
        overlays.show("test", documents.identity(document), pictures)
    canvas_widget = desk.canvas_widget()
    corner = canvas_widget.mapToGlobal(QPoint(0, 0))
    return {"canvas": [corner.x(), corner.y(), canvas_widget.width(), canvas_widget.height()]}


def _asked():
    """Questions that go to the server, from now on."""
    sent, send = [], Line.send

    def noting(self, pack):
        sent.append(pack)
        send(self, pack)

    Line.send = noting
    return sent


def _told(view, holds):
    """Wait until the plan that the docker shows is as it should be."""
    return Until(
        lambda: bool(view.foresight.plan) and holds(view.foresight.plan),
        "the mask in the docker",
        20.0,
        lambda: f"{view.words.text()} {view.foresight.plan}",
    )


def _press(button):
    """Scroll to a button of the form and click it."""

    def in_sight():
        desk.panel().area.ensureWidgetVisible(button)
        return button.visibleRegion().contains(button.rect().center())

    yield Until(in_sight, "a button in sight", 5.0)
    desk.press(button)
    yield Pause(300)


def _overlays():
    return [w for w in desk.canvas_widget().findChildren(QWidget) if desk.named(w, "Overlay")]


def _all_overlays():
    widgets = desk.main_window().findChildren(QWidget)
    return [widget for widget in widgets if desk.named(widget, "Overlay") and widget.isVisible()]


def _undo_steps():
    history = desk.main_window().findChild(QDockWidget, "History")
    return history.findChild(QAbstractItemView).model().rowCount()


def _pixels(document, area):
    return bytes(document.pixelData(area.x, area.y, area.width, area.height))


def _state(document):
    """What an artist's work is: layers and pixels, and whether it is stored."""
    nodes = [(node.name(), node.type()) for node in document.topLevelNodes()]
    width, height = document.width(), document.height()
    return nodes, bytes(document.pixelData(0, 0, width, height)), document.modified()
