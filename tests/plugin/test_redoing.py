"""Redoing, variations and the history of a picture, against a server that is told what to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from fakes import plugin_values as values
from fakes.flat_server import WELCOME
from fakes.qt_waiting import Recorder, pass_time
from fakes.stage import Stage
from sfumato.core import job as states
from sfumato.core import status
from sfumato.core.again import Wish
from sfumato.core.hand import MaskHand
from sfumato.core.history import Entry
from sfumato.core.job import Job
from sfumato.core.status import Status
from sfumato.history import History
from sfumato.redoing import Redoing
from sfumato.siblings import Siblings
from sfumato.ui.overlay import Laid
from sfumato.variations import Variations
from sfumato.watching import Watching
from sfumato_protocol import errors
from sfumato_protocol.offers import AGAIN


class FakeOverlays:
    """What is shown over the canvas."""

    def __init__(self) -> None:
        self.shown: dict[str, tuple[str, Sequence[Laid]]] = {}

    def show(self, name: str, document_id: str, pictures: Sequence[Laid]) -> None:
        self.shown[name] = (document_id, pictures)

    def hide(self, name: str) -> None:
        self.shown.pop(name, None)


class Desk(Stage):
    """A stage where a first job is in the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.watching = Watching()
        turn = self.workflow.turn
        self.let_go: list[Any] = []
        self.history = History(
            self.documents, self.watching, turn, lambda *told: self.let_go.append(told)
        )
        self.redoing = Redoing(self.jobs, self.documents, turn, self.history)
        self.overlays = FakeOverlays()
        self.variations = Variations(
            self.jobs,
            self.documents,
            self.overlays,  # type: ignore[arg-type]
            self.watching,
        )
        self.siblings = Siblings(self.documents, self.watching, turn)
        self.insertion.replaced = self.history.replaced
        self.insertion.inserted.connect(self.siblings.took_place)
        self.history.merged.connect(self.siblings.merged)
        self.redoing.varied.connect(self.variations.begin)
        self.greet(AGAIN)
        for one in (self.history, self.redoing, self.variations):
            one.said.connect(self.workflow.said)
        self.first = self.finish(self.click())

    def greet(self, *features: str) -> None:
        limits = replace(WELCOME.limits, jobs=8)
        welcome = replace(WELCOME, features=features, limits=limits)
        self.redoing.heed(Status(status.READY, "Connected.", welcome))

    def finish(self, job: Job) -> Job:
        self.server_finishes(job)
        if not job.request.aside:
            self.put_in()
        found = self.jobs.find(job.id)
        assert found is not None
        return found

    def redo(self, wish: Wish) -> Job:
        self.redoing.redo(wish)
        return self.jobs.all()[-1]

    def shown(self) -> list[str]:
        """The results that are seen."""
        self.history.look()
        return [
            name
            for name, seen in self.document.shown.items()
            if seen and name.startswith(("group", "merged")) and "/" not in name
        ]


@pytest.fixture
def desk(application: object) -> Desk:
    return Desk()


def test_the_new_variant_takes_the_place_of_the_old_one_and_undo_brings_that_back(
    desk: Desk,
) -> None:
    job = desk.redo(Wish(2, seed=99))
    request = job.request
    assert (request.base, request.first, request.choices.seed) == (desk.first.id, 2, 99)
    assert request.earlier == ((values.CROP, b"\xff" * len(values.reading().selection)),)
    assert request.reading.selection == values.reading().selection  # for its own record
    assert desk.finish(job).stage == states.INSERTED
    plan = desk.document.plans[-1]
    assert (plan.above, plan.hides) == ("group 1", ("group 1",))
    assert desk.shown() == ["group 2"]
    desk.document.undo()
    desk.siblings.look()
    assert desk.shown() == ["group 1"]


