"""Several jobs at once, as an artist has them: rows to look at, to move, to stop and to cancel."""

import os

from PyQt5.QtCore import QPoint
from PyQt5.QtWidgets import QWidget

from krita import Krita

from . import desk
from .recovering import open_gate
from .refusing import rectangle, select
from .runner import Pause, Until
from .session import open_photo

PLACES = ((100, 100, 50, 40), (300, 120, 50, 40), (200, 300, 60, 40), (380, 330, 50, 50))


def day(photo, gate, pictures):
    """Everything in one Krita. The first job waits at the gate in its second pass."""
    desk.main_window()
    yield desk.connected()
    document = yield from open_photo(photo, "", "")
    desk.make_room()
    yield desk.at_rest()
    report = {"double click": (yield from double_click(document, gate))}
    yield from on_the_canvas(report, pictures)
    yield from more_jobs(document, report)
    if pictures:
        desk.screenshot(os.path.join(pictures, "jobs.png"))
    yield from moved(report)
    yield from stopped(gate, document, report)
    yield from the_rest(document, report)
    if pictures:
        desk.screenshot(os.path.join(pictures, "jobs-over.png"))
    yield from gone_sentence(document, report)
    return report


def rows():
    return desk.panel().rows.in_order()


def jobs():
    return desk.panel()._jobs


def click(document, place):
    select(document, rectangle(*place))
    yield desk.no_double_click()
    desk.press(desk.toolbar_button())


def double_click(document, gate):
    """Twice within the time that makes two clicks one; how many jobs there are."""
    select(document, rectangle(*PLACES[0]))
    middle = desk.toolbar_button().mapToGlobal(desk.toolbar_button().rect().center())
    desk.mouse("mousemove", middle.x(), middle.y(), "click", "--repeat", 2, "--delay", 60, 1)
    yield Until(lambda: jobs().open() and jobs().open()[0].results, "the first pass")
    yield Pause(300)
    return len(jobs().all())


def on_the_canvas(report, pictures):
    """Switch the preview over the canvas on and off."""
    box = desk.panel().on_canvas
    desk.panel().area.ensureWidgetVisible(box)
    yield Pause(100)
    place = box.mapToGlobal(QPoint(10, box.height() // 2))
    desk.mouse("mousemove", place.x(), place.y(), "click", 1)
    yield Until(lambda: overlays() == 1, "the preview over the canvas", 30.0,
                lambda: str(box.isChecked()))  # fmt: skip
    if pictures:
        desk.screenshot(os.path.join(pictures, "preview-on-canvas.png"))
    desk.mouse("click", 1)
    yield Until(lambda: overlays() == 0, "nothing over the canvas")
    report["preview"] = desk.panel().rows.preview.isVisible()


def overlays():
    found = desk.main_window().findChildren(QWidget)
    return sum(desk.named(widget, "Overlay") and widget.isVisible() for widget in found)


def more_jobs(document, report):
    """Three more wait behind the one that runs."""
    for place in PLACES[1:]:
        yield from click(document, place)
        count = len(jobs().all())
        yield Until(lambda count=count: len(jobs().all()) == count + 1, "one more job")
    yield Until(lambda: all(job.plan for job in jobs().all()), "the server to have them all")
    report["waiting"] = [row.bar.text() for row in rows()]
    report["pictures"] = [not row.picture.pixmap().isNull() for row in rows()]


def moved(report):
    """The second waiting job earlier by its button; the last one to the front by drag."""
    first, second, third = [row.job_id for row in rows()[1:]]
    desk.press(desk.panel().rows.row(second).up)
    known = (first, second, third)
    yield Until(lambda: order(*known) == [1, 0, 2], "the second to be first", 10.0,
                lambda: str(order(*known)))  # fmt: skip
    row = desk.panel().rows.row(third)
    yield from drag(row.picture, rows()[1].mapToGlobal(QPoint(20, 4)))
    yield Until(lambda: order(*known) == [2, 1, 0], "the last to be first", 10.0,
                lambda: str(order(*known)))  # fmt: skip
    report["order"] = order(*known)


def order(*known):
    return [known.index(row.job_id) for row in rows()[1:]]


def drag(widget, to):
    """By the mouse, in small steps."""
    start = widget.mapToGlobal(widget.rect().center())
    desk.mouse("mousemove", start.x(), start.y(), "mousedown", 1)
    yield Pause(100)
    for part in range(1, 6):
        desk.mouse("mousemove", start.x(), start.y() + (to.y() - start.y()) * part // 5)
        yield Pause(60)
    desk.mouse("mouseup", 1)


def stopped(gate, document, report):
    """Stop the job that runs and keep its first pass."""
    row = rows()[0]
    report["stop offered"] = [one.stop.isVisible() for one in rows()]
    desk.press(row.stop)
    yield Until(lambda: "kept" in row.bar.text(), "the job to stop")
    open_gate(gate)
    yield Until(lambda: jobs().find(row.job_id).stage == "inserted", "the passes to go in", 30.0,
                lambda: jobs().find(row.job_id).said)  # fmt: skip
    report["stopped"] = [jobs().find(row.job_id).said, groups(document)[0]]


def the_rest(document, report):
    """Whatever else waits runs to its end; the rows of what is over are taken away."""
    yield Until(lambda: not jobs().open(), "every job to end", 60.0)
    yield Until(lambda: {job.stage for job in jobs().all()} == {"inserted"}, "layers", 30.0,
                lambda: str([job.stage for job in jobs().all()]))  # fmt: skip
    document.waitForDone()
    report["groups"] = [layers for _name, layers in groups(document)]
    report["over"] = [row.bar.text() for row in rows()]
    report["figures"] = desk.panel().rows.details.passes.isVisible()
    top = rows()[0]
    desk.press(top.cancel)
    yield Until(lambda: top.job_id not in [row.job_id for row in rows()], "the row to be gone")


def gone_sentence(document, report):
    """A refusal goes away when something is selected."""
    Krita.instance().action("deselect").trigger()
    yield Until(lambda: document.selection() is None, "nothing to be selected")
    yield desk.no_double_click()
    desk.press(desk.toolbar_button())
    yield desk.says("Nothing is selected")
    yield Pause(500)
    Krita.instance().action("select_all").trigger()
    yield Until(lambda: desk.panel().sentence.text() == "", "the sentence to go away", 10.0,
                desk.panel().sentence.text)  # fmt: skip
    report["sentence gone"] = desk.panel().sentence.text() == ""


def groups(document):
    document.waitForDone()
    return [
        (node.name(), len(node.childNodes()))
        for node in document.topLevelNodes()
        if node.type() == "grouplayer"
    ]
