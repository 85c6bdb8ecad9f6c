"""Where the passes of a job go, and when its server may forget them, without Krita."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fakes import plugin_values as values
from fakes.documents import NOISE, FakeDocument
from fakes.qt_waiting import Recorder
from fakes.stage import Stage
from sfumato.core import job as states
from sfumato.core import sentences
from sfumato.core.choices import Choices
from sfumato.core.job import Job
from sfumato.core.types import Place
from sfumato.ui.place_dialog import PlaceDialog
from sfumato_protocol.geometry import Rect

MIRRORED = b"".join(
    NOISE[4 * i : 4 * i + 4]
    for y in range(values.CANVAS.height)
    for i in range(values.CANVAS.width * (y + 1) - 1, values.CANVAS.width * y - 1, -1)
)


@pytest.fixture
def stage(application: object) -> Stage:
    return Stage()


def kept(stage: Stage, file: str = "") -> Job:
    """A job whose document was closed before it ended."""
    stage.document.file = file
    job = stage.click()
    stage.documents.opened.remove(stage.document)
    stage.server_finishes(job)
    stage.until_stage(states.KEPT)
    return job


def nothing_but_the_crop() -> bytes:
    """A picture that can be known by its crop alone."""
    picture = bytearray(len(NOISE))
    for y in range(values.CROP.y, values.CROP.bottom):
        start = 4 * (y * values.CANVAS.width + values.CROP.x)
        row = slice(start, start + 4 * values.CROP.width)
        picture[row] = NOISE[row]
    return bytes(picture)


def test_a_picture_that_was_mirrored_meanwhile_gets_no_layers(stage: Stage) -> None:
    job = stage.click()
    stage.document.picture = MIRRORED
    stage.server_finishes(job)
    assert stage.until_stage(states.KEPT).said == sentences.moved(job.title)
    assert stage.document.plans == []
    stage.document.picture = NOISE  # undone
    stage.insertion.insert_kept()
    assert len(stage.document.plans) == 1
    assert stage.asked == []


def test_the_artist_may_want_them_in_all_the_same(stage: Stage) -> None:
    job = stage.click()
    stage.document.picture = MIRRORED
    stage.server_finishes(job)
    stage.until_stage(states.KEPT)
    stage.chosen = -1
    stage.insertion.insert_kept()
    assert stage.jobs.all()[0].stage == states.KEPT
    stage.chosen = 0
    stage.insertion.insert_kept()
    assert [places for _, places in stage.asked] == [
        ["document (in front, does not look like it)", "A new document"]
    ] * 2
    assert len(stage.document.plans) == 1


def test_a_job_under_another_ones_layers_goes_in_too(stage: Stage) -> None:
    stage.document.picture = nothing_but_the_crop()
    first, second = stage.click(), stage.click()
    stage.server_finishes(first)
    Recorder(stage.jobs.changed).until(lambda job: job.stage == states.INSERTED)
    stage.document.picture = bytes(len(NOISE))
    stage.server_finishes(second)
    stage.until_stage(states.INSERTED)
    assert len(stage.document.plans) == 2


def test_kept_passes_are_asked_for_by_name_and_its_own_file_comes_first(stage: Stage) -> None:
    kept(stage, "/pictures/own.kra")
    own = FakeDocument("reopened", file="/pictures/own.kra", picture=MIRRORED)
    like = FakeDocument("like it")
    front = FakeDocument("front", picture=MIRRORED)
    small = FakeDocument("small", canvas=Rect(0, 0, 9, 9))
    stage.documents.opened += [own, like, small, front]
    stage.chosen = 1
    stage.insertion.insert_kept()
    ((asked, places),) = stage.asked
    assert asked == (
        "Where do the passes “Sfumato · two · seed 7” go? They were made for own.kra, 200 × 150 px."
    )
    assert places == [
        "/pictures/own.kra (does not look like it)", "like it", "A new document",
        "front (in front, does not look like it)",
    ]  # fmt: skip
    assert [len(one.plans) for one in (own, like, small, front)] == [0, 1, 0, 0]


def test_one_job_at_a_time_and_no_goes_on_to_the_next(stage: Stage) -> None:
    for file in ("/a.kra", "/b.kra"):
        stage.documents.opened = [stage.document]
        kept(stage, file)
    front = FakeDocument("front")
    stage.documents.opened = [front]
    stage.chosen = -1
    stage.insertion.insert_kept()
    assert len(stage.asked) == 2
    named: list[str] = []

    def anew(asked: str, places: Sequence[Place]) -> Place:
        named.append(asked.split("for ")[-1])
        return next(place for place in places if place.document is None)

    stage.insertion._choose = anew
    stage.insertion.insert_kept()
    assert named == ["a.kra, 200 × 150 px.", "b.kra, 200 × 150 px."]
    assert front.plans == []
    assert [len(made.plans) for made in stage.documents.opened[1:]] == [1, 1]


def test_jobs_of_an_earlier_krita_know_their_picture_under_each_others_layers(
    stage: Stage,
) -> None:
    stage.document.file, stage.document.picture = "/own.kra", nothing_but_the_crop()
    requests = [stage.click().request, stage.click().request]
    later = Stage()
    later.document = FakeDocument("reopened", file="/own.kra", picture=stage.document.picture)
    later.documents.opened = [later.document]
    later.jobs.recall(requests)
    for job in later.jobs.all():
        later.server_finishes(job)
    later.until_stage(states.KEPT)
    later.documents.meanwhile = lambda: setattr(later.document, "picture", bytes(len(NOISE)))
    later.insertion.insert_kept()
    assert [places[0] for _, places in later.asked] == ["/own.kra (in front)"] * 2
    assert len(later.document.plans) == 2


def test_without_a_picture_it_says_what_to_open(stage: Stage) -> None:
    kept(stage)
    stage.insertion.insert_kept()
    assert stage.said.seen[-1] == sentences.no_place()


def test_discarded_passes_are_called_so(stage: Stage) -> None:
    job = kept(stage)
    stage.jobs.cancel(job.id)
    assert stage.jobs.all()[0].said == sentences.discarded()


def test_a_picture_that_is_closed_while_the_artist_chooses(stage: Stage) -> None:
    kept(stage)
    front = FakeDocument("front")
    stage.documents.opened.append(front)

    def choose(asked: str, places: Sequence[Place]) -> Place | None:
        stage.documents.opened.clear()
        return stage.choose(asked, places)

    stage.insertion._choose = choose
    stage.insertion.insert_kept()
    assert stage.said.seen[-1] == sentences.closed()
    assert stage.jobs.all()[0].stage == states.KEPT


def test_the_question_in_a_dialog(application: object) -> None:
    stage = Stage()
    kept(stage, "/<b>own.kra")
    stage.documents.opened += [FakeDocument("other"), FakeDocument("front")]
    shown: list[PlaceDialog] = []

    def choose(asked: str, places: Sequence[Place]) -> Place:
        shown.append(PlaceDialog(asked, places))
        shown[0].choice.setCurrentIndex(1)
        return shown[0].place

    stage.insertion._choose = choose
    stage.insertion.insert_kept()
    assert "<b>own.kra" in shown[0].asked.text()
    assert shown[0].asked.textFormat() == 0  # plain
    assert len(stage.documents.opened[0].plans) == 1


def inserted(stage: Stage) -> Job:
    stage.server_finishes(stage.click())
    return stage.until_stage(states.INSERTED)


def test_passes_are_owed_for_until_their_picture_is_saved(stage: Stage) -> None:
    job = inserted(stage)
    assert [one.id for one in stage.jobs.unsaved()] == [job.id]
    assert stage.jobs.debts() == ()
    stage.safekeeping.stored("/exported.png")  # the picture itself stays as it was
    stage.document.file = "/own.kra"
    stage.safekeeping.stored("/own.kra")  # changed again while it was written
    assert stage.jobs.debts() == ()
    stage.safekeeping.stored(stage.document.save())
    assert [debt.passes for debt in stage.jobs.debts()] == [(1, 2)]
    assert stage.jobs.unsaved() == ()


def test_passes_of_a_picture_that_the_artist_closed_are_not_missed(stage: Stage) -> None:
    inserted(stage)
    stage.safekeeping.look()
    assert stage.jobs.debts() == ()
    stage.documents.opened.clear()
    stage.safekeeping.look()
    assert len(stage.jobs.debts()) == 1


def test_idle_work_of_krita_does_not_refuse_a_click(stage: Stage) -> None:
    begun = Recorder(stage.workflow.begun)
    stage.document.at_work = 2
    assert stage.workflow.inpaint(Choices(seed=9)) is None
    assert begun.until().seed == 9
    assert stage.said.seen == []
    assert len(stage.jobs.all()) == 1


def test_after_a_second_it_says_so(stage: Stage) -> None:
    stage.document.at_work = 1000
    assert stage.workflow.inpaint(Choices()) is None
    assert stage.said.seen == []
    stage.now = 1.1
    assert stage.said.until() == "Krita is at work."
    assert stage.jobs.all() == ()


def test_a_picture_that_is_closed_meanwhile(stage: Stage) -> None:
    stage.document.at_work = 1000
    stage.workflow.inpaint(Choices())
    stage.documents.opened[:] = [FakeDocument("other")]
    assert stage.said.until() == sentences.closed()
    assert stage.jobs.all() == ()


def test_an_animated_picture_asks_for_a_second_click(stage: Stage) -> None:
    stage.document.animated = True
    assert stage.workflow.inpaint(Choices()) is None
    assert stage.said.seen == [sentences.animated()]
    assert stage.workflow.inpaint(Choices()) is not None
    stage.documents.opened.append(FakeDocument("other", animated=True))
    assert stage.workflow.inpaint(Choices()) is None


def test_what_was_active_at_the_click_decides_where_the_layers_go(stage: Stage) -> None:
    stage.document.active = "background"
    job = stage.click()
    stage.document.active = "elsewhere"
    stage.server_finishes(job)
    job = stage.until_stage(states.INSERTED)
    assert stage.document.plans[0].above == "background"
    assert sentences.astray() not in job.said


def test_a_layer_that_was_deleted_meanwhile_is_told_of(stage: Stage) -> None:
    stage.document.shown["gone"] = True
    stage.document.active = "gone"
    job = stage.click()
    stage.document.remove("gone")
    stage.server_finishes(job)
    job = stage.until_stage(states.INSERTED)
    assert job.said.endswith(sentences.astray())
    assert stage.said.seen[-1] == job.said


def test_several_results_go_in_one_after_another_with_pauses_for_krita(stage: Stage) -> None:
    changed = Recorder(stage.jobs.changed)
    for job in [stage.click() for _ in range(3)]:
        stage.server_finishes(job)
    changed.until(lambda _: all(job.stage == states.INSERTED for job in stage.jobs.all()))
    assert len(stage.document.plans) == 3
    assert stage.documents.prepared >= 9