def test_a_variant_that_is_merged_or_deleted_keeps_its_place(desk: Desk) -> None:
    desk.finish(desk.redo(Wish(2)))
    desk.history.merge("")
    desk.document.undone = True  # something else, later
    desk.siblings.look()
    assert desk.shown() == ["merged 2"]
    desk.document.undone = False
    desk.document.remove("merged 2")
    desk.siblings.look()
    assert desk.shown() == []
    desk.document.undone = True  # something that was done since
    desk.siblings.look()
    assert desk.shown() == []


def test_three_times_again_and_one_is_seen(desk: Desk) -> None:
    jobs = [desk.redo(Wish(2)) for _ in range(3)]
    for job in jobs:  # asked for before any of them was there
        desk.finish(job)
    assert desk.shown() == ["group 4"]
    assert len({job.request.choices.seed for job in jobs}) == 3
    desk.document.active = "group 1/2"
    desk.history.look()
    assert desk.history.at_hand is not None
    assert desk.history.at_hand.group == "group 4"  # what is seen in place of the active one


def test_other_strength_prompt_and_mask(desk: Desk) -> None:
    wish = Wish(1, strength=0.35, prompt="a scar", hand=MaskHand(grow=2.0), selects=True)
    request = desk.redo(wish).request
    assert [one.strength for one in request.passes] == [0.35, 0.2]
    assert (request.choices.prompt, request.masks.grow) == ("a scar", 2.0)
    assert (request.selects, request.reading.selection) == (True, values.reading().selection)


@pytest.mark.parametrize(
    ("wish", "said"),
    [(Wish(3), "has no pass 3"), (Wish(2, count=8), "takes 7 more jobs")],
)
def test_what_cannot_be_is_said(desk: Desk, wish: Wish, said: str) -> None:
    desk.jobs.start(values.request())
    before = len(desk.jobs.all())
    desk.redoing.redo(wish)
    assert said in desk.said.seen[-1]
    assert len(desk.jobs.all()) == before


def test_an_older_server_and_none_and_another_picture(desk: Desk) -> None:
    desk.greet()
    desk.redoing.redo(Wish(1))
    assert "update it" in desk.said.seen[-1]
    desk.redoing.heed(status.stopped())
    desk.redoing.redo(Wish(1))
    assert desk.said.seen[-1] == status.stopped().sentence
    desk.greet(AGAIN)
    desk.document.canvas = replace(values.CANVAS, width=7)
    desk.redoing.redo(Wish(1))
    assert "another size" in desk.said.seen[-1]
    desk.documents.opened.clear()
    desk.redoing.redo(Wish(1))
    assert "No picture" in desk.said.seen[-1]


def test_variations_are_seen_in_place_kept_and_given_up(desk: Desk) -> None:
    desk.redo(Wish(2, count=3))
    variations = desk.variations
    jobs = [job for job in desk.jobs.all() if job.request.aside]
    assert len(jobs) == len(variations.all()) == 3
    variations.show(0)
    assert variations.shown is None
    assert variations.picture(0).isNull()
    for job in jobs[:2]:
        desk.finish(job)
    desk.put_in()
    assert len(desk.document.plans) == 1
    assert [variations.finished(number) for number in range(3)] == [True, True, False]
    assert max(variations.picture(0).width(), variations.picture(0).height()) == values.CROP.width
    variations.show(1)
    assert desk.shown() == []
    (laid,) = desk.overlays.shown["variation"][1]
    assert laid.area == values.CROP
    variations.show(0)
    variations.keep(1)
    desk.put_in()
    assert desk.overlays.shown == {}
    assert desk.shown() == ["group 2"]
    variations.keep(0)
    desk.put_in()
    assert desk.shown() == ["group 3"]
    variations.give_up()
    assert desk.said.seen[-1] == "1 variation is given up."
    found = [desk.jobs.find(job.id) for job in jobs]
    assert [job and job.stage for job in found] == [states.INSERTED, states.INSERTED, None]
    assert variations.all() == ()


def test_a_variation_that_fails_says_why(desk: Desk) -> None:
    desk.redo(Wish(2, count=2))
    job = desk.jobs.all()[-1]
    desk.jobs.heard(values.failed(job.request, errors.UNKNOWN_JOB))
    assert "Run the job again" in desk.variations.failed(1)
    assert not desk.variations.finished(1)


