"""A server that is stopped, or killed, in the middle of a ladder and started again."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest

from fakes import engines as zoo
from server.conftest import StartServer, submission
from server.test_session import failure, passes_of
from sfumato_protocol import errors
from sfumato_protocol.messages import (
    MAX_PASSES,
    Accepted,
    Ack,
    Cancel,
    Failed,
    JobDone,
    PassDone,
    PassSpec,
    Progress,
    Resume,
)
from sfumato_server.config import Config
from sfumato_server.jobs.records import Unreadable
from sfumato_server.jobs.spool import Kept, Spool
from sfumato_server.transport import restoring
from sfumato_server.transport.home_lock import HomeError
from sfumato_server.transport.server import running
from sfumato_server.transport.session import MOST_FAULTS


def test_a_job_goes_on_from_its_last_pass_and_none_is_lost(start_server: StartServer) -> None:
    submit, blobs = submission()
    first = start_server(zoo.StallsInThirdPass)
    with first.talk() as talk:
        talk.say(submit, blobs)
        talk.hear_until(PassDone)
        talk.say(Ack(submit.job, 1))
        talk.hear_until(PassDone)
    first.stop()
    with start_server(zoo.Painter).talk() as talk:
        talk.say(Resume(submit.job, have=(1,)))
        passes, end = passes_of(talk)
        assert [one.planned.index for one in passes] == [2, 3]
        assert isinstance(end, JobDone)


def test_a_job_that_had_ended_is_told_again_until_it_is_acknowledged(
    start_server: StartServer,
) -> None:
    submit, blobs = submission()
    first = start_server()
    with first.talk() as talk:
        talk.say(submit, blobs)
        passes_of(talk)
    first.stop()
    second = start_server()
    with second.talk() as talk:
        talk.say(submit, blobs)
        passes, end = passes_of(talk)
        assert len(passes) == 3
        assert isinstance(end, JobDone)
        for index in (1, 2, 3):
            talk.say(Ack(submit.job, index))
        talk.say(Resume(submit.job))
        assert passes_of(talk)[0] == []
    assert list((second.home / "spool").iterdir()) == []


def test_a_job_of_which_only_the_end_is_lacking_needs_no_engine(start_server: StartServer) -> None:
    """A server that was killed between the last pass and its last word."""
    submit, blobs = submission(passes=(PassSpec("whole", 0.5),) * MAX_PASSES)
    first = start_server(zoo.Painter)
    with first.talk() as talk:
        talk.say(submit, blobs)
        passes_of(talk)
    first.stop()
    (first.home / "spool" / f"{submit.job}.end").unlink()
    with start_server(zoo.NeverLoaded).talk() as talk:
        talk.say(Resume(submit.job))
        passes, end = passes_of(talk)
        assert len(passes) == MAX_PASSES
        assert isinstance(end, JobDone)


RECIPE = """
title = "Mine"
description = "Ours alone."
[[pass]]
zone = "whole"
strength = {strength}
[[pass]]
zone = "ring"
strength = {strength}
[[pass]]
zone = "wide"
strength = {strength}
"""


@pytest.mark.parametrize("what", ["edited", "removed"])
def test_a_job_runs_as_it_was_accepted_whatever_becomes_of_its_recipe(
    start_server: StartServer, tmp_path: Path, what: str
) -> None:
    recipe = tmp_path / "recipes" / "mine.toml"
    recipe.parent.mkdir()
    recipe.write_text(RECIPE.format(strength=0.5))
    submit, blobs = submission("mine")
    first = start_server(zoo.StallsInThirdPass)
    with first.talk() as talk:
        talk.say(submit, blobs)
        talk.hear_until(PassDone)
        talk.hear_until(PassDone)
    first.stop()
    if what == "edited":
        recipe.write_text(RECIPE.format(strength=0.9))
    else:
        recipe.unlink()
    with start_server(zoo.Painter).talk() as talk:
        talk.say(Resume(submit.job))
        passes, end = passes_of(talk)
    assert [one.planned.strength for one in passes] == [0.5, 0.5, 0.5]
    assert isinstance(end, JobDone)


def test_a_cancelled_job_does_not_come_back(start_server: StartServer) -> None:
    submit, blobs = submission()
    first = start_server(zoo.Endless)
    with first.talk() as talk:
        talk.say(submit, blobs)
        talk.hear_until(Accepted)
        talk.say(Cancel(submit.job))
        assert failure(talk).code == errors.CANCELLED
    first.stop()
    with start_server(zoo.Endless).talk() as talk:
        talk.say(Resume(submit.job))
        assert failure(talk).code == errors.UNKNOWN_JOB


def test_a_client_may_ask_for_many_jobs_that_are_gone(start_server: StartServer) -> None:
    """As after a server's folder was cleared: each gets its answer, and the connection goes on."""
    gone = [f"{number:032x}" for number in range(3 * MOST_FAULTS)]
    with start_server().talk() as talk:
        for job in gone:
            talk.say(Resume(job))
        answers = [talk.hear().message for _ in gone]
        assert [(answer.job, answer.code) for answer in answers if isinstance(answer, Failed)] == [
            (job, errors.UNKNOWN_JOB) for job in gone
        ]
        talk.say(*submission("artefact-fix"))
        talk.hear_until(JobDone)


def test_a_second_server_on_one_home_says_so_and_touches_nothing(
    start_server: StartServer,
) -> None:
    first = start_server(zoo.Endless)
    part = first.home / "spool" / "being-written.part"
    with first.talk() as talk:
        talk.say(*submission("heal"))
        talk.hear_until(Progress)
        part.write_bytes(b"half")
        with pytest.raises(HomeError, match=r"running already. Stop it, or .*--home"):
            asyncio.run(_started(Config(home=first.home, port=0)))
        assert part.exists()
        first.stop()
    start_server().stop()
    assert not part.exists()


async def _started(config: Config) -> None:
    async with running(config):
        pass


def test_a_job_that_cannot_be_read_at_the_start_goes_on_when_it_can(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, blobs = submission()
    first = start_server(zoo.StallsInThirdPass)
    with first.talk() as talk:
        talk.say(submit, blobs)
        talk.hear_until(PassDone)
    first.stop()
    recover, refused = Spool.recover, threading.Event()

    def recover_later(spool: Spool, job: str) -> Kept:
        if not refused.is_set():
            refused.set()
            raise Unreadable("Input/output error")
        return recover(spool, job)

    monkeypatch.setattr(Spool, "recover", recover_later)
    monkeypatch.setattr(restoring, "AGAIN_SECONDS", 0.05)
    with start_server().talk() as talk:
        deadline = time.monotonic() + 10
        told = None
        while not isinstance(told, JobDone):
            assert time.monotonic() < deadline
            talk.say(Resume(submit.job, have=(1,)))
            told = talk.hear_until(JobDone, Failed)[0].message
            time.sleep(0.02)
        assert refused.is_set()
