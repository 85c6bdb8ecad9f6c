import pytest

from fakes import plugin_values as values
from sfumato.core import job as states
from sfumato.core.job import Job, hear
from sfumato_protocol import errors
from sfumato_protocol.geometry import Rect
from sfumato_protocol.peer import Received


def after(job: Job, *heard: Received) -> Job:
    for received in heard:
        job = hear(job, received.message, received.blobs)
    return job


@pytest.fixture
def job() -> Job:
    return Job(values.request())


def test_a_job_that_goes_well(job: Job) -> None:
    wanted = job.request
    assert job.stage == states.SENDING
    waiting = after(job, values.accepted(wanted, ahead=2))
    assert (waiting.stage, waiting.engine, len(waiting.plan)) == (states.WAITING, "flat", 2)
    assert "2 jobs" in waiting.said
    running = after(waiting, values.progress(wanted, 1, 3, 10))
    assert (running.stage, running.said) == (states.RUNNING, "Pass 1 of 2…")
    ended = after(
        running, values.pass_done(wanted, 1), values.pass_done(wanted, 2), values.job_done(wanted)
    )
    assert (ended.stage, ended.indices, ended.complete) == (states.ENDED, (1, 2), True)
    assert ended.results[1].mask == bytes([102]) * (64 * 48)
    assert ended.results[1].pixels == bytes([2]) * (64 * 48 * 4)


def test_a_pass_heard_twice_counts_once_and_order_is_by_number(job: Job) -> None:
    wanted = job.request
    heard = after(
        job,
        values.accepted(wanted),
        values.pass_done(wanted, 2),
        values.pass_done(wanted, 1),
        values.pass_done(wanted, 2),
    )
    assert heard.indices == (1, 2)


def test_failing_after_a_pass_keeps_that_pass(job: Job) -> None:
    wanted = job.request
    failing = values.failed(wanted, errors.ENGINE_CRASHED, "a crash")
    ended = after(job, values.accepted(wanted), values.pass_done(wanted, 1), failing)
    assert (ended.stage, ended.indices, ended.complete) == (states.ENDED, (1,), False)
    assert ended.said.startswith("1 of 2 passes: got a crash")
    assert ended.said.endswith("Try again.")


def test_failing_before_any_pass_leaves_only_the_sentence(job: Job) -> None:
    ended = after(job, values.failed(job.request, errors.QUEUE_FULL, "a full queue"))
    assert (ended.stage, ended.results) == (states.FAILED, ())
    assert "a full queue" in ended.said


def test_cancelled_drops_finished_passes(job: Job) -> None:
    wanted = job.request
    cancelled = values.failed(wanted, errors.CANCELLED)
    ended = after(job, values.accepted(wanted), values.pass_done(wanted, 1), cancelled)
    assert ended.stage == states.CANCELLED
    assert not ended.open
    assert ended.results[0].pixels == b""


@pytest.mark.parametrize(
    ("index", "changes", "word"),
    [
        (1, {"sample": "u16"}, "u16"),
        (1, {"profile": "scRGB"}, "scRGB"),
        (2, {"area": Rect(21, 10, 64, 48)}, "inside"),
    ],
)
def test_a_pass_that_does_not_fit_is_never_kept(
    job: Job, index: int, changes: dict[str, object], word: str
) -> None:
    wrong = values.pass_done(job.request, index, **changes)  # type: ignore[arg-type]
    ended = after(job, values.accepted(job.request), wrong)
    assert ended.stage == states.FAILED
    assert word in ended.said


def test_a_settled_job_hears_nothing_and_holds_no_pixels(job: Job) -> None:
    wanted = job.request
    running = after(job, values.accepted(wanted), values.pass_done(wanted, 1))
    settled = running.settled(states.CANCELLED, "over")
    assert after(settled, values.pass_done(wanted, 2), values.job_done(wanted)) is settled
    assert settled.request.reading.pixels == b""
    assert settled.indices == (1,)
