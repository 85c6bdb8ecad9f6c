"""What a click does and what becomes of finished jobs, with documents that are none of Krita's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import plugin_values as values
from fakes.documents import FakeDocument
from fakes.flat_server import WELCOME
from fakes.qt_waiting import Recorder
from fakes.stage import Stage
from sfumato.core import job as states
from sfumato.core import sentences, status
from sfumato.core.choices import Choices
from sfumato.core.job import Job
from sfumato.core.status import Status
from sfumato.core.types import ColourSpace
from sfumato_protocol.geometry import Rect


@pytest.fixture
def stage(application: object) -> Stage:
    return Stage()


def test_from_click_to_layers(stage: Stage) -> None:
    job = stage.click()
    assert job.request.reading.document_id == "document"
    stage.server_finishes(job)
    done = stage.until_stage(states.INSERTED)
    assert [plan.group_name for plan in stage.document.plans] == ["Sfumato · two · seed 7"]
    assert len(stage.document.plans[0].layers) == 2
    assert done.said == "2 passes are in the document as “Sfumato · two · seed 7”."
    assert stage.said.seen == [done.said]


def test_two_jobs_that_end_together_both_go_in(stage: Stage) -> None:
    first, second = stage.click(), stage.click()
    stage.server_finishes(first)
    stage.server_finishes(second)
    stage.put_in()
    assert len(stage.document.plans) == 2


def test_the_document_is_found_although_another_is_in_front(stage: Stage) -> None:
    job = stage.click()
    other = FakeDocument("other")
    stage.documents.opened.append(other)
    stage.server_finishes(job)
    stage.until_stage(states.INSERTED)
    assert (len(stage.document.plans), len(other.plans)) == (1, 0)


@pytest.mark.parametrize(
    "change", [{"canvas": Rect(0, 0, 90, 80)}, {"colour": ColourSpace("RGBA", "U16", "x")}]
)
def test_a_picture_that_changed_its_kind_meanwhile_gets_no_layers_in_the_wrong_place(
    stage: Stage, change: dict[str, object]
) -> None:
    before = replace(stage.document)
    job = stage.click()
    vars(stage.document).update(change)
    stage.server_finishes(job)
    assert stage.until_stage(states.KEPT).said == sentences.changed(job.title)
    assert stage.said.seen == [sentences.changed(job.title)]
    assert stage.document.plans == []
    stage.document.canvas, stage.document.colour = before.canvas, before.colour
    stage.workflow.insertion.insert_kept()
    assert stage.until_stage(states.INSERTED).id == job.id


def refused(stage: Stage) -> str:
    assert stage.workflow.inpaint(Choices()) is None
    assert stage.jobs.all() == ()
    sentence = stage.said.seen[-1]
    assert isinstance(sentence, str)
    return sentence


def test_without_a_server_the_click_says_so_and_tries_again(stage: Stage) -> None:
    stage.workflow.heed(Status(status.NO_SERVER, "No server."))
    assert refused(stage) == "No server."
    assert stage.woken == 1


def test_without_a_document(stage: Stage) -> None:
    stage.documents.opened.clear()
    assert refused(stage) == "No picture is open."


def test_what_reading_refuses_is_said(stage: Stage) -> None:
    stage.documents.refusal = "Nothing is selected."
    assert refused(stage) == "Nothing is selected."
    stage.documents.refusal = ""
    stage.click()


def test_a_crop_that_is_too_large_is_refused_before_its_pixels_are_read(stage: Stage) -> None:
    small = replace(WELCOME, limits=replace(WELCOME.limits, crop_pixels=1))
    stage.workflow.heed(Status(status.READY, "Connected.", small))
    assert "make the selection smaller" in refused(stage)
    assert stage.documents.pixels_read == 0


def test_a_recipe_the_server_has_no_more(stage: Stage) -> None:
    assert stage.workflow.inpaint(Choices(recipe="gone")) is None
    assert "“gone”" in stage.said.seen[-1]


def test_no_more_jobs_than_the_server_takes(stage: Stage) -> None:
    for _ in range(WELCOME.limits.jobs):
        stage.click()
    assert stage.workflow.inpaint(Choices()) is None
    assert stage.said.seen[-1].startswith("4 jobs are under way")


def test_a_click_inside_a_click_is_refused(stage: Stage) -> None:
    inner: list[Job | None] = []
    stage.documents.meanwhile = lambda: inner.append(stage.workflow.inpaint(Choices()))
    stage.click()
    assert inner == [None]
    assert stage.said.seen == [sentences.busy()]
    assert len(stage.jobs.all()) == 1


def test_a_job_that_ends_inside_a_click_goes_in_afterwards(stage: Stage) -> None:
    first = stage.click()

    def end() -> None:
        stage.documents.meanwhile = lambda: None
        stage.server_finishes(first)
        stage.workflow.insertion.insert_finished()
        assert stage.document.plans == []

    stage.documents.meanwhile = end
    stage.click()
    Recorder(stage.jobs.changed).until(lambda job: job.stage == states.INSERTED)
    assert len(stage.document.plans) == 1


def test_during_a_stroke_the_layers_wait(stage: Stage) -> None:
    job = stage.click()
    stage.document.stroke = True
    stage.server_finishes(job)
    stage.said.until(lambda sentence: sentence == sentences.stroke())
    assert stage.document.plans == []
    stage.document.stroke = False
    stage.until_stage(states.INSERTED)
    assert len(stage.document.plans) == 1


def test_a_job_that_failed_later_gives_what_it_finished(stage: Stage) -> None:
    stage.server_finishes(stage.click(), passes=1)
    done = stage.until_stage(states.INSERTED)
    assert len(stage.document.plans[0].layers) == 1
    assert done.said.startswith("1 of 2 passes: got a crash")


def test_a_cancelled_job_changes_nothing(stage: Stage) -> None:
    job = stage.click()
    stage.jobs.heard(values.accepted(job.request))
    stage.jobs.heard(values.pass_done(job.request, 1))
    stage.jobs.cancel(job.id)
    stage.jobs.heard(values.job_done(job.request))
    stage.workflow.insertion.insert_finished()
    assert stage.document.plans == []


def test_passes_of_a_closed_document_are_kept_and_can_go_in_again(stage: Stage) -> None:
    job = stage.click()
    stage.documents.opened.clear()
    stage.server_finishes(job)
    kept = stage.until_stage(states.KEPT)
    assert "closed" in kept.said
    stage.workflow.insertion.insert_kept()
    assert stage.said.seen[-1] == sentences.no_place()
    reopened = FakeDocument("reopened")
    stage.documents.opened.append(reopened)
    stage.workflow.insertion.insert_kept()
    assert len(reopened.plans) == 1
    assert stage.jobs.all()[0].stage == states.INSERTED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"canvas": Rect(0, 0, 201, 150)}, "200 × 150 px"),
        ({"colour": replace(values.reading().colour, depth="U16")}, "RGBA U8"),
    ],
)
def test_kept_passes_go_into_no_other_kind_of_document(
    stage: Stage, changes: dict[str, object], words: str
) -> None:
    job = stage.click()
    stage.documents.opened.clear()
    stage.server_finishes(job)
    stage.until_stage(states.KEPT)
    other = replace(FakeDocument("other"), **changes)  # type: ignore[arg-type]
    stage.documents.opened.append(other)
    stage.workflow.insertion.insert_kept()
    assert words in stage.said.seen[-1]
    assert other.plans == []
    assert stage.jobs.all()[0].stage == states.KEPT


def test_when_krita_cannot_take_the_layers_they_are_kept(stage: Stage) -> None:
    job = stage.click()
    stage.documents.fault = RuntimeError("no memory")
    stage.server_finishes(job)
    kept = stage.until_stage(states.KEPT)
    assert "no memory" in kept.said
    stage.documents.fault = None
    stage.workflow.insertion.insert_kept()
    assert len(stage.document.plans) == 1
