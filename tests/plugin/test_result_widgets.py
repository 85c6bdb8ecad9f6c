"""The docker's parts for results: what they show and what they ask for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from fakes import plugin_values as values
from fakes.documents import FakeDocument, FakeDocuments
from fakes.flat_server import WELCOME
from fakes.qt_waiting import Recorder, pass_time
from fakes.stores import Memory
from sfumato import thumbnails
from sfumato.core import provenance, status
from sfumato.core.again import Sight, Wish
from sfumato.core.hand import MaskHand
from sfumato.core.history import Entry
from sfumato.core.placement import plan_layers
from sfumato.core.status import Status
from sfumato.qt import QImage
from sfumato.studio import Studio
from sfumato.ui.history import HistoryBox
from sfumato.ui.jpeg import decoded
from sfumato.ui.redo import RedoForm
from sfumato.ui.variations import VariationStrip
from sfumato_protocol.provenance import Provenance

pytestmark = pytest.mark.usefixtures("application")
JOB = values.finished_job(prompt="<b>skin")


def entry(number: int = 1, group: str = "group", shown: bool = True) -> Entry:
    record: Provenance = replace(provenance.provenance(JOB), job=f"{number:032x}", when=number)
    return Entry((record,), group, thumbnails.jpeg(JOB), shown)


@pytest.fixture
def form() -> Iterator[RedoForm]:
    made = RedoForm()
    made.show_entry(entry())
    made.show()
    yield made
    made.hide()


def test_nothing_otherwise_but_the_seed(form: RedoForm) -> None:
    wanted = Recorder(form.wanted)
    form.redo.click()
    assert wanted.seen == [Wish(2)]  # the last pass is the likeliest
    assert form.start.itemText(1) == "From 2: ring"
    assert form.prompt.text() == "<b>skin"


def test_what_the_artist_changes_is_asked_for(form: RedoForm) -> None:
    form.show_hand(MaskHand(grow=3.0))
    form.start.setCurrentIndex(0)
    assert form.strength.chosen_value() == 0.7
    form.strength.setValue(form.strength.value() - 10)
    form.prompt.setText("a scar")
    form.masking.setCurrentIndex(3)
    form.other_seed.setChecked(False)
    form.count.show_value(4)
    wish = Wish(1, 4, 7, 0.6, "a scar", MaskHand(grow=3.0), True)
    assert form.wish() == wish
    form.show_entry(replace(entry(), shown=False))
    assert form.wish() == wish  # the same job: what was typed stays
    form.show_entry(entry(2))
    assert form.wish().prompt is None
    form.show_entry(None)
    assert not form.isEnabled()


def test_of_a_variant_the_same_pass_is_done_again(form: RedoForm) -> None:
    form.start.setCurrentIndex(0)
    first = entry()
    form.show_entry(replace(first, records=(replace(entry(2).record, base=first.id),)))
    assert form.start.currentIndex() == 0
    form.show_entry(entry(3))
    assert form.start.currentIndex() == 1


def test_before_is_seen_as_long_as_it_is_held(form: RedoForm) -> None:
    told = Recorder(form.comparing)
    form.compare.pressed.emit()
    pass_time(40)
    form.compare.released.emit()
    assert told.seen == [True, False]
    form.compare.click()  # by its shortcut it stays
    assert told.seen[2:] == [True, True]
    form.compare.click()
    assert told.seen[4:] == [False, False]
    form.comparing.connect(lambda _on: time.sleep(0.03))  # as long as Krita takes to hide it
    form.compare.click()
    assert told.seen[6:] == [True, True]
    form.end_comparing()
    assert (told.seen[8:], form.compare.isDown()) == ([False], False)


def test_variations_are_drawn_when_there_is_more_to_see() -> None:
    strip = VariationStrip()
    asked: list[int] = []

    def picture(number: int) -> QImage:
        asked.append(number)
        image = QImage(8, 8, QImage.Format.Format_RGB32)
        image.fill(0)
        return image

    ready = Sight(7, 1.0, True, "", False, 2)
    strip.show_sights((ready, Sight(8, 0.5, False, "", False, 0)), None, picture)
    strip.show_sights((ready, Sight(8, 0.7, False, "", False, 1)), None, picture)
    strip.show_sights((ready, Sight(8, 0.7, False, "<b>no", False, 1)), None, picture)
    assert asked == [0, 1]
    assert [button.text() for button in strip.buttons] == ["ready", "failed"]
    assert [button.isEnabled() for button in strip.buttons] == [True, False]
    assert "&lt;b&gt;no" in strip.buttons[1].toolTip()
    shown, kept = Recorder(strip.show_wanted), Recorder(strip.keep_wanted)
    assert not strip.keep.isEnabled()
    strip.buttons[0].click()
    strip.show_sights((ready,) * 2, 0, picture)
    strip.keep.click()
    strip.buttons[0].click()
    assert (shown.seen, kept.seen) == ([0, -1], [0])
    strip.show_sights((), None, picture)
    assert strip.isHidden()


def test_a_picture_that_claims_to_be_vast_is_not_opened() -> None:
    small = thumbnails.jpeg(JOB)
    assert not decoded(small).isNull()
    size = small.index(b"\xff\xc0") + 5
    vast = small[:size] + b"\xea\x60" * 2 + small[size + 4 :]
    assert decoded(vast).isNull()
    for other in (b"", b"no picture", small[:20]):
        assert decoded(other).isNull()


def test_the_history_asks_for_the_marked_job() -> None:
    box = HistoryBox()
    old, gone = entry(1), entry(2, group="")
    box.show_entries((gone, old), old)
    assert box.marked() == old.id
    used, chosen = Recorder(box.use_wanted), Recorder(box.select_wanted)
    box.use.click()
    box.list.setCurrentRow(0)
    assert not box.select.isEnabled()
    assert box.clean.isEnabled()
    box.show_entries((gone, replace(old, shown=False)), old)
    assert box.marked() == gone.id
    box.list.setCurrentRow(1)
    first, second = box.list.item(0), box.list.item(1)
    assert first is not None
    assert second is not None
    box.list.itemActivated.emit(second)
    assert (used.seen, chosen.seen) == ([old.id], [old.id])
    assert "layers gone" in first.text()
    assert "&lt;b&gt;skin" in second.toolTip()


def test_a_panel_reads_the_history_when_it_is_seen_and_chooses_from_it() -> None:
    document = FakeDocument()
    document.enter(plan_layers(JOB, thumbnails={JOB.id: thumbnails.jpeg(JOB)}))
    memory = Memory()
    studio = Studio(memory, FakeDocuments(document), memory)
    studio.link.status_changed.emit(Status(status.READY, "Connected.", WELCOME))
    panel = studio.make_panel()
    panel.show()
    panel.sections["history"].open(True)
    changed = Recorder(studio.results.history_changed)
    changed.until()
    assert panel.redo.isEnabled()
    assert panel.history.list.count() == 1
    panel.history.use.click()
    assert panel.choices.prompt.toPlainText() == "<b>skin"
    panel.history.select.click()
    assert document.active == "group 1"
    panel.redo.redo.click()
    assert "update it" in panel.sentence.text()
    panel.redo.compare.pressed.emit()
    assert not document.shown["group 1"]
    pass_time(30)
    panel.redo.compare.released.emit()
    assert document.shown["group 1"]
    panel.history.forget.click()
    assert panel.history.list.count() == 0
    panel.hide()
    assert studio.results.history._lookers == []
    studio.stop()


def test_without_a_result_the_form_takes_no_room(form: RedoForm) -> None:
    assert form.redo.isVisible()
    form.show_entry(None)
    assert not any(one.isVisible() for one in (form.redo, form.start, form.compare, form.merge))
    assert form.title.isVisible()
