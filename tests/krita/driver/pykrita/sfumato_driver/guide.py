"""What docs/guide.md tells, step by step, by mouse and keys; its pictures are taken on the way."""

import os

from PyQt5.QtWidgets import QApplication, QDockWidget

from krita import Krita

from . import desk
from .hands import (
    SOON,
    arrange,
    arrived,
    camera,
    chosen,
    clicked,
    fold,
    groups,
    inpainted,
    low,
    opened,
    oval,
    pasted,
    pixels,
    recipe,
    seen,
    unfold,
)
from .laddering import answered, asked, in_sight, pressed, typed
from .runner import Pause, Until

SPOT = (210, 77, 228, 95)  # round the spot on the forehead: left, top, right, bottom
TRIES = 3


def follow(portrait, face, folder, pictures=""):
    """The whole guide in its order. portrait, face: pictures of one size, the second with a part
    that is pasted. folder: for what the artist saves. pictures: where screenshots go, if any."""
    report, take = {}, camera(pictures)
    desk.main_window()
    yield desk.at_rest()
    yield from first_minutes(report, take)
    document = yield from opened(portrait)
    arrange()
    yield from first_retouch(document, report, take)
    yield from pasted(document, face)
    yield from the_mask(document, report, take)
    yield from the_ladder(report, take)
    yield from the_boundary(document, report, take)
    yield from once_more(document, report, take)
    yield from variations(document, report, take)
    yield from before_and_after(document, report)
    yield from merged(document, report)
    document = yield from stored(document, folder)
    yield from history(document, report, take)
    yield from protected(document, report)
    return report


def first_minutes(report, take):
    """No server answers: the docker's button starts it."""
    box = desk.panel().connection
    yield Until(box.start.isVisible, "the button that starts the server", SOON)
    report["without server"] = box.sentence.text()
    yield from take("guide-start")
    desk.press(box.start)
    yield Until(lambda: box.sentence.text().startswith("Connected"), "a server", 60.0,
                box.sentence.text)  # fmt: skip
    report["button gone"] = not box.start.isVisible()


def first_retouch(document, report, take):
    """A spot is selected roughly, healed, undone and healed again."""
    panel = desk.panel()
    yield from recipe("Heal")
    before = pixels(document)
    yield from oval(*SPOT)
    view = panel.mask_part.view
    yield Until(lambda: view.foresight.plan, "the mask", SOON, view.words.text)
    yield from take("guide-ready")
    yield from inpainted(document, 1)
    report["healed"] = pixels(document) != before
    Krita.instance().action("edit_undo").trigger()
    yield Until(lambda: not groups(document), "one undo to take it away", SOON)
    report["undone"] = pixels(document) == before
    yield Until(lambda: not panel.redo.isEnabled(), "no result to be at hand", SOON)
    Krita.instance().action("edit_redo").trigger()
    yield Until(lambda: len(groups(document)) == 1, "one redo to bring it back", SOON)
    yield Until(panel.redo.isEnabled, "the result to be at hand", SOON)
    yield desk.at_rest()


def the_mask(document, report, take):
    """Zones, feather by hand, protection, the mask over the canvas."""
    yield from recipe("Face swap boundary")
    part = desk.panel().mask_part
    view, form = part.view, part.form
    fold("recipe", "prompt", "result", "history")
    yield Until(lambda: len(view.foresight.plan) == 3, "three zones", SOON, view.words.text)
    report["zones"] = view.words.text()
    yield from pressed(view.chips[2], lambda: "Pass 2" in view.words.text())
    report["zone of pass 2"] = view.words.text()
    yield from pressed(view.chips[0], lambda: "3 passes" in view.words.text())
    report["auto"] = form.feather.slider.text()
    yield from typed(form.feather.slider, "14")
    yield Until(lambda: view.foresight.plan[0].extent.feather == 14, "the feather", SOON,
                lambda: str(view.foresight.plan[:1]))  # fmt: skip
    report["feather"] = form.feather.slider.text()
    yield from pressed(form.inside, form.inside.isChecked)
    yield Until(lambda: "nothing outside" in view.words.text(), "protection", SOON)
    yield from pressed(form.inside, lambda: not form.inside.isChecked())
    yield Until(lambda: "nothing outside" not in view.words.text(), "no protection", SOON)
    yield from pressed(view.on_canvas, view.on_canvas.isChecked)
    yield Pause(500 if take.wanted else 0)
    yield from take("guide-mask")
    yield from pressed(view.on_canvas, lambda: not view.on_canvas.isChecked())
    report["picture untouched"] = len(groups(document)) == 1


