"""Clicks that cannot become a job: one sentence in the docker each, and nothing changed."""

import time

from krita import Krita, Selection

from . import desk
from .records import describe, jobs_in, tree
from .runner import Pause, Until
from .session import open_photo

PROFILE = "sRGB-elle-V2-srgbtrc.icc"


def every_refusal(photo):
    """Press the button in every situation that allows no job; what the docker says each time."""
    said = {}
    desk.main_window()
    yield desk.connected()
    said["no document"] = yield from pressed(None)
    document = yield from open_photo(photo, "", "")
    said["no selection"] = yield from pressed(document)
    select(document, Selection())
    said["empty selection"] = yield from pressed(document)
    select(document, rectangle(-300, -300, 200, 200))
    said["off the canvas"] = yield from pressed(document)
    Krita.instance().action("deselect").trigger()
    yield Until(lambda: document.selection() is None, "nothing to be selected")
    said["unsupported colour"] = yield from in_float(photo)
    select(document, rectangle(100, 100, 50, 50))
    said["stroke"] = yield from during_a_stroke(document)
    yield from desk.close(document)
    said["too large"], taken_ms = yield from all_of_a_large_picture()
    return {"said": said, "all of 8192²": taken_ms}


def without_server(photo):
    """Press the button while no server listens."""
    desk.main_window()
    document = yield from open_photo(photo, "", "")
    select(document, rectangle(100, 100, 50, 50))
    guide = desk.panel().connection.guide
    yield Until(guide.isVisible, "the docker to say how to start a server")
    return {"said": (yield from pressed(document))}


def cancelling(photo):
    """Start a job that never ends and press the docker's Cancel button."""
    desk.main_window()
    yield desk.connected()
    document = yield from open_photo(photo, "", "")
    select(document, rectangle(100, 100, 50, 50))
    desk.make_room()
    before = state(document)
    panel = desk.panel()
    assert not panel.cancel.isEnabled()
    desk.press(desk.toolbar_button())
    yield Until(lambda: "1 / 2" in desk.words(panel.rows.details.passes), "the job to run")
    desk.press(panel.cancel)
    yield desk.says("Cancelled")
    yield Until(lambda: not panel.cancel.isEnabled(), "nothing to be left to cancel")
    assert state(document) == before, "a cancelled job changed the document"
    return {"said": panel.sentence.text()}


def finishing_during_a_stroke(photo):
    """A job that finishes while the artist paints: its layers wait for the end of the stroke."""
    desk.main_window()
    yield desk.connected()
    document = yield from open_photo(photo, "", "")
    select(document, rectangle(150, 150, 60, 50))
    panel, centre = desk.panel(), desk.canvas_centre()
    desk.toolbar_button().defaultAction().trigger()
    desk.mouse("mousemove", centre.x(), centre.y(), "mousedown", 1,
               "mousemove", centre.x() + 40, centre.y() + 30)  # fmt: skip
    yield Until(lambda: not idle(document), "a stroke to begin")
    yield desk.says("as soon as the current stroke, filter or transform ends")
    waiting = [node.type() for node in document.topLevelNodes()]
    desk.mouse("mouseup", 1)
    yield desk.says("in the document as")
    document.waitForDone()
    nodes = [tree(node) for node in document.topLevelNodes() if node.type() != "selectionmask"]
    return {"waiting": waiting, "nodes": nodes, "said": panel.sentence.text()}


def pressed(document):
    """Click the toolbar's button; what the docker says then. The document must stay as it is."""
    panel = desk.panel()
    panel.say("")
    before = state(document)
    yield desk.no_double_click()
    desk.press(desk.toolbar_button())
    yield Until(lambda: panel.sentence.text() != "", "the docker to say something")
    assert state(document) == before, "the click changed the document"
    return panel.sentence.text()


def by_selection_mask(photo):
    """Nothing is selected but in a local mask of the active layer: first the layer is active, then
    the mask itself. What the records say was selected."""
    desk.main_window()
    yield desk.connected()
    document = yield from open_photo(photo, "", "")
    layer = document.activeNode()
    mask = document.createSelectionMask("Lips")
    mask.setSelection(rectangle(100, 100, 50, 40))
    layer.addChildNode(mask, None)
    document.waitForDone()
    panel = desk.panel()
    for active in (layer, mask):
        yield from desk.activated(document, active)
        panel.say("")
        yield desk.no_double_click()
        desk.press(desk.toolbar_button())
        yield desk.says("in the document as")
        yield Until(lambda active=active: document.activeNode() == active, "it to be active again")
    mask.setVisible(False)
    document.waitForDone()
    hidden = yield from pressed(document)
    kinds = jobs_in(document)
    return {"records": [bytes(document.annotation(k)).decode() for k in kinds], "hidden": hidden}


def all_of_a_large_picture():
    """Select All on more than any server takes: what is said, and how long the click took, ms."""
    krita = Krita.instance()
    document = krita.createDocument(8192, 8192, "large", "RGBA", "U8", PROFILE, 72.0)
    krita.activeWindow().addView(document)
    document.waitForDone()
    yield Until(lambda: krita.activeDocument() == document, "the large picture in front")
    krita.action("select_all").trigger()
    yield Until(lambda: document.selection() is not None, "all to be selected")
    document.waitForDone()
    yield Pause(1000)  # Krita paints the outline when it has nothing else to do
    yield Until(lambda: idle(document), "Krita to be at rest")
    panel = desk.panel()
    panel.say("")
    begun = time.perf_counter()
    desk.toolbar_button().defaultAction().trigger()
    taken = 1000 * (time.perf_counter() - begun)
    said = panel.sentence.text()
    yield from desk.close(document)
    return said, taken


def in_float(photo):
    """The same in a document that is not supported yet."""
    document = yield from open_photo(photo, "F32", "sRGB-elle-V2-g10.icc")
    select(document, rectangle(100, 100, 50, 50))
    said = yield from pressed(document)
    yield from desk.close(document)
    yield Until(lambda: len(Krita.instance().documents()) == 1, "the other picture in front")
    return said


def during_a_stroke(document):
    """The button's action triggered while the mouse holds a brush stroke: there is one mouse."""
    panel = desk.panel()
    panel.say("")
    centre = desk.canvas_centre()
    yield Until(lambda: Krita.instance().activeDocument() == document, "the picture in front")
    desk.mouse("mousemove", centre.x(), centre.y(), "mousedown", 1,
               "mousemove", centre.x() + 40, centre.y() + 30)  # fmt: skip
    yield Until(lambda: not idle(document), "a stroke to begin")
    yield desk.no_double_click()
    desk.toolbar_button().defaultAction().trigger()
    yield Until(lambda: panel.sentence.text() != "", "the docker to give up")
    said = panel.sentence.text()
    desk.mouse("mouseup", 1)
    yield Until(lambda: idle(document), "the stroke to end")
    return said


def idle(document):
    if not document.tryBarrierLock():
        return False
    document.unlock()
    return True


def rectangle(x, y, width, height):
    selection = Selection()
    selection.select(x, y, width, height, 255)
    return selection


def select(document, selection):
    document.setSelection(selection)
    document.waitForDone()


def state(document):
    """All that a refused click could have changed."""
    if document is None:
        return len(Krita.instance().documents())
    found = describe(document, None)
    found["pixels"] = bytes(document.pixelData(0, 0, document.width(), document.height()))
    return found
