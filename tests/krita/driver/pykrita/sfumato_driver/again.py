"""What an artist does with results: redo, variations, before and after, merge, history."""

import os
import zlib

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QDockWidget

from krita import Krita

from . import desk
from .laddering import in_sight
from .records import jobs_in
from .runner import Pause, Until
from .session import open_photo, select_ellipse

RIGHT_AWAY = 10.0


def results(photo, ellipse, folder, pictures=""):
    """All of it in one sitting, by mouse where the docker is concerned. pictures: where screenshots
    go, if any."""
    desk.main_window()
    yield desk.connected()
    document = yield from open_photo(photo, "", "")
    select_ellipse(document, ellipse)
    yield from begin(document)
    report = {}
    report["redo"] = yield from three_times(document, pictures)
    report["painted"] = yield from painted(document)
    report["variations"] = yield from variations(document, pictures)
    report["before"] = yield from before_and_after(document)
    report["duplicate"] = yield from duplicate(document)
    report["merged"] = yield from merged(document)
    document = yield from reopened(document, os.path.join(folder, "picture.kra"), report)
    report["kept"] = yield from kept(document)
    report["history"] = yield from history(document, ellipse, pictures)
    return report


def begin(document):
    """The first result; then the docker's parts for results are open, and nothing else."""
    desk.press(desk.toolbar_button())
    yield desk.says("in the document as")
    panel, window = desk.panel(), desk.main_window()
    desk.make_room()
    ours = window.findChild(QDockWidget, "sfumato_docker")
    layers = window.findChild(QDockWidget, "KisLayerBox")
    window.resizeDocks([layers, ours], [150, 810], Qt.Vertical)
    for name in ("recipe", "mask", "prompt"):
        panel.sections[name].open(False)
    panel.sections["result"].open(True)
    panel.sections["history"].open(True)
    yield Until(panel.redo.isEnabled, "a result to be at hand", RIGHT_AWAY)
    yield Until(lambda: panel.history.list.count() == 1, "the history", RIGHT_AWAY)


def three_times(document, pictures):
    """Pass 2 again, three times; then undone and back."""
    redo = desk.panel().redo
    (first,) = groups(document)
    found = {"shows": [shows(first)]}
    for number in range(3):
        redo.start.setCurrentIndex(1)
        redo.start.activated.emit(1)
        yield from click(redo.redo)
        yield Until(lambda n=number: len(groups(document)) == n + 2, "one more group", 60.0)
        yield Until(lambda n=number: shown(document) == [n + 1], "it alone to be seen", RIGHT_AWAY,
                    lambda: str(shown(document)))  # fmt: skip
        found["shows"].append(shows(groups(document)[number + 1]))
        if number == 0:
            yield from picture(pictures, "krita-redo.png")
            found["after"] = pixels(document)
            Krita.instance().action("edit_undo").trigger()
            yield Until(lambda: shown(document) == [0], "one undo to bring the old back", 10.0,
                        lambda: str(shown(document)))  # fmt: skip
            found["nodes"] = len(groups(document))
            Krita.instance().action("edit_redo").trigger()
            yield Until(lambda: shown(document) == [1], "one redo to bring the new back", 10.0,
                        lambda: str(shown(document)))  # fmt: skip
            document.waitForDone()
            found["same again"] = pixels(document) == found["after"]
            found["deleted"] = yield from deleted(document)
    del found["after"]
    return found


def deleted(document):
    """The new variant deleted, which does not bring the old one back; that undone."""
    yield from desk.activated(document, groups(document)[-1])
    Krita.instance().action("remove_layer").trigger()
    yield Until(lambda: len(groups(document)) == 1, "it to be gone", RIGHT_AWAY)
    yield Pause(300)
    found = shown(document)
    yield desk.at_rest()
    document.waitForDone()
    Krita.instance().action("edit_undo").trigger()
    yield Until(lambda: shown(document) == [1], "it to be back", RIGHT_AWAY)
    return found


