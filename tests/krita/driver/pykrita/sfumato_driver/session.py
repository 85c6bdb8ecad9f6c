"""An artist's session: a photo, a selection, a click on the toolbar, layers, undo, redo, save."""

import itertools
import os
import time

from krita import Krita, Selection

from . import desk
from .records import Recorder, describe, dump_layers, write_projection
from .runner import Until


def inpaint(photo, ellipse, spaces, folder):
    """Run a whole session for each of `spaces` ((depth, profile), as the photo comes for "").

    ellipse: file with the selection's coverage of the photo, one byte a pixel. folder: where pixels
    are left for the test to look at, one folder a space.
    """
    desk.main_window()
    yield desk.connected()
    sessions = []
    for number, (depth, profile) in enumerate(spaces):
        place = os.path.join(folder, str(number))
        os.mkdir(place)
        document = yield from open_photo(photo, depth, profile)
        session = yield from _one(document, ellipse, place)
        sessions.append(session)
        yield from desk.close(document)
    return {"sessions": sessions}


def open_photo(photo, depth, profile):
    """Open the photo in a view, in the colour space asked for."""
    krita = Krita.instance()
    document = krita.openDocument(photo)
    if depth:
        document.setColorSpace("RGBA", depth, profile)
    krita.activeWindow().addView(document)
    document.waitForDone()
    yield Until(lambda: document.activeNode() is not None, "an active layer")
    return document


def select_ellipse(document, ellipse):
    """Give the document the selection in the file.

    Built of spans: the outline that Krita draws does not follow `setPixelData`.
    """
    width = document.width()
    with open(ellipse, "rb") as file:
        coverage = file.read()
    selection = Selection()
    for y in range(document.height()):
        start = 0
        for value, run in itertools.groupby(coverage[y * width : (y + 1) * width]):
            length = len(list(run))
            if value:
                selection.select(start, y, length, 1, value)
            start += length
    document.setSelection(selection)
    document.waitForDone()


def _one(document, ellipse, place):
    select_ellipse(document, ellipse)
    layer = document.activeNode().name()
    view = describe_view()
    write_projection(document, os.path.join(place, "before"))
    desk.panel().say("")
    recorder, heart = Recorder(), desk.Heartbeat()
    pressed = time.monotonic()
    desk.press(desk.toolbar_button())
    yield desk.says("in the document as", 200.0)
    ended = time.monotonic()
    recorder.stop()
    yield Until(lambda: document.activeNode().name() == layer, "the layer to be active again")
    heart.stop()
    document.waitForDone()
    report = describe(document, recorder.plan)
    report["layer"] = (layer, document.activeNode().name())
    report["view"] = (view, describe_view())
    report["stall_ms"] = heart.longest_ms(pressed, recorder.begun)
    report["insertion_ms"] = 1000.0 * (recorder.ended - recorder.begun)
    report["seconds"] = ended - pressed
    selection = document.selection().pixelData(0, 0, document.width(), document.height())
    with open(os.path.join(place, "selection"), "wb") as file:
        file.write(selection)
    dump_layers(document, recorder.plan, place)
    write_projection(document, os.path.join(place, "after"))
    yield from _undo_and_redo(document, place, report)
    yield from _use_again(document, report)
    _save_and_reopen(document, place, report, recorder.plan)
    return report


def _undo_and_redo(document, place, report):
    def nodes():
        document.waitForDone()
        return [node.type() for node in document.topLevelNodes() if node.type() != "selectionmask"]

    Krita.instance().action("edit_undo").trigger()
    yield Until(lambda: nodes() == ["paintlayer"], "one undo to take the group away", 5.0,
                lambda: str(nodes()))  # fmt: skip
    write_projection(document, os.path.join(place, "undone"))
    Krita.instance().action("edit_redo").trigger()
    yield Until(lambda: nodes() == ["paintlayer", "grouplayer"], "one redo to bring it back", 5.0,
                lambda: str(nodes()))  # fmt: skip
    write_projection(document, os.path.join(place, "redone"))
    report["redone"] = describe(document, None)["nodes"]


def _use_again(document, report):
    """Another seed is chosen; then the settings of the group's second layer are asked for."""
    form = desk.panel().choices
    form.lock.setChecked(False)
    form.lock.clicked.emit(False)
    form.seed.setText("123")
    form.seed.editingFinished.emit()
    before = [form.seed.text(), form.lock.isChecked()]
    (group,) = [node for node in document.topLevelNodes() if node.type() == "grouplayer"]
    layer = group.childNodes()[1]
    yield from desk.activated(document, layer)
    desk.panel().reuse.click()
    yield desk.says("are chosen again")
    report["again"] = [before, [form.seed.text(), form.lock.isChecked()]]
    form.lock.setChecked(True)
    form.lock.clicked.emit(True)


def _save_and_reopen(document, place, report, plan):
    path = os.path.join(place, "picture.kra")
    document.setBatchmode(True)
    assert document.saveAs(path)
    copy = Krita.instance().openDocument(path)
    write_projection(copy, os.path.join(place, "reopened"))
    report["reopened"] = describe(copy, plan)
    copy.close()


def describe_view():
    """What the artist would notice if it moved."""
    canvas = Krita.instance().activeWindow().activeView().canvas()
    return [canvas.zoomLevel(), canvas.rotation(), canvas.mirror()]
