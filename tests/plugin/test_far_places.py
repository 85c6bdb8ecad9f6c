"""One click on places far apart: a job each, and one group of layers."""

from __future__ import annotations

import pytest

from fakes import plugin_values as values
from fakes.documents import FakeDocument
from fakes.flat_server import WELCOME
from fakes.qt_waiting import Recorder
from fakes.stage import Stage
from sfumato.core import job as states
from sfumato.core.choices import Choices
from sfumato.core.job import Job
from sfumato_protocol import errors


@pytest.fixture
def stage(application: object) -> Stage:
    return Stage()


def click(stage: Stage, places: int) -> tuple[Job, ...]:
    """A click on a selection of so many parts, far from each other."""
    stage.documents.places = places
    return stage.jobs.together(stage.click())


def test_far_places_of_one_click_go_in_as_one_group_when_the_last_has_come(stage: Stage) -> None:
    jobs = click(stage, 3)
    assert len(jobs) == 3
    for job in (jobs[2], jobs[0]):
        stage.server_finishes(job)
    stage.insertion.insert_finished()
    assert stage.document.plans == []
    stage.server_finishes(jobs[1])
    stage.until_stage(states.INSERTED)
    (plan,) = stage.document.plans
    assert len(plan.layers) == 6  # the fake's places are one, so they would hide each other
    assert {job.stage for job in stage.jobs.together(jobs[0])} == {states.INSERTED}
    keys = [plan.provenance_key, *(key for key, _ in plan.other_records if ".job." in key)]
    assert keys == ["sfumato.job." + job.id for job in jobs]
    assert stage.said.seen == ["6 passes are in the document as “Sfumato · two · seed 7”."]
    assert {job.id for job in stage.jobs.unsaved()} == {job.id for job in jobs}


def test_a_place_that_fails_holds_the_others_up_no_longer(stage: Stage) -> None:
    jobs = click(stage, 2)
    stage.server_finishes(jobs[0])
    stage.insertion.insert_finished()
    assert stage.document.plans == []
    stage.jobs.heard(values.failed(jobs[1].request, errors.ENGINE_CRASHED, "a crash"))
    Recorder(stage.jobs.changed).until(lambda job: job.stage == states.INSERTED)
    assert len(stage.document.plans) == 1
    assert stage.said.seen[-1].startswith("2 passes are in the document")
    assert "a crash" in stage.said.seen[-1]


def test_cancelling_a_click_ends_all_of_its_places(stage: Stage) -> None:
    other = stage.click()
    jobs = click(stage, 3)
    stage.server_finishes(jobs[0])
    stage.jobs.cancel(jobs[1].id)
    stage.insertion.insert_finished()
    assert stage.document.plans == []
    assert {job.stage for job in stage.jobs.together(jobs[0])} == {states.CANCELLED}
    assert stage.jobs.open() == (other,)


def test_kept_places_of_one_click_are_asked_for_once(stage: Stage) -> None:
    jobs = click(stage, 2)
    stage.documents.opened.clear()
    for job in jobs:
        stage.server_finishes(job)
    stage.until_stage(states.KEPT)
    reopened = FakeDocument("reopened")
    stage.documents.opened.append(reopened)
    stage.insertion.insert_kept()
    assert len(stage.asked) == 1
    assert len(reopened.plans) == 1
    assert {job.stage for job in stage.jobs.all()} == {states.INSERTED}


def test_more_places_than_the_server_has_room_for_are_refused_whole(stage: Stage) -> None:
    stage.click()
    stage.documents.places = WELCOME.limits.jobs
    assert stage.workflow.inpaint(Choices()) is None
    assert "jobs are under way" in stage.said.seen[-1]
    assert len(stage.jobs.all()) == 1