def painted(document):
    """The mask of pass 1 is painted away on one side; pass 2 is done again upon that."""
    redo = desk.panel().redo
    top = groups(document)[-1]
    mask = top.childNodes()[0].childNodes()[0]
    box = mask.bounds()
    x, y, width, height = box.x(), box.y(), box.width() // 2, box.height()
    mask.setPixelData(b"\0" * (width * height), x, y, width, height)
    document.refreshProjection()
    yield Pause(300)
    count = len(groups(document))
    redo.start.setCurrentIndex(1)
    yield from click(redo.redo)
    yield Until(lambda: len(groups(document)) == count + 1, "one more group", 60.0)
    new = groups(document)[-1].childNodes()[0].childNodes()[0]
    whole = (0, 0, document.width(), document.height())
    old_mask, new_mask = bytes(mask.pixelData(*whole)), bytes(new.pixelData(*whole))
    return {
        "same": old_mask == new_mask,
        "left": new_mask[(y + height // 2) * document.width() + x + width // 2],
        "right": new_mask[(y + height // 2) * document.width() + x + width + width // 2],
    }


def variations(document, pictures):
    """Three of pass 2: seen in place, one kept, the others given up."""
    panel = desk.panel()
    redo, strip = panel.redo, panel.variations
    yield Pause(300)
    document.waitForDone()  # what came last is composed
    count, before = len(groups(document)), pixels(document)
    at_rest = shown(document)
    redo.start.setCurrentIndex(1)
    redo.count.show_value(3)
    yield from click(redo.redo)
    ready = ["ready"] * 3
    yield Until(
        lambda: states(strip) == ready, "three variations", 60.0, lambda: str(states(strip))
    )
    found = {"icons": [not button.icon().isNull() for button in strip.buttons]}
    yield from click(strip.buttons[1])
    yield Until(lambda: shown(document) == [], "the old one to be out of sight", RIGHT_AWAY)
    yield Pause(300)
    yield from picture(pictures, "krita-variations.png")
    found["groups"] = len(groups(document)) - count
    yield from click(strip.buttons[1])
    yield Until(lambda: shown(document) == at_rest, "the old one to be seen again", RIGHT_AWAY)
    document.waitForDone()
    found["untouched"] = pixels(document) == before
    yield from click(strip.buttons[2])
    yield Until(strip.keep.isEnabled, "one to be seen", RIGHT_AWAY)
    yield from click(strip.keep)
    yield Until(lambda: len(groups(document)) == count + 1, "it to be in the document", 60.0)
    yield Until(lambda: shown(document) == [count], "it alone to be seen", RIGHT_AWAY)
    yield from click(strip.give_up)
    yield desk.says("2 variations are given up")
    found["strip"] = strip.isVisible()
    redo.count.show_value(1)
    return found


def before_and_after(document):
    """The button is held down and let go."""
    compare = desk.panel().redo.compare
    yield from in_sight(compare)
    seen, after = shown(document), pixels(document)
    desk.panel().area.ensureWidgetVisible(compare, 0, 8)
    yield Pause(150)
    middle = compare.mapToGlobal(compare.rect().center())
    desk.mouse("mousemove", middle.x(), middle.y(), "mousedown", 1)
    yield Until(lambda: shown(document) == [], "the picture before", RIGHT_AWAY)
    document.waitForDone()
    before = pixels(document)
    yield Pause(100)
    desk.mouse("mouseup", 1)
    yield Until(lambda: shown(document) == seen, "the picture after", RIGHT_AWAY)
    document.waitForDone()
    background = document.topLevelNodes()[0]
    whole = (0, 0, document.width(), document.height())
    return [before == bytes(background.pixelData(*whole)), pixels(document) == after]


def duplicate(document):
    """A group is duplicated: the copy knows its job."""
    history = plugin()
    group = groups(document)[-1]
    count = len(groups(document))
    yield from desk.activated(document, group)
    history.look()
    wanted = history.at_hand.id
    Krita.instance().action("duplicatelayer").trigger()
    yield Until(lambda: len(groups(document)) == count + 1, "a copy", RIGHT_AWAY)
    copy = next(one for one in groups(document) if one.name().startswith("Copy of"))
    yield from desk.activated(document, copy.childNodes()[1])
    yield Until(lambda: looked(history) == wanted, "the copy to know its job", RIGHT_AWAY)
    found = history.at_hand.group == copy.uniqueId().toString()
    copy.remove()
    yield Until(lambda: len(groups(document)) == count, "the copy to be gone", RIGHT_AWAY)
    return found


def merged(document):
    """The passes become one layer; undone and done again."""
    panel = desk.panel()
    group = groups(document)[-1]
    yield from desk.activated(document, group)
    document.waitForDone()
    before, count = pixels(document), len(groups(document))
    yield Until(panel.redo.merge.isEnabled, "a result at hand", RIGHT_AWAY)
    yield from click(panel.redo.merge)
    yield desk.says("one layer now")
    document.waitForDone()
    yield Pause(300)
    document.waitForDone()
    after = pixels(document)
    far = max(abs(a - b) for a, b in zip(before, after))
    found = {"levels": far, "groups": len(groups(document)) - count}
    history = plugin()
    history.look()
    found["known"] = history.at_hand is not None and history.at_hand.group not in (
        "", group.uniqueId().toString(),
    )  # fmt: skip
    Krita.instance().action("edit_undo").trigger()
    yield Until(lambda: len(groups(document)) == count, "one undo to bring the passes back", 10.0,
                lambda: str(len(groups(document)) - count))  # fmt: skip
    return found


def compared(document):
    """The result is hidden by a key; the artist works on, saves, and turns to another picture."""
    krita, seen, count = Krita.instance(), shown(document), len(document.topLevelNodes())
    yield from desk.activated(document, document.topLevelNodes()[0])
    krita.action("sfumato_compare").trigger()
    yield Until(lambda: shown(document) == [], "the picture before", RIGHT_AWAY)
    found = {"looked": document.modified()}
    krita.action("add_new_paint_layer").trigger()
    yield Until(lambda: len(document.topLevelNodes()) == count + 1, "a layer more", RIGHT_AWAY)
    krita.action("file_save").trigger()
    yield desk.says("save once more")
    found["saved"] = [document.modified(), shown(document) == seen]
    krita.action("edit_undo").trigger()
    yield Until(lambda: len(document.topLevelNodes()) == count, "a layer less", RIGHT_AWAY)
    krita.action("file_save").trigger()
    yield Until(lambda: not document.modified(), "it to be saved once more", 30.0)
    krita.action("sfumato_compare").trigger()
    yield Until(lambda: shown(document) == [], "the picture before", RIGHT_AWAY)
    other = krita.createDocument(64, 64, "other", "RGBA", "U8", "", 72.0)
    krita.activeWindow().addView(other)
    yield Until(lambda: shown(document) == seen, "the picture as it is", RIGHT_AWAY)
    yield from desk.close(other)
    return found


def reopened(document, path, report):
    """The picture saved, closed and opened."""
    document.setBatchmode(True)
    assert document.saveAs(path)
    yield Pause(500)
    report["compared"] = yield from compared(document)
    yield from desk.close(document)
    document = Krita.instance().openDocument(path)
    Krita.instance().activeWindow().addView(document)
    document.waitForDone()
    yield Until(lambda: document.activeNode() is not None, "an active layer")
    return document


def kept(document):
    """The server has kept a stored picture's passes: one is done again; then that is undone."""
    redo, count = desk.panel().redo, len(groups(document))
    yield Until(redo.isEnabled, "the stored result to be at hand", RIGHT_AWAY)
    yield from click(redo.redo)
    yield Until(lambda: len(groups(document)) == count + 1, "one more group", 60.0,
                lambda: desk.panel().sentence.text())  # fmt: skip
    yield Until(lambda: shown(document) == [count], "it alone to be seen", RIGHT_AWAY)
    Krita.instance().action("edit_undo").trigger()
    yield Until(lambda: len(shown(document)) == 1 and len(groups(document)) == count, "it undone")
    yield Pause(300)
    return len(shown(document)) == 1


def history(document, ellipse, pictures):
    """Everything that the list offers for the first job."""
    panel, box = desk.panel(), desk.panel().history
    krita = Krita.instance()
    jobs = len(jobs_in(document))
    yield Until(lambda: box.list.count() == jobs, "the history of the file", RIGHT_AWAY,
                lambda: str(box.list.count()))  # fmt: skip
    oldest = box.list.count() - 1
    box.list.setCurrentRow(oldest)
    found = {"jobs": jobs, "words": [box.list.item(row).text() for row in range(jobs)]}
    yield from picture(pictures, "krita-history.png")
    krita.action("deselect").trigger()
    yield Until(lambda: document.selection() is None, "nothing to be selected")
    yield from click(box.restore)
    yield desk.says("selection is restored")
    whole = (0, 0, document.width(), document.height())
    with open(ellipse, "rb") as file:
        found["selection"] = bytes(document.selection().pixelData(*whole)) == file.read()
    yield from click(box.use)
    yield desk.says("chosen again")
    found["used"] = [panel.choices.recipe.currentData(), panel.choices.lock.isChecked()]
    yield from click(box.select)
    first = groups(document)[0]
    yield Until(lambda: document.activeNode() == first, "the first group to be active", RIGHT_AWAY)
    count = len(groups(document))
    yield from click(box.run)
    yield Until(lambda: len(groups(document)) == count + 1, "the job once more", 60.0)
    yield Until(lambda: len(shown(document)) == 1, "it alone to be seen", RIGHT_AWAY)
    new = next(one for one in groups(document) if one.visible())
    found["exact"] = [
        bytes(one.pixelData(*whole)) == bytes(other.pixelData(*whole))
        for a, b in zip(first.childNodes(), new.childNodes())
        for one, other in ((a, b), (a.childNodes()[0], b.childNodes()[0]))
    ]
    yield from click(box.forget)
    yield Until(lambda: box.list.count() == jobs, "one less", RIGHT_AWAY)
    groups(document)[1].remove()
    yield Until(lambda: len(groups(document)) == count, "a group to be gone", RIGHT_AWAY)
    plugin().look()
    yield from click(box.clean)
    yield desk.says("2 jobs without layers are forgotten")
    found["left"] = len(jobs_in(document))
    return found


def click(widget):
    """Press a button of the form, wherever it has to be scrolled to."""
    area = desk.panel().area
    area.ensureWidgetVisible(widget, 0, 8)
    yield Pause(150)
    yield Until(widget.isEnabled, f"“{widget.text()}” to be offered", RIGHT_AWAY)
    desk.press(widget)
    yield Pause(150)


def picture(folder, name):
    if folder:
        desk.panel().area.ensureWidgetVisible(desk.panel().redo)
        yield desk.at_rest()
        yield Pause(500)
        desk.screenshot(os.path.join(folder, name))


def plugin():
    """The plugin's history."""
    extensions = Krita.instance().extensions()
    (made,) = [one for one in extensions if desk.named(one, "SfumatoExtension")]
    return made.studio.results.history


def looked(history):
    history.look()
    return history.at_hand.id if history.at_hand is not None else ""


def states(strip):
    return [button.text() for button in strip.buttons]


def groups(document):
    return [node for node in document.topLevelNodes() if node.type() == "grouplayer"]


def shown(document):
    """Which groups are seen, by their place from the bottom."""
    return [place for place, group in enumerate(groups(document)) if group.visible()]


def shows(group):
    """A checksum of what each layer shows."""
    made = []
    for layer in group.childNodes():
        box = layer.childNodes()[0].bounds()
        sides = box.x(), box.y(), box.width(), box.height()
        made.append(zlib.crc32(bytes(layer.projectionPixelData(*sides))))
    return made


def pixels(document):
    return bytes(document.pixelData(0, 0, document.width(), document.height()))
