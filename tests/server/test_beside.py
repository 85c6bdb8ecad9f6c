"""Masks and advice are thought about beside the conversation: nothing else waits for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from fakes import engines as zoo
from server.conftest import StartServer, Talk, submission
from server.test_shaping import shape_of
from sfumato_protocol import errors
from sfumato_protocol.messages import (
    Accepted,
    Advice,
    Cancel,
    Failed,
    JobDone,
    Message,
    Progress,
    Shape,
    Shaped,
)
from sfumato_server.offer.shaping import Shaper
from sfumato_server.transport import advising


class Slow:
    """Stands in for a slow calculation: it goes on when `go_on` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, place: object, name: str) -> None:
        self.go_on, self.began = threading.Event(), threading.Semaphore(0)
        self.asked: list[object] = []
        inner = getattr(place, name)

        def slowly(*arguments: object) -> object:
            self.asked.append(
                next(one for one in arguments if hasattr(one, "__dataclass_fields__"))
            )
            self.began.release()
            assert self.go_on.wait(20)
            return inner(*arguments)

        monkeypatch.setattr(place, name, slowly)


@pytest.fixture
def masks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow(monkeypatch, Shaper, "answer")
    yield slow
    slow.go_on.set()


@pytest.fixture
def advice(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow(monkeypatch, advising, "advise")
    yield slow
    slow.go_on.set()


def first(talk: Talk, *kinds: type[Message]) -> Message:
    return talk.hear_until(*kinds)[0].message


def test_a_click_does_not_wait_for_masks(start_server: StartServer, masks: Slow) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission()
        shape = shape_of(submit, blobs)
        talk.say(shape, (blobs[1],))
        assert masks.began.acquire(timeout=20)
        talk.say(submit, blobs)
        assert isinstance(first(talk, Accepted, Shaped), Accepted)
        assert isinstance(first(talk, JobDone, Shaped), JobDone)
        masks.go_on.set()
        answer = first(talk, Shaped)
        assert isinstance(answer, Shaped)
        assert answer.request == shape.request


def test_of_masks_that_wait_the_latest_are_drawn_and_all_requests_are_answered(
    start_server: StartServer, masks: Slow
) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission()
        shapes = [shape_of(submit, blobs) for _ in range(25)]
        talk.say(shapes[0], (blobs[1],))
        assert masks.began.acquire(timeout=20)
        for shape in shapes[1:]:
            talk.say(shape, (blobs[1],))
        for shape in shapes[1:-1]:
            overtaken = first(talk, Failed, Shaped)
            assert isinstance(overtaken, Failed)
            assert (overtaken.code, overtaken.request, overtaken.job) == (
                errors.CANCELLED,
                shape.request,
                "",
            )
        masks.go_on.set()
        answers = [first(talk, Failed, Shaped) for _ in range(2)]
        assert [getattr(one, "request", "") for one in answers] == [
            shapes[0].request,
            shapes[-1].request,
        ]
        assert all(isinstance(one, Shaped) for one in answers)
        assert [one.request for one in masks.asked if isinstance(one, Shape)] == [
            shapes[0].request,
            shapes[-1].request,
        ]


def test_masks_that_fail_cost_only_themselves(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, faulty = Shaper.answer, True

    def sometimes(*arguments: object) -> object:
        if faulty:
            raise ZeroDivisionError
        return drawn(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Shaper, "answer", sometimes)
    with start_server().talk() as talk:
        submit, blobs = submission()
        shape = shape_of(submit, blobs)
        for _ in range(25):  # more than the faults that a client may make
            talk.say(shape, (blobs[1],))
            failed = first(talk, Failed, Shaped)
            assert isinstance(failed, Failed)
            assert (failed.code, failed.request) == (errors.INTERNAL, shape.request)
        faulty = False
        talk.say(shape, (blobs[1],))
        assert isinstance(first(talk, Failed, Shaped), Shaped)


def test_who_leaves_while_masks_are_drawn_keeps_nobody_waiting(
    start_server: StartServer, masks: Slow
) -> None:
    server = start_server()
    submit, blobs = submission()
    with server.talk() as gone:
        for _ in range(3):
            gone.say(shape_of(submit, blobs), (blobs[1],))
        assert masks.began.acquire(timeout=20)
    masks.go_on.set()
    with server.talk() as talk:
        talk.say(shape_of(submit, blobs), (blobs[1],))
        assert isinstance(first(talk, Failed, Shaped), Shaped)
    assert len(masks.asked) <= 3


def test_a_cancel_does_not_wait_for_advice(start_server: StartServer, advice: Slow) -> None:
    with start_server(zoo.Endless).talk() as talk:
        submit, blobs = submission()
        talk.say(submit, blobs)
        assert advice.began.acquire(timeout=20)
        talk.hear_until(Progress)
        talk.say(Cancel(submit.job))
        failed = first(talk, Failed, Advice)
        assert isinstance(failed, Failed)
        assert (failed.job, failed.code) == (submit.job, errors.CANCELLED)


def test_advice_on_one_job_at_a_time_is_thought_about_and_keeps_nothing_waiting(
    start_server: StartServer, advice: Slow
) -> None:
    with start_server(zoo.Endless).talk() as talk:
        jobs = [submission() for _ in range(4)]
        for submit, blobs in jobs:
            talk.say(submit, blobs)
            talk.hear_until(Accepted)
        assert advice.began.acquire(timeout=20)
        talk.say(Cancel(jobs[2][0].job))
        failed = first(talk, Failed, Advice)
        assert isinstance(failed, Failed)
        assert failed.job == jobs[2][0].job
        assert not advice.began.acquire(timeout=0.2)
        advice.go_on.set()
        told = [first(talk, Advice) for _ in range(3)]
        assert [getattr(one, "job", "") for one in told] == [
            jobs[place][0].job for place in (0, 1, 3)
        ]
        assert len(advice.asked) == 3
        for place in (3, 1, 0):
            talk.say(Cancel(jobs[place][0].job))
            talk.hear_until(Failed)
