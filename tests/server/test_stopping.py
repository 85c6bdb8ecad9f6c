"""A job that is stopped with what it has; places in line, and what moves them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import engines as zoo
from server.conftest import StartServer, Talk, submission
from server.test_again import again_of, told
from server.test_session import failure
from sfumato_protocol import VERSION, errors
from sfumato_protocol.blobs import Blob
from sfumato_protocol.messages import (
    Accepted,
    Cancel,
    Failed,
    Hello,
    JobDone,
    Move,
    PassDone,
    Progress,
    Resume,
    Submit,
    Waiting,
)
from sfumato_protocol.offers import WAITING


def greeted(talk: Talk) -> Talk:
    talk.say(Hello(VERSION, "tests", (WAITING,)))
    talk.hear()
    return talk


def handed_in(talk: Talk) -> Submit:
    """A job that is accepted."""
    submit, blobs = submission("heal")
    talk.say(submit, blobs)
    while True:
        received, _ = talk.hear_until(Accepted)
        if getattr(received.message, "job", "") == submit.job:
            return submit


def moved(talk: Talk, count: int) -> dict[str, int]:
    """The next `count` places that are told."""
    places = {}
    for _ in range(count):
        received, _ = talk.hear_until(Waiting)
        assert isinstance(received.message, Waiting)
        places[received.message.job] = received.message.ahead
    return places


def test_stopped_with_what_is_finished(start_server: StartServer) -> None:
    server = start_server(zoo.StallsInThirdPass)
    submit, blobs = submission()
    with server.talk() as talk:
        talk.say(submit, blobs)
        talk.hear_until(PassDone)
        talk.hear_until(PassDone)
        talk.say(Cancel(submit.job, keep=True))
        received, _ = talk.hear_until(JobDone, Failed)
        assert isinstance(received.message, JobDone)
        assert received.message.passes == 2
        assert received.message.seconds > 0
    server.stop()
    with start_server(zoo.Painter).talk() as talk:
        talk.say(Resume(submit.job, (1,)))
        end, before = talk.hear_until(JobDone, Failed)
        assert [told(one).planned.index for one in before[1:]] == [2]
        assert end.message == received.message
        again = again_of(submit, 2)
        talk.say(again)
        end, _ = talk.hear_until(JobDone, Failed)
        assert isinstance(end.message, Failed), "pass 1 was acknowledged for good"


def test_stopped_after_a_restart_what_was_finished_before_it_is_kept(
    start_server: StartServer,
) -> None:
    server = start_server(zoo.StallsInThirdPass)
    submit, blobs = submission()
    with server.talk() as talk:
        talk.say(submit, blobs)
        talk.hear_until(PassDone)
        talk.hear_until(PassDone)
    server.stop()
    with start_server(zoo.Endless).talk() as talk:
        talk.say(Resume(submit.job))
        talk.hear_until(Progress)
        talk.say(Cancel(submit.job, keep=True))
        received, _ = talk.hear_until(JobDone, Failed)
        assert isinstance(received.message, JobDone)
        assert received.message.passes == 2


def test_with_nothing_finished_it_is_cancelled(start_server: StartServer) -> None:
    with start_server(zoo.Endless).talk() as talk:
        running, blobs = submission()
        talk.say(running, blobs)
        talk.hear_until(Progress)
        waiting = handed_in(talk)
        for job in (waiting.job, running.job):
            talk.say(Cancel(job, keep=True))
            failed = failure(talk)
            assert (failed.job, failed.code) == (job, errors.CANCELLED)


def test_what_another_job_has_done_is_nothing_to_keep(start_server: StartServer) -> None:
    with start_server(zoo.StallsInThirdPass).talk() as talk:
        submit, blobs = submission()
        talk.say(submit, blobs)
        talk.hear_until(PassDone)
        talk.hear_until(PassDone)
        again = again_of(submit, 3)
        talk.say(again)
        talk.hear_until(Accepted)
        talk.say(Cancel(again.job, keep=True))
        failed = failure(talk)
        assert (failed.job, failed.code) == (again.job, errors.CANCELLED)
        talk.say(Cancel(submit.job))


def test_who_wants_nothing_kept_after_all_is_heard(start_server: StartServer) -> None:
    server = start_server(zoo.Hanging, hang_seconds=60.0)
    with server.talk() as talk:
        submit, blobs = submission()
        talk.say(submit, blobs)
        talk.hear_until(Progress)
        talk.say(Cancel(submit.job, keep=True))
        talk.say(Cancel(submit.job))
        assert failure(talk).code == errors.CANCELLED


def test_places_are_told_to_who_understands_and_moved(start_server: StartServer) -> None:
    server = start_server(zoo.Endless)
    with server.talk(greet=False) as raw, server.talk() as other:
        talk = greeted(raw)
        running = handed_in(talk)
        talk.hear_until(Progress)
        first, second, third = (handed_in(talk) for _ in range(3))
        theirs = handed_in(other)
        assert moved(talk, 2) == {second.job: 3, third.job: 4}, "turns are taken"
        talk.say(Move(third.job, first.job))
        assert moved(talk, 3) == {third.job: 1, first.job: 3, second.job: 4}
        talk.say(Move(first.job))
        assert moved(talk, 2) == {second.job: 3, first.job: 4}
        for nothing in (Move(first.job, theirs.job), Move(running.job, first.job)):
            talk.say(nothing)
        talk.say(Cancel(running.job))
        assert moved(talk, 2) == {second.job: 2, first.job: 3}
        other.say(Cancel(theirs.job))
        told_other, _ = other.hear_until(Waiting, Failed)
        assert isinstance(told_other.message, Failed), "it never said that it wants to know"


def test_jobs_of_an_earlier_connection_are_moved_too(start_server: StartServer) -> None:
    server = start_server(zoo.Endless)
    with server.talk() as talk:
        running = handed_in(talk)
        talk.hear_until(Progress)
        first, second = handed_in(talk), handed_in(talk)
    with server.talk(greet=False) as raw:
        talk = greeted(raw)
        for submit in (first, second):
            talk.say(Resume(submit.job))
        third = handed_in(talk)
        with server.talk() as stranger:
            lost = handed_in(stranger)
            stranger.say(Move(lost.job, first.job))
            stranger.say(Cancel(lost.job))
            failure(stranger)
        talk.say(Move(third.job, first.job))
        talk.say(Cancel(second.job))
        failure(talk)
        talk.say(Resume(third.job))
        received, _ = talk.hear_until(Accepted)
        talk.say(Resume(first.job))
        behind, _ = talk.hear_until(Accepted)
        ahead = [one.message.ahead for one in (received, behind) if hasattr(one.message, "ahead")]
        assert ahead == [1, 2]
        for submit in (running, first, third):
            talk.say(Resume(submit.job))
            talk.say(Cancel(submit.job))


@pytest.mark.parametrize("before", ["f" * 32, ""])
def test_moving_what_is_not_there_is_no_fault(start_server: StartServer, before: str) -> None:
    with start_server(zoo.Endless).talk() as talk:
        submit: Submit
        blobs: tuple[Blob, ...]
        submit, blobs = submission("heal")
        talk.say(submit, blobs)
        talk.hear_until(Progress)
        for _ in range(30):
            talk.say(Move(submit.job, before))
        talk.say(replace(Cancel(submit.job), keep=False))
        assert failure(talk).code == errors.CANCELLED
