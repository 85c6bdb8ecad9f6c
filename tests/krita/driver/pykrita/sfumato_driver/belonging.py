"""What happens to a picture while its job runs, and where the layers go then."""

import math
import os

from PyQt5.QtCore import QByteArray, QTimer
from PyQt5.QtWidgets import QApplication

from krita import InfoObject, Krita

from . import desk
from .asking import again, answered
from .recovering import open_gate, remembered
from .refusing import idle, rectangle, select
from .runner import Pause, Until
from .session import open_photo


def day(photo, other, gate, folder, pictures):
    """All of it in one Krita, which ends without a word. pictures: where screenshots go, if any."""
    desk.main_window()
    yield desk.connected()
    report = {"changes": (yield from changes(photo, gate))}
    report["copy"] = yield from in_a_copy(photo, gate)
    report["undone"] = yield from undone(photo, gate)
    report["places"] = yield from places(photo, other, gate, pictures)
    report["warnings"] = yield from warnings(photo, gate)
    report["safety"] = yield from safety(photo, gate, folder)
    report["unsaved"] = yield from unsaved(photo, gate, folder)
    return report


def changes(photo, gate):
    """Every change in its own copy of the photo: what became of the job, and what is to be seen."""
    found = {}
    for name, change in CHANGES.items():
        document = yield from open_photo(photo, "", "")
        yield from begin(document)
        yield from change(document)
        open_gate(gate)
        job = yield from ended()
        document.waitForDone()
        found[name] = {
            "stage": job.stage, "said": desk.panel().sentence.text(),
            "groups": groups(document),
        }  # fmt: skip
        if job.stage == "kept":
            desk.panel()._jobs.cancel(job.id)
    return found


def in_a_copy(photo, gate):
    """A job for a copy of a picture that is open too: the groups of both, the copy's first."""
    document = yield from open_photo(photo, "", "")
    yield from act("create_copy")
    yield Until(lambda: Krita.instance().activeDocument() != document, "the copy in front")
    copy = Krita.instance().activeDocument()
    yield Until(lambda: copy.activeNode() is not None, "an active layer")
    yield from begin(copy)
    open_gate(gate)
    yield from ended()
    return [groups(copy), groups(document)]


def undone(photo, gate):
    """A picture that was mirrored, and is as it was again when “Insert again” is pressed."""
    document = yield from open_photo(photo, "", "")
    yield from begin(document)
    yield from mirrored(document)
    open_gate(gate)
    job = yield from ended()
    yield from act("edit_undo")
    desk.make_room()
    document.waitForDone()
    yield desk.at_rest()
    yield from desk.press_still(lambda: desk.kept_row().again)
    yield desk.says("in the document as")
    return [job.stage, groups(document)]


def places(photo, other, gate, pictures):
    """The job's picture is closed, and another of its size is in front: what “Insert again” asks
    before and after the picture is opened again."""
    document = yield from open_photo(photo, "", "")
    yield from begin(document)
    yield from close_all()
    open_gate(gate)
    yield from ended()
    front = yield from open_photo(other, "", "")
    yield desk.at_rest()
    asked = [(yield from again(False, pictures and os.path.join(pictures, "other.png")))]
    reopened = yield from open_photo(photo, "", "")
    asked.append((yield from again(True, pictures and os.path.join(pictures, "own.png"))))
    yield desk.says("in the document as")
    return {"asked": asked, "front": groups(front), "reopened": groups(reopened)}


def warnings(photo, gate):
    """A filter's dialog open, a layer isolated, an animated picture: what the docker says to each
    click."""
    document = yield from open_photo(photo, "", "")
    select(document, rectangle(270, 330, 70, 60))
    said = [(yield from filtered(document))]
    yield from isolated(document)
    said.append(clicked())
    yield from act("isolate_active_layer")
    yield from act("add_duplicate_frame")
    yield Until(lambda: any(node.animated() for node in document.topLevelNodes()), "a frame")
    said.append(clicked())
    yield desk.no_double_click()
    clicked()
    said.append(desk.panel().rows.in_order()[0].bar.text())
    open_gate(gate)
    yield from ended()
    return {"said": said, "groups": groups(document)}


def filtered(document):
    """A click while a filter shows what it would do."""
    Krita.instance().action("krita_filter_blur").trigger()
    yield Until(lambda: not idle(document), "the filter's preview")
    desk.panel().say("")
    clicked()
    yield Until(lambda: desk.panel().sentence.text() != "", "the docker to give up")
    for each in QApplication.topLevelWidgets():
        if each.metaObject().className() == "KisDlgFilter":
            each.reject()
    yield Until(lambda: idle(document), "the filter to be gone")
    return desk.panel().sentence.text()


def clicked():
    desk.toolbar_button().defaultAction().trigger()
    return desk.panel().sentence.text()


def safety(photo, gate, folder):
    """Insert, export, save; insert, close without saving: for how many jobs' passes a server is
    to be kept waiting."""
    jobs = desk.panel()._jobs
    yield from close_all()
    found = {"all closed": len(jobs.unsaved())}
    document = yield from open_photo(photo, "", "")
    yield from inserted(document, gate)
    found["inserted"] = len(jobs.unsaved())
    document.setBatchmode(True)
    document.exportImage(os.path.join(folder, "exported.png"), InfoObject())
    found["exported"] = len(jobs.unsaved())
    document.saveAs(os.path.join(folder, "saved.kra"))
    found["saved"] = len(jobs.unsaved())
    yield from inserted(document, gate)
    found["once more"] = len(jobs.unsaved())
    yield from close_all()
    found["closed"] = len(jobs.unsaved())
    yield Until(lambda: not jobs.debts(), "the server to have heard of it all")
    return found


