"""Result layers among an artist's own: below the line art, compared, merged, asked after."""

import os

from PyQt5.QtCore import QByteArray

from krita import Krita
from sfumato.krita_io.document import Rect
from sfumato.krita_io.documents import KritaDocuments
from sfumato.krita_io.nodes import find, identity

from . import desk
from .records import write_projection
from .refusing import rectangle, select
from .runner import Pause, Until
from .session import open_photo

AREA = Rect(200, 250, 220, 200)


def day(photo, folder, pictures):
    """For each depth: a job below a layer of line art, and what is then done with its group."""
    desk.main_window()
    yield desk.connected()
    found = []
    for depth in ("U8", "U16"):
        place = os.path.join(folder, depth)
        os.mkdir(place)
        document = yield from open_photo(photo, depth, "sRGB-elle-V2-srgbtrc.icc")
        found.append((yield from _one(document, place, pictures if depth == "U8" else "")))
        yield from desk.close(document)
    return {"depths": found}


def _one(document, place, pictures):
    documents, report = KritaDocuments(), {}
    base = document.activeNode()
    write_projection(document, os.path.join(place, "photo"))
    yield from _line_art(document)
    yield from desk.activated(document, base)
    write_projection(document, os.path.join(place, "before"))
    reading = yield from _inpaint(document, os.path.join(place, "read"))
    report["crop"] = [reading.crop.x, reading.crop.y, reading.crop.width, reading.crop.height]
    report["nodes"] = names(document)
    group = next(one for one in document.topLevelNodes() if one.type() == "grouplayer")
    write_projection(document, os.path.join(place, "after"))
    if pictures:
        yield desk.at_rest()
        desk.screenshot(os.path.join(pictures, "krita-below-line-art.png"))
    yield from _compared(document, documents, identity(group), place, report)
    yield from _asked(document, documents, group, report)
    yield from _merged(document, documents, identity(group), place, report)
    return report


def _line_art(document):
    width, height = document.width(), document.height()
    pixel = 8 if document.colorDepth() == "U16" else 4
    layer = document.createNode("line art", "paintlayer")
    row = (b"\x10" * (pixel - 1) + b"\xff") * 3 + bytes(5 * pixel)
    layer.setPixelData(QByteArray(row * (width * height // 8)), 0, 0, width, height)
    document.rootNode().addChildNode(layer, None)
    document.waitForDone()
    yield Pause(500)


def _inpaint(document, read):
    select(document, rectangle(270, 330, 70, 60))
    desk.toolbar_button().defaultAction().trigger()
    reading = desk.panel()._jobs.all()[-1].request.reading
    _write(read, reading.pixels)
    yield desk.says("in the document as", 60.0)
    document.waitForDone()
    yield Pause(500)
    return reading


def _compared(document, documents, group, place, report):
    """Before and after, which is no undo step and no change."""
    document.setModified(False)
    documents.compare(document, [group])
    write_projection(document, os.path.join(place, "compared"))
    report["compared"] = [documents.is_shown(document, group)]
    documents.end_comparing()
    documents.end_comparing()
    report["compared"] += [documents.is_shown(document, group), document.modified()]
    write_projection(document, os.path.join(place, "seen again"))
    yield from ()


def _asked(document, documents, group, report):
    """What a history of jobs asks of layers."""
    layer = group.childNodes()[0]
    (mask,) = layer.childNodes()
    size = AREA.width * AREA.height
    untouched = bytes(mask.pixelData(AREA.x, AREA.y, AREA.width, AREA.height))
    layer.setOpacity(128)
    told = documents.pass_masks(document, identity(group), AREA)
    half = bytes(told[0].mask)
    report["masks"] = [len(told), max(untouched), max(half), half.count(0) >= untouched.count(0)]
    layer.setVisible(False)
    hidden = bytes(documents.pass_masks(document, identity(group), AREA)[0].mask)
    report["masks"] += [hidden == bytes(size)]
    layer.setVisible(True)
    layer.setOpacity(255)
    coverage = bytes(i % 256 for i in range(size))
    documents.select(document, AREA, coverage)
    document.waitForDone()
    now = document.selection().pixelData(AREA.x, AREA.y, AREA.width, AREA.height)
    report["selected"] = bytes(now) == coverage
    report["activated"] = documents.activate(document, identity(layer))
    yield Until(lambda: document.activeNode() == layer, "the pass to be the active layer")
    report["gone"] = [documents.activate(document, "nobody"), documents.present(
        document, [identity(group), "nobody"]) == (identity(group),)]  # fmt: skip


def _merged(document, documents, group, place, report):
    """One layer, one undo, one redo."""
    merged = documents.merge(document, group)
    report["merged"] = names(document)
    write_projection(document, os.path.join(place, "merged"))
    report["record"] = bool(documents.active_record(document))
    node = find(document, merged)
    yield from desk.activated(document, node)
    report["record"] = [bool(documents.active_record(document))]
    Krita.instance().action("edit_undo").trigger()
    yield Until(lambda: documents.present(document, [group]), "the group back by one undo", 5.0)
    document.waitForDone()
    report["undone"] = names(document)
    write_projection(document, os.path.join(place, "undone"))
    yield Pause(500)
    Krita.instance().action("edit_redo").trigger()
    yield Until(lambda: documents.present(document, [merged]), "one layer by one redo", 5.0)
    document.waitForDone()
    write_projection(document, os.path.join(place, "redone"))


def names(document):
    """[name, number of layers in it] of what lies in no group, bottom first."""
    return [
        [node.name(), len(node.childNodes())]
        for node in document.topLevelNodes()
        if node.type() != "selectionmask"
    ]


def _write(path, content):
    with open(path, "wb") as file:
        file.write(content)