def test_variations_of_a_closed_picture_are_kept_for_the_artist(desk: Desk) -> None:
    desk.redo(Wish(2, count=2))
    for job in desk.jobs.all()[-2:]:
        desk.finish(job)
    desk.variations.show(0)
    desk.documents.opened.clear()
    desk.watching.document_changed.emit()
    assert desk.variations.shown is None
    assert len(desk.jobs.kept()) == 2
    assert desk.variations.all() == ()  # their rows offer them now


def test_a_variation_that_ends_after_its_picture_was_closed_is_kept_too(desk: Desk) -> None:
    desk.redo(Wish(2, count=2))
    desk.documents.opened.clear()
    desk.watching.document_changed.emit()
    assert len(desk.variations.all()) == 2
    for job in desk.jobs.all()[-2:]:
        desk.finish(job)
    assert len(desk.jobs.kept()) == 2
    assert desk.variations.all() == ()


def test_a_job_runs_again_as_it_was_without_its_own_layers(desk: Desk) -> None:
    before = desk.first.request
    during: list[list[str]] = []
    desk.documents.meanwhile = lambda: during.append(
        [name for name, seen in desk.document.shown.items() if seen and name.startswith("group")]
    )
    desk.redoing.run_again(desk.first.id, "above")
    request = desk.jobs.all()[-1].request
    assert "group 1" not in during[0]
    assert desk.document.shown["group 1"]
    assert (request.base, request.first) == ("", 1)
    assert (request.choices.seed, request.masks) == (before.choices.seed, before.masks)
    assert request.reading.crop == values.CROP
    assert request.hides == ("group 1",)
    assert desk.document.selected == (values.CROP, values.reading().selection)
    desk.finish(desk.jobs.all()[-1])
    assert desk.shown() == ["group 2"]


def test_the_history_is_read_when_somebody_looks(desk: Desk) -> None:
    changed = Recorder(desk.history.changed)
    desk.watching.layer_changed.emit()
    pass_time(20)
    assert desk.history.entries == ()
    desk.history.attend("panel", True)
    changed.until(lambda *_: True)
    found: list[Entry] = list(desk.history.entries)
    (entry,) = found
    assert (entry.id, entry.group, entry.shown) == (desk.first.id, "group 1", True)
    assert entry.thumbnail.startswith(b"\xff\xd8")
    desk.history.attend("panel", False)
    desk.finish(desk.redo(Wish(1)))
    assert len(desk.history.entries) == 1


def test_restoring_selecting_merging_forgetting(desk: Desk) -> None:
    history, document = desk.history, desk.document
    history.restore_selection(desk.first.id)
    assert document.selected == (values.CROP, values.reading().selection)
    history.select_layers(desk.first.id)
    assert document.active == "group 1"
    history.merge("")
    assert desk.shown() == ["merged 1"]
    document.remove("merged 1")
    history.select_layers(desk.first.id)
    assert "no longer" in desk.said.seen[-1]
    history.clean_up()
    assert desk.said.seen[-1] == "1 job without layers is forgotten."
    assert desk.let_go == [(desk.first.id, (1, 2))]
    assert history.entries == ()
    history.merge("")
    assert "no Sfumato result" in desk.said.seen[-1]
    history.clean_up()
    assert "All jobs" in desk.said.seen[-1]


def test_a_result_that_comes_while_the_old_one_is_out_of_sight_hides_it_for_good(
    desk: Desk,
) -> None:
    job = desk.redo(Wish(2))
    desk.history.compare(True)
    desk.finish(job)
    assert not desk.documents.comparing()
    assert desk.shown() == ["group 2"]


def test_before_and_after(desk: Desk) -> None:
    desk.history.look()
    desk.history.compare(True)
    assert desk.shown() == []
    assert desk.history.at_hand is not None  # as it was read before
    desk.history.compare(False)
    assert desk.shown() == ["group 1"]