def the_ladder(report, take):
    """A strength, a pass off and on, all of it weaker, kept as a recipe and deleted."""
    ladder, view = desk.panel().choices.ladder_part, desk.panel().mask_part.view
    fold("mask", "prompt", "result", "history")
    rows, bar = ladder.table.rows, ladder.bar

    def strengths():
        return [round(planned.strength, 2) for planned in view.foresight.plan]

    def planned(*wanted):
        return Until(lambda: strengths() == list(wanted), f"{wanted} to be planned", SOON,
                     lambda: str(strengths()))  # fmt: skip

    unfold("recipe", "mask")  # the plan is drawn for who looks at it
    yield from typed(rows[1].strength, "0.5")
    yield planned(0.7, 0.5, 0.25)
    report["strength"] = rows[1].strength.text()
    yield from pressed(rows[2].on, lambda: not rows[2].on.isChecked())
    yield planned(0.7, 0.5)
    yield from pressed(rows[2].on, rows[2].on.isChecked)
    yield planned(0.7, 0.5, 0.25)
    yield from typed(ladder.overall, "0.9")
    yield planned(0.63, 0.45, 0.23)
    desk.panel().area.verticalScrollBar().setValue(0)
    yield from take("guide-ladder")
    yield from answered(bar.save, "My faces")
    yield Until(lambda: bar.box.currentText() == "My faces", "the recipe to be kept", SOON)
    yield from asked(bar.delete)
    desk.mouse("key", "alt+y")
    yield Until(lambda: bar.box.findText("My faces") < 0, "the recipe to be gone", SOON)
    yield from recipe("Face swap boundary")
    yield planned(0.7, 0.4, 0.25)


def the_boundary(document, report, take):
    """A pasted face fitted into its picture."""
    panel = desk.panel()
    unfold("recipe", "result")
    before = pixels(document)
    yield Pause(QApplication.doubleClickInterval() + 100)
    desk.press(panel.inpaint)
    if take.wanted:
        yield Until(lambda: panel._jobs.open() and panel._jobs.open()[0].results, "a pass", SOON)
        yield from take("guide-running", 0)
    yield from arrived(document, 2)
    report["fitted"] = pixels(document) != before
    report["passes"] = [layer.name() for layer in groups(document)[-1].childNodes()]
    row = panel.rows.in_order()[0]
    yield from clicked(row.title, lambda: panel.redo.compare.visibleRegion().isEmpty() is False)
    yield Until(panel.redo.isEnabled, "a result to be at hand", SOON)
    yield from take("guide-finished")


def once_more(document, report, take):
    """Pass 2 three times, each beside the one before; then the second of them is the best."""
    form = desk.panel().redo
    fold("recipe", "mask", "prompt")
    yield from chosen(form.start, 1)
    for number in range(TRIES):
        assert form.start.currentText().startswith("From 2"), form.start.currentText()
        yield from pressed(form.redo, lambda: True)
        yield from arrived(document, 3 + number)
        yield Until(lambda: seen(document)[-1:] == [True], "the new one to be seen", SOON)
        yield Pause(QApplication.doubleClickInterval())
    report["only the last is seen"] = seen(document)[1:]
    firsts = [group.childNodes()[0].name() for group in groups(document)[1:]]
    report["pass 1 stays"] = len(set(firsts))
    seconds = [group.childNodes()[1].name() for group in groups(document)[1:]]
    report["pass 2 differs"] = len(set(seconds))
    yield from take("guide-redo")
    best, last = groups(document)[3], groups(document)[-1]
    last.setVisible(False)
    best.setVisible(True)
    document.refreshProjection()
    yield desk.at_rest()


def variations(document, report, take):
    """Three of pass 2: looked at in place, one kept, the others given up."""
    panel = desk.panel()
    form, strip = panel.redo, panel.variations
    count = len(groups(document))
    yield from typed(form.count, "3")
    yield from pressed(form.redo, lambda: len(strip.buttons) == 3)
    ready = [f"button {n}" for n in range(3)]
    yield Until(lambda: [b.isEnabled() for b in strip.buttons] == [True] * 3, str(ready), 60.0)
    yield from pressed(strip.buttons[1], strip.keep.isEnabled)
    yield from take("guide-variations")
    yield from pressed(strip.keep, lambda: True)
    yield from arrived(document, count + 1)
    yield from pressed(strip.give_up, lambda: not strip.isVisible())
    yield desk.says("2 variations are given up")
    report["kept"] = len(groups(document)) - count
    yield from typed(form.count, "1")


def before_and_after(document, report):
    """The button is held, and let go."""
    compare = desk.panel().redo.compare
    yield from in_sight(compare)
    was = seen(document)
    middle = compare.mapToGlobal(compare.rect().center())
    desk.mouse("mousemove", middle.x(), middle.y(), "mousedown", 1)
    yield Until(lambda: seen(document) != was, "the picture before", SOON)
    yield Pause(100)
    desk.mouse("mouseup", 1)
    yield Until(lambda: seen(document) == was, "the picture after", SOON)
    report["before and after"] = True


