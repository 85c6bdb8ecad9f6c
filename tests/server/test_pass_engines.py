"""Passes that name their engine: planned, loaded, run and taken up again with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fakes import engines as zoo
from server.conftest import StartServer, submission
from server.test_runner import Watcher, ladder
from server.test_session import failure, passes_of
from server.test_worker import drive
from sfumato_protocol import errors
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Accepted, JobDone, PassDone, PassSpec, Resume
from sfumato_server.config import Config
from sfumato_server.execution import engine_host, runner
from sfumato_server.execution.worker import Happening, Worker
from sfumato_server.offer.catalogue import Catalogue

PASSES = (
    PassSpec("whole", 0.7),
    PassSpec("ring", 0.4, seed_offset=1),
    PassSpec("wide", 0.25, seed_offset=2, engine="grader"),
)


def catalogue(tmp_path: Path, *kinds: type[zoo.Painter]) -> Catalogue:
    return Catalogue.of(Config(home=tmp_path, engines=tuple(zoo.spec(kind) for kind in kinds)))


def mixed(*engines: str) -> runner.Ladder:
    """A ladder whose passes run on these."""
    job = ladder()
    named = zip(job.passes, engines, strict=True)
    return replace(job, passes=tuple(replace(one, engine=name) for one, name in named))


def test_the_plan_tells_which_pass_runs_on_another_engine(tmp_path: Path) -> None:
    both = catalogue(tmp_path, zoo.Painter, zoo.Grader)
    submit, _ = submission(passes=PASSES)
    job = both.job(submit, "tests")
    assert [one.engine for one in job.plan] == ["", "", "grader"]
    assert job.plan[2].title.endswith(" · seed 9 · grader")
    assert job.specs == {"": zoo.spec(zoo.Painter), "grader": zoo.spec(zoo.Grader)}
    own = both.job(replace(submit, engine="grader"), "tests")
    assert [one.engine for one in own.plan] == ["", "", ""], "it is the job's"


def test_each_pass_gets_the_ramp_that_its_own_engine_needs(tmp_path: Path) -> None:
    both = catalogue(tmp_path, zoo.Painter, zoo.Grader)
    submit, _ = submission(passes=(PassSpec("whole", 0.7), PassSpec("whole", 0.4, engine="grader")))
    wide, narrow = (one.extent.feather for one in both.job(submit, "tests").plan)
    assert wide == 2 * zoo.Painter.traits.cell
    assert narrow == submit.masks.feather < wide


def test_an_unknown_engine_is_refused_with_the_pass_that_names_it(tmp_path: Path) -> None:
    submit, _ = submission(passes=PASSES)
    with pytest.raises(ProtocolError) as caught:
        catalogue(tmp_path, zoo.Painter).job(submit, "tests")
    assert caught.value.code == errors.UNKNOWN_ENGINE
    assert "the engine grader in pass 3" in str(caught.value)


def test_built_in_recipes_need_no_engine_that_is_not_there(tmp_path: Path) -> None:
    submit, _ = submission("face-swap-boundary")
    plan = catalogue(tmp_path, zoo.Painter).job(submit, "tests").plan
    assert [one.engine for one in plan] == ["", "", ""]


def test_an_engine_continues_only_what_it_made_itself() -> None:
    engines = {"": Watcher(), "other": Watcher()}

    def told(*names: str) -> list[bool]:
        for one in engines.values():
            one.shown.clear()
        list(runner.run(mixed(*names), engines.__getitem__))
        return [one.continues for one in (*engines[""].shown, *engines["other"].shown)]

    assert told("", "", "other") == [False, True, False]
    assert told("", "other", "") == [False, False, False]


def test_a_model_stays_loaded_while_an_engine_without_weights_runs() -> None:
    specs = {
        "": zoo.spec(zoo.Heavy),
        "grader": zoo.spec(zoo.Grader),
        "other-heavy": zoo.spec(zoo.OtherHeavy),
    }

    async def scenario(worker: Worker) -> None:
        async def loads(*engines: str) -> list[str]:
            events: list[Happening] = []

            async def note(event: Happening) -> None:
                events.append(event)

            await worker.run(specs, mixed(*engines), note)
            kinds = (engine_host.Loading, runner.Finished)
            return [type(one).__name__ for one in events if isinstance(one, kinds)]

        done, load = "Finished", "Loading"
        assert await loads("", "grader", "") == [load, done, load, done, done]
        assert await loads("", "grader", "") == [done, done, done]
        assert await loads("other-heavy", "grader", "") == [load, done, done, load, done]

    drive(scenario)


def test_a_ladder_of_two_engines_over_the_wire(start_server: StartServer) -> None:
    submit, blobs = submission(passes=(*PASSES, PassSpec("wide", 0.3)))
    with start_server(zoo.Painter, zoo.Grader).talk() as talk:
        talk.say(submit, blobs)
        accepted = talk.hear_until(Accepted)[0].message
        assert isinstance(accepted, Accepted)
        whole, end = passes_of(talk)
        assert isinstance(end, JobDone)
    assert [one.engine for one in accepted.plan] == ["", "", "grader", ""]
    assert [one.planned for one in whole] == list(accepted.plan)


class StallsInSecond(zoo.StallsInThirdPass):
    """Paints one pass and never ends its second."""

    traits = replace(zoo.Painter.traits, name="stalls-in-second")
    _passes = 1


class PaintsAtLast(zoo.Painter):
    """Goes by the name of the one that stalls."""

    traits = StallsInSecond.traits


def test_a_ladder_of_two_engines_goes_on_where_a_server_stopped(start_server: StartServer) -> None:
    submit, blobs = submission(passes=(PASSES[0], PASSES[2], PASSES[1]))
    first = start_server(StallsInSecond, zoo.Grader)
    with first.talk() as talk:
        talk.say(submit, blobs)
        talk.hear_until(PassDone)
        talk.hear_until(PassDone)
    first.stop()
    with start_server(PaintsAtLast, zoo.Grader).talk() as talk:
        talk.say(Resume(submit.job))
        passes, end = passes_of(talk)
        assert [one.planned.engine for one in passes] == ["", "grader", ""]
        assert isinstance(end, JobDone)


def test_a_refused_pass_costs_no_connection(start_server: StartServer) -> None:
    with start_server(zoo.Painter).talk() as talk:
        submit, blobs = submission(passes=PASSES)
        talk.say(submit, blobs)
        refused = failure(talk)
        assert (refused.code, refused.job) == (errors.UNKNOWN_ENGINE, submit.job)
        assert "in pass 3" in refused.got
