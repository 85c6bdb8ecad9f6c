"""The ladder in the artist's hand: what the docker's table makes of it, and what will run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication

from fakes.documents import FakeDocument, FakeDocuments
from fakes.flat_server import WELCOME
from fakes.qt_hands import key, wheel, write
from fakes.qt_waiting import Recorder
from fakes.stores import Memory
from sfumato.core import status
from sfumato.core.choices import Choices, offered
from sfumato.core.ladder import Rung, rungs
from sfumato.core.status import Status
from sfumato.studio import Studio
from sfumato.ui.choices import ChoicesForm
from sfumato.ui.ladder_form import LadderForm
from sfumato_protocol.geometry import Extent
from sfumato_protocol.messages import (
    MAX_PASSES,
    EngineInfo,
    Offer,
    PassSpec,
    PlannedPass,
    RecipeInfo,
)
from sfumato_protocol.peer import Received

FACE = RecipeInfo(
    "face",
    "Face",
    "",
    (PassSpec("whole", 0.7), PassSpec("ring", 0.4), PassSpec("wide", 0.25)),
)
MODEL = EngineInfo("sd", "SD", 512, 8, ("prompt",))
SERVER = replace(WELCOME, recipes=(FACE, *WELCOME.recipes), engines=(MODEL, *WELCOME.engines))


class Hand:
    """A form with a ladder, as one window shows it."""

    def __init__(self) -> None:
        self.form = ChoicesForm()
        self.part: LadderForm = self.form.ladder_part
        self.part.resize(340, 500)
        self.part.show()
        QApplication.setActiveWindow(self.part)
        self.form.show_welcome(SERVER)
        self.told = Recorder(self.form.changed)

    @property
    def choices(self) -> Choices:
        """As they were told last."""
        told = self.told.seen[-1]
        assert isinstance(told, Choices)
        return told

    def runs(self) -> list[tuple[str, float]]:
        return [(step.zone, step.strength) for step in self.choices.passes(FACE)]

    def says(self) -> list[str]:
        return [row.strength.text() for row in self.part.table.rows if row.isVisible()]


@pytest.fixture
def hand(application: QApplication) -> Iterator[Hand]:
    made = Hand()
    yield made
    made.part.close()


def test_each_pass_has_a_row_that_names_the_band_of_its_strength(hand: Hand) -> None:
    assert hand.says() == ["0.70 corrects", "0.40 subtle", "0.25 subtle"]
    hand.part.table.rows[0].strength.setFocus()
    key(hand.part.table.rows[0].strength, *[Qt.Key.Key_PageUp] * 2)
    assert hand.says()[0] == "0.88 replaces"
    assert hand.runs() == [("whole", 0.88), ("ring", 0.4), ("wide", 0.25)]


def test_a_pass_that_is_off_does_not_run_and_all_off_can_be_chosen(hand: Hand) -> None:
    rows = hand.part.table.rows
    rows[1].on.click()
    assert hand.runs() == [("whole", 0.7), ("wide", 0.25)]
    assert not rows[1].strength.isEnabled()
    rows[0].on.click()
    rows[2].on.click()
    assert hand.choices.passes(FACE) == ()
    assert not hand.part.bar.save.isEnabled()


def test_back_to_the_recipe_as_it_is(hand: Hand) -> None:
    bar = hand.part.bar
    assert not bar.restore.isEnabled()
    hand.part.table.rows[1].on.click()
    hand.part.overall.setValue(20)
    bar.restore.click()
    assert (hand.choices.ladder, hand.choices.overall) == ((), 1.0)
    assert hand.says() == ["0.70 corrects", "0.40 subtle", "0.25 subtle"]
    assert not bar.restore.isEnabled()


def test_a_ladder_that_is_the_recipes_again_follows_it(hand: Hand) -> None:
    on = hand.part.table.rows[1].on
    on.click()
    assert hand.choices.ladder != ()
    on.click()
    assert hand.choices.ladder == ()


def test_one_slider_for_all_strengths(hand: Hand) -> None:
    slider = hand.part.overall
    slider.type_value()
    slider.typed("0,5")
    assert hand.runs() == [("whole", 0.35), ("ring", 0.2), ("wide", 0.12)]
    assert hand.says()[0] == "0.70 → 0.35 subtle"
    assert hand.choices.ladder == ()


def test_passes_are_added_moved_and_removed(hand: Hand) -> None:
    table = hand.part.table
    table.rows[2].strength.setFocus()
    assert table.current == 2
    table.up.click()
    assert [zone for zone, _strength in hand.runs()] == ["whole", "wide", "ring"]
    assert table.current == 1
    table.add.click()
    assert [zone for zone, _strength in hand.runs()] == ["whole", "wide", "wide", "ring"]
    steps = [rung.step for rung in hand.choices.ladder]
    assert steps[2].seed_offset not in {steps[0].seed_offset, steps[1].seed_offset}
    table.down.click()
    table.remove.click()
    assert [zone for zone, _strength in hand.runs()] == ["whole", "wide", "ring"]
    for _more in range(MAX_PASSES):
        table.add.click()
    assert len(hand.choices.ladder) == MAX_PASSES
    assert not table.add.isEnabled()
    while table.remove.isEnabled():
        table.remove.click()
    assert len(hand.choices.ladder) == 1


def test_the_details_of_the_pass_in_hand(hand: Hand) -> None:
    table = hand.part.table
    table.more.click()
    details = table.details
    assert not details.ring_width.isVisible()
    table.rows[1].zone.setFocus()
    assert details.ring_width.isVisible()
    for slider, typed in (
        (details.feather, "2"),
        (details.ring_width, "0.5"),
        (details.steps, "30"),
        (details.guidance, "7.5"),
    ):
        slider.type_value()
        slider.typed(typed)
    write(details.prompt, "skin")
    step = hand.choices.ladder[1].step
    assert (step.feather, step.width, step.steps) == (2.0, 0.5, 30)
    assert (step.guidance, step.prompt) == (7.5, "skin")
    tip = table.rows[1].more.toolTip()
    assert "feather ×2" in tip
    assert "“skin”" in tip
    key(details.steps, Qt.Key.Key_Home)
    key(details.guidance, Qt.Key.Key_Home)
    step = hand.choices.ladder[1].step
    assert (step.steps, step.guidance) == (0, -1.0)


def test_the_details_tell_the_px_of_a_plan_that_fits(hand: Hand) -> None:
    table, feather = hand.part.table, hand.part.table.details.feather
    table.rows[1].on.click()
    plan = tuple(
        PlannedPass(index, Extent(zone, 5, length, 0), 0.7, 20, 5, 7, "")
        for index, (zone, length) in enumerate((("whole", 10.0), ("wide", 48.0)), 1)
    )
    table.show_plan(plan)
    assert feather.text() == "Feather: ×1, 10 px"
    table.take(2)
    assert feather.text() == "Feather: ×1, 48 px"
    feather.type_value()
    feather.typed("2")
    assert feather.text() == "Feather: ×2, 96 px"
    table.take(1)
    assert feather.text() == "Feather: ×1"
    table.rows[1].on.click()
    table.take(0)
    assert feather.text() == "Feather: ×1"


def test_the_docker_is_told_what_the_server_offers_now(application: QApplication) -> None:
    """Every window at once, and what was chosen stays."""
    memory = Memory()
    studio = Studio(memory, FakeDocuments(FakeDocument()), memory)
    panels = studio.make_panel(), studio.make_panel()
    studio.link.status_changed.emit(Status(status.READY, "Connected.", SERVER))
    panels[0].choices.prompt.setPlainText("skin")
    own = RecipeInfo("soft", "Soft", "", (PassSpec("whole", 0.3),), own=True)
    engines = (replace(MODEL, loaded=True), *WELCOME.engines)
    studio.link.received.emit(Received(Offer(engines, (*SERVER.recipes, own))))
    for panel in panels:
        form = panel.choices
        assert form.recipe.findText("Soft") == 2
        assert form.engine.itemText(1) == "SD · in memory"
        assert form.prompt.toPlainText() == "skin"
        assert form.recipe.currentIndex() == 0


def test_the_docker_fits_where_there_is_little_room(application: QApplication) -> None:
    memory = Memory()
    panel = Studio(memory, FakeDocuments(FakeDocument()), memory).make_panel()
    panel.show()
    panel.show_status(Status(status.READY, "Connected.", SERVER))
    panel.choices.table.more.click()
    panel.resize(300, 264)  # a docker 290 px high has so much inside
    QApplication.processEvents()
    assert (panel.width(), panel.height()) == (300, 264)
    for widget in (panel.inpaint, panel.cancel, panel.choices.recipe):
        assert widget.visibleRegion().contains(widget.rect().center())


def test_what_an_engine_does_not_honour_is_greyed(hand: Hand) -> None:
    hand.form.show_choices(Choices(engine="flat"))
    details = hand.part.table.details
    assert not details.steps.isEnabled()
    assert not details.prompt.isEnabled()
    assert "does not read prompts" in details.prompt.toolTip()


def test_another_recipe_comes_as_it_is(hand: Hand) -> None:
    hand.part.table.rows[0].on.click()
    hand.part.overall.setValue(20)
    before = hand.choices
    hand.form.recipe.activated.emit(0)  # the one that is in use
    assert hand.choices == before
    hand.form.recipe.setCurrentIndex(1)
    hand.form.recipe.activated.emit(1)
    assert (hand.choices.recipe, hand.choices.ladder, hand.choices.overall) == ("two", (), 1.0)
    assert hand.says() == ["0.70 corrects", "0.40 subtle"]


def test_the_wheel_over_a_box_or_slider_that_is_not_in_use_changes_nothing(hand: Hand) -> None:
    row = hand.part.table.rows[0]
    hand.part.bar.restore.setFocus()
    for widget in (row.zone, row.strength, hand.form.recipe, hand.part.overall):
        assert not wheel(widget)
    assert hand.told.seen == []


def test_what_another_window_chose_is_shown_and_not_told(hand: Hand) -> None:
    ladder = (replace(rungs(FACE)[0], on=False), *rungs(FACE)[1:])
    hand.form.show_choices(Choices("face", ladder=ladder, overall=0.5))
    assert hand.told.seen == []
    assert not hand.part.table.rows[0].on.isChecked()
    assert hand.says()[1] == "0.40 → 0.20 subtle"


def test_a_pass_on_an_engine_that_is_not_offered_runs_on_the_jobs() -> None:
    lost = Rung(PassSpec("wide", 0.2, engine="gone"))
    choices, said = offered(SERVER, Choices(ladder=(Rung(), lost)))
    assert [rung.step.engine for rung in choices.ladder] == ["", ""]
    assert "not offered here" in said
    assert offered(SERVER, choices) == (choices, "")


def test_a_recipe_that_gives_way_takes_its_altered_ladder_along() -> None:
    choices, _said = offered(SERVER, Choices("nose", ladder=(Rung(),), overall=0.5))
    assert choices == Choices("face")
