"""What a session takes in, and who hears of a job."""

from __future__ import annotations

import itertools
import time
import uuid
from dataclasses import replace

from fakes import engines as zoo
from server.conftest import StartServer, Talk, submission
from server.test_again import again_of
from server.test_session import failure, passes_of
from sfumato_protocol import codec, errors
from sfumato_protocol.blobs import RAW, BlobInfo
from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import (
    Accepted,
    Cancel,
    Failed,
    JobDone,
    Limits,
    Message,
    Move,
    PassDone,
    Resume,
    Submit,
)
from sfumato_server.transport.session import MOST_FAULTS


def announce(talk: Talk, message: Message) -> None:
    """Say a message and none of its pixels."""
    talk.peer.lifecycle.said("client", message)
    talk.socket.send(codec.encode(message))


def large(side: int, number: int = 1) -> Submit:
    submit, _ = submission()
    image = BlobInfo(number, side, side, "BGRA", "u8", "", RAW, 4 * side * side)
    mask = BlobInfo(number + 1, side, side, "G", "u8", "", RAW, side * side)
    return replace(submit, crop=Rect(0, 0, side, side), image=image, selection=mask)


def test_a_picture_too_large_is_refused_before_its_pixels_come(start_server: StartServer) -> None:
    limits = Limits(crop_pixels=300 * 300, pending_bytes=10**8, jobs=8)
    with start_server(limits=limits).talk() as talk:
        submit = large(301)
        announce(talk, submit)
        refused = failure(talk)
        assert (refused.job, refused.code) == (submit.job, errors.TOO_LARGE)
        talk.say(*submission())
        assert isinstance(passes_of(talk)[1], JobDone)


def test_pictures_on_their_way_are_bounded_over_all_clients(start_server: StartServer) -> None:
    server = start_server(arriving_bytes=6 << 20, own_bytes=1 << 20)
    with server.talk() as other:
        with server.talk() as talk:
            announce(talk, large(1024))
            small = submission()
            other.say(*small)
            assert isinstance(passes_of(other)[1], JobDone), "a little is everybody's own"
            announce(other, large(1024, 11))
            refused = failure(other)
            assert refused.code == errors.QUEUE_FULL
            assert "moment" in refused.remedy
            talk.socket.close()
        deadline = time.monotonic() + 5  # who left gives back what it had taken
        for number in itertools.count(21, 2):
            assert time.monotonic() < deadline
            submit = large(1024, number)
            announce(other, submit)
            other.say(Cancel(submit.job))
            if failure(other).code == errors.CANCELLED:
                break


def test_a_full_queue_is_no_fault_of_a_client_s(start_server: StartServer) -> None:
    limits = Limits(crop_pixels=10**6, pending_bytes=10**8, jobs=1)
    with start_server(zoo.Endless, limits=limits).talk() as talk:
        running, blobs = submission()
        talk.say(running, blobs)
        talk.hear_until(Accepted)
        for _ in range(MOST_FAULTS + 2):
            submit, blobs = submission()
            talk.say(submit, blobs)
            assert failure(talk).code == errors.QUEUE_FULL
        talk.say(Cancel(running.job))
        assert failure(talk).code == errors.CANCELLED


def test_jobs_done_again_count_like_any_and_are_looked_at_before_their_pixels_come(
    start_server: StartServer,
) -> None:
    limits = Limits(crop_pixels=10**6, pending_bytes=10**8, jobs=2)
    with start_server(zoo.StallsInThirdPass, limits=limits).talk() as talk:
        base, blobs = submission()
        talk.say(base, blobs)
        talk.hear_until(PassDone)
        huge = BlobInfo(91, 900, 900, "G", "u8", "", RAW, 900 * 900)
        announce(talk, refused := again_of(base, 2, earlier=(huge,)))
        assert (failed := failure(talk)).job == refused.job
        assert "900x900" in failed.got
        announce(talk, unknown := replace(refused, base="e" * 32))
        assert (failed := failure(talk)).code == errors.UNKNOWN_JOB
        assert failed.job == unknown.job
        talk.say(first := again_of(base, 2, seed=1))
        talk.hear_until(Accepted)
        for _ in range(MOST_FAULTS + 2):
            talk.say(again_of(base, 2))
            assert failure(talk).code == errors.QUEUE_FULL
        for _ in range(200):
            talk.say(Move(first.job))
        talk.say(Cancel(base.job, keep=True))
        passes = [one.message for one in talk.hear_until(JobDone)[1]]
        assert not any(isinstance(one, Failed) for one in passes)


def test_who_listened_before_is_told_that_a_job_was_taken_over(start_server: StartServer) -> None:
    server = start_server(zoo.Endless)
    with server.talk() as first, server.talk() as second:
        submit, blobs = submission(job=uuid.uuid4().hex)
        first.say(submit, blobs)
        first.hear_until(Accepted)
        second.say(Resume(submit.job))
        second.hear_until(Accepted)
        told = failure(first)
        assert (told.job, told.code) == (submit.job, errors.MOVED)
        first.say(Resume(submit.job))
        first.hear_until(Accepted)
        assert failure(second).code == errors.MOVED
        first.say(Resume(submit.job))
        first.hear_until(Accepted)
        first.say(Cancel(submit.job))
        assert failure(first).code == errors.CANCELLED, "nobody takes a job from itself"