def merged(document, report):
    """The passes of the best one become a layer; undone and done again."""
    panel = desk.panel()
    kept = next(group for group in reversed(groups(document)) if group.visible())
    yield from desk.activated(document, kept)
    count, before = len(groups(document)), pixels(document)
    yield from pressed(panel.redo.merge, lambda: True)
    yield desk.says("one layer now")
    yield Until(lambda: len(groups(document)) == count - 1, "one group less", SOON)
    yield desk.at_rest()
    report["levels off by merging"] = max(
        abs(one - other) for one, other in zip(before, pixels(document))
    )
    Krita.instance().action("edit_undo").trigger()
    yield Until(lambda: len(groups(document)) == count, "one undo to bring them back", SOON)
    yield desk.at_rest()


def stored(document, folder):
    """Saved, closed and opened again."""
    path = os.path.join(folder, "portrait.kra")
    document.setBatchmode(True)
    document.waitForDone()
    assert document.saveAs(path)
    yield from desk.close(document)
    again = yield from opened(path)
    return again


def history(document, report, take):
    """The jobs of the picture are still there, and can be used."""
    panel = desk.panel()
    box = panel.history
    fold("recipe", "mask", "prompt", "result")
    unfold("history")
    yield Until(lambda: box.list.count() >= 3, "the jobs", SOON, lambda: str(box.list.count()))
    report["jobs"] = box.list.count()
    report["pictures"] = not box.list.item(0).icon().isNull()
    box.list.setCurrentRow(0)
    yield from take("guide-history")
    Krita.instance().action("deselect").trigger()
    yield Until(lambda: document.selection() is None, "nothing to be selected", SOON)
    yield from pressed(box.restore, lambda: document.selection() is not None)
    report["reselected"] = document.selection().width()
    count = len(groups(document))
    yield from pressed(box.run, lambda: True)
    yield from arrived(document, count + 1)
    jobs = box.list.count()
    yield Until(lambda: box.list.count() > report["jobs"], "one more job", SOON)
    yield from pressed(box.forget, lambda: True)
    yield Until(lambda: box.list.count() == report["jobs"], "one job less", SOON, lambda: str(jobs))


def protected(document, report):
    """Everything but the face, which the selection's being inverted protects."""
    krita, panel = Krita.instance(), desk.panel()
    fold("history")
    unfold("recipe", "mask")
    yield from recipe("Artefact fix")
    view = panel.mask_part.view
    krita.action("invert_selection").trigger()
    yield Until(lambda: [one.crop.width for one in view.foresight.places] == [document.width()],
                "the mask of all but the face", SOON)  # fmt: skip
    yield desk.at_rest()
    yield from pressed(panel.mask_part.form.inside, panel.mask_part.form.inside.isChecked)
    whole = (0, 0, document.width(), document.height())
    coverage = bytes(document.selection().pixelData(*whole))
    before, count = pixels(document), len(groups(document))
    yield Pause(QApplication.doubleClickInterval() + 100)
    yield from inpainted(document, count + 1)
    after = pixels(document)
    changed = [
        covered
        for number, covered in enumerate(coverage)
        if before[4 * number : 4 * number + 4] != after[4 * number : 4 * number + 4]
    ]
    report["protected px"] = coverage.count(0)
    report["changed px"] = [len(changed), changed.count(0)]


def look(portrait, face, height, picture):
    """A finished job in whatever window this is, and what of the docker can be seen without
    scrolling. height: of the docker, 0 for the usual."""
    window = desk.main_window()
    yield desk.connected()
    document = yield from opened(portrait)
    yield from pasted(document, face)
    arrange()
    if height:
        low(height)
    yield Until(lambda: desk.panel().mask_part.view.foresight.plan, "the mask", SOON)
    panel = desk.panel()
    panel.inpaint.click()  # the mouse has other px on a dense screen
    yield Until(lambda: panel.rows.in_order(), "a row for the job", SOON)
    yield Pause(100)
    running = [panel.inpaint, panel.cancel, *panel.rows.in_order()[:1]]
    hidden = [widget.accessibleName() for widget in running if not whole(widget)]
    yield from arrived(document, 1)
    yield Pause(1000)
    desk.screenshot(picture)
    ended = [panel.connection, panel.inpaint, *panel.rows.in_order()[:1]]
    hidden += [widget.accessibleName() for widget in ended if not whole(widget)]
    docker = window.findChild(QDockWidget, "sfumato_docker")
    return {
        "window": [window.width(), window.height()],
        "docker": docker.height(),
        "inside": window.rect().contains(docker.geometry()),
        "hidden": hidden,
    }


def whole(widget):
    """Whether all of a widget can be seen."""
    return widget.visibleRegion().boundingRect() == widget.rect()
