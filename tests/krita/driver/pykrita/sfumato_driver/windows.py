"""Two windows of one Krita, each with its docker: what is typed in one is there in the other."""

from krita import Krita

from . import desk
from .records import jobs_in
from .refusing import rectangle, select
from .runner import Pause, Until
from .session import open_photo


def two(photo):
    """Type prompts in turn in both windows, then click in the second one."""
    first = desk.main_window()
    yield desk.connected()
    document = yield from open_photo(photo, "", "")
    select(document, rectangle(150, 150, 60, 50))
    desk.make_room(first)
    yield from typed(first, "calm sea")
    second = yield from desk.second_window()
    second.setGeometry(first.geometry())
    desk.make_room(second)
    Krita.instance().activeWindow().addView(document)
    panels = [desk.panel_of(window) for window in (first, second)]
    shown = [contents(panels)]
    yield from typed(second, " at dawn")
    shown.append(contents(panels))
    panels[1].area.ensureWidgetVisible(panels[1].choices.lock)
    yield Pause(100)
    yield from in_sight(panels[1], panels[1].choices.lock)
    desk.press(panels[1].choices.lock)
    lock = panels[0].choices.lock
    yield Until(lambda: not lock.isChecked(), "the first window to hear that the seed is free")
    first.activateWindow()
    first.raise_()
    yield Until(first.isActiveWindow, "the first window in front")
    yield from typed(first, ", no boats")
    shown.append(contents(panels))
    second.activateWindow()
    second.raise_()
    yield Until(second.isActiveWindow, "the second window in front")
    desk.press(panels[1].inpaint)
    said = [panel.sentence for panel in panels]
    yield Until(lambda: all("in the document as" in one.text() for one in said), "both to say so")
    (kind,) = jobs_in(document)
    record = bytes(document.annotation(kind)).decode()
    shown.append(contents(panels))
    return {"shown": shown, "said": [one.text() for one in said], "record": record}


def in_sight(panel, widget):
    """Scroll the form to a widget and wait until that is done."""

    def seen():
        panel.area.ensureWidgetVisible(widget)
        return widget.visibleRegion().contains(widget.rect().center())

    yield Until(seen, "the form to be scrolled")


def typed(window, words):
    """Type words at the end of a window's prompt, with the X server's own keyboard."""
    panel = desk.panel_of(window)
    prompt = panel.choices.prompt
    page, before = prompt.viewport(), prompt.toPlainText()

    def in_sight():
        panel.area.ensureWidgetVisible(prompt)
        return page.visibleRegion().contains(page.rect().center())

    yield Until(in_sight, "the prompt in sight")
    desk.press(page)
    yield Until(prompt.hasFocus, "the prompt to have the keyboard")
    desk.mouse("key", "ctrl+End", "type", words)
    yield Until(lambda: prompt.toPlainText() == before + words, f"“{words}” to be typed",
                instead=lambda: f"it holds “{prompt.toPlainText()}”")  # fmt: skip


def contents(panels):
    """Prompt and seed of each window's docker."""
    return [[panel.choices.prompt.toPlainText(), panel.choices.seed.text()] for panel in panels]