def unsaved(photo, gate, folder):
    """Two pictures with passes in no file; of one there is what Krita recovers after a crash."""
    found = []
    for recovered in (True, False):
        document = yield from open_photo(photo, "", "")
        yield from inserted(document, gate)
        if recovered:
            document.setBatchmode(True)
            document.exportImage(os.path.join(folder, "recovered.kra"), InfoObject())
        found.append(document.modified())
    document = yield from open_photo(photo, "", "")
    yield from begin(document)
    return found


def after_the_crash(photo, gate, folder):
    """The next Krita: the job under way ends; open the pictures, put in what they lack, save."""
    desk.main_window()
    yield desk.connected()
    jobs = desk.panel()._jobs
    open_gate(gate)
    yield desk.says("3 jobs from an earlier session are finished (photo.png")
    recovered = yield from open_photo(os.path.join(folder, "recovered.kra"), "", "")
    yield desk.says("The passes from an earlier session are in recovered.kra already.")
    document = yield from open_photo(photo, "", "")
    before = groups(document)
    desk.make_room()
    yield desk.at_rest()
    QTimer.singleShot(0, Krita.instance().action("sfumato_insert_again").trigger)  # it asks
    asked = [(yield from answered(True))]
    asked.append((yield from answered(True)))
    yield Until(lambda: not jobs.kept() and len(jobs.unsaved()) == 2, "both to be put in",
                30.0, desk.panel().sentence.text)  # fmt: skip
    document.waitForDone()
    document.setBatchmode(True)
    document.saveAs(os.path.join(folder, "rescued.kra"))
    yield Until(lambda: not jobs.debts() and not jobs.unsaved(), "the server to have heard of it",
                30.0, lambda: str((jobs.debts(), [job.id for job in jobs.unsaved()])))  # fmt: skip
    return {
        "before": before, "asked": asked,
        "groups": [groups(recovered), groups(document)], "remembered": remembered(),
    }  # fmt: skip


def close_all():
    """Close every picture without a question; see `desk.close`."""
    for document in Krita.instance().documents():
        document.waitForDone()
    yield Pause(1000)
    for document in Krita.instance().documents():
        document.setModified(False)
        document.close()
    yield Until(lambda: not Krita.instance().documents(), "every picture to be closed")


def inserted(document, gate):
    yield from begin(document)
    open_gate(gate)
    assert (yield from ended()).stage == "inserted"


def begin(document):
    """Select the name tag, click, and wait until the server has the job."""
    select(document, rectangle(270, 330, 70, 60))
    yield Until(lambda: Krita.instance().activeDocument() == document, "the picture in front")
    yield desk.no_double_click()
    desk.toolbar_button().defaultAction().trigger()
    yield Until(lambda: desk.panel()._jobs.open() and desk.panel()._jobs.open()[-1].plan,
                "the server to have the job", 30.0, desk.panel().sentence.text)  # fmt: skip


def ended():
    jobs = desk.panel()._jobs
    yield Until(lambda: jobs.all()[-1].stage in ("inserted", "kept", "failed"), "the job's end",
                30.0, desk.panel().sentence.text)  # fmt: skip
    return jobs.all()[-1]


def groups(document):
    """[name, number of layers] of each group of ours."""
    return [
        [node.name(), len(node.childNodes())]
        for node in document.topLevelNodes()
        if node.type() == "grouplayer"
    ]


def act(name):
    """Trigger one of Krita's own actions and let it finish."""
    Krita.instance().action(name).trigger()
    yield Pause(300)


def nothing(document):
    yield from ()


def flattened(document):
    layer = document.createNode("clear", "paintlayer")
    document.rootNode().addChildNode(layer, None)
    document.waitForDone()
    yield Pause(300)
    yield from act("flatten_image")
    yield Until(lambda: len(document.topLevelNodes()) <= 2, "one layer")


def mirrored(document):
    yield from act("mirrorImageHorizontal")


def mirrored_down(document):
    yield from act("mirrorImageVertical")


def turned(document):
    document.rotateImage(math.pi)
    document.waitForDone()
    yield Pause(300)


def cropped(document):
    document.crop(40, 30, 460, 470)
    document.waitForDone()
    document.resizeImage(0, 0, 512, 512)
    document.waitForDone()
    yield Pause(300)


def scaled(document):
    for side in (256, 512):
        document.scaleImage(side, side, 72, 72, "Bicubic")
        document.waitForDone()
    yield Pause(300)


def painted_beside(document):
    yield from paint(document, 0, 200, 512, 60)


def painted_over(document):
    """Over the selection and most of the crop round it."""
    yield from paint(document, 220, 280, 170, 160)


def paint(document, x, y, width, height):
    layer = document.createNode("strokes", "paintlayer")
    layer.setPixelData(QByteArray(b"\x20\x40\xc0\xff" * (width * height)), x, y, width, height)
    document.rootNode().addChildNode(layer, None)
    document.waitForDone()
    yield Pause(300)


def isolated(document):
    """Isolated while the job ends; the report looks once all is seen again."""
    yield from paint(document, 0, 480, 20, 20)
    (layer,) = [node for node in document.topLevelNodes() if node.name() == "strokes"]
    yield from desk.activated(document, layer)
    yield from act("isolate_active_layer")
    assert Krita.instance().action("isolate_active_layer").isChecked()


CHANGES = {
    "nothing": nothing, "flattened": flattened, "mirrored": mirrored,
    "mirrored down": mirrored_down, "turned": turned, "cropped": cropped, "scaled": scaled,
    "painted beside": painted_beside, "painted over": painted_over, "isolated": isolated,
}  # fmt: skip
