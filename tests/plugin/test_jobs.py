"""The job model against a line that only takes notes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fakes import flat_server
from fakes import plugin_values as values
from fakes.qt_waiting import Recorder
from sfumato.core import debts, ledger, sentences
from sfumato.core import job as states
from sfumato.core.job import Job
from sfumato.jobs import Jobs
from sfumato_protocol import errors
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import MAX_PASSES, Ack, Cancel, Move, Resume
from sfumato_protocol.offers import AGAIN, MOVE, STOP

HERE, THERE = "ws://here:9440/sfumato", "ws://there:9440/sfumato"
EVERY = tuple(range(1, MAX_PASSES + 1))


class Notes:
    """What a line was asked to do, in order."""

    def __init__(self, address: str = HERE, features: tuple[str, ...] = ()) -> None:
        self.address = address
        self.welcome = replace(flat_server.WELCOME, features=features)
        self.asked: list[tuple[str, Any]] = []

    def said(self) -> list[Any]:
        return [what for name, what in self.asked if name == "say"]

    def __getattr__(self, name: str) -> Any:
        return lambda what: self.asked.append((name, what))


@pytest.fixture
def jobs(application: object) -> Jobs:
    return Jobs()


@pytest.fixture
def line(jobs: Jobs) -> Notes:
    notes = Notes()
    jobs.attach(notes)  # type: ignore[arg-type]
    return notes


def finish(jobs: Jobs, job: Job, passes: int = 2) -> Job:
    wanted = job.request
    jobs.heard(values.accepted(wanted))
    for index in range(1, passes + 1):
        jobs.heard(values.pass_done(wanted, index))
    jobs.heard(values.job_done(wanted))
    return jobs.all()[-1]


def put_in(jobs: Jobs, job: Job) -> None:
    """Its layers are in a picture, and that is stored."""
    jobs.settle(job, states.INSERTED, "in")
    jobs.saved(job.id)


@pytest.mark.parametrize("features", [(), (AGAIN,)])
def test_a_stored_picture_has_its_server_keep_the_passes_if_it_knows_how(
    jobs: Jobs, features: tuple[str, ...]
) -> None:
    line = Notes(features=features)
    jobs.attach(line)  # type: ignore[arg-type]
    job = finish(jobs, jobs.start(values.request()))
    jobs.settle(job, states.INSERTED, "in")
    jobs.saved(job.id, keep=True)
    keeps = bool(features)
    assert line.said() == [Ack(job.id, 1, keeps), Ack(job.id, 2, keeps), Resume(job.id, EVERY)]
    again = Notes(features=features)
    jobs.attach(again)  # type: ignore[arg-type]
    assert again.said() == line.said()
    jobs.let_go(job.id, job.indices)
    assert again.said()[3:] == [Ack(job.id, 1), Ack(job.id, 2), Resume(job.id, EVERY)]
    assert [debt.keep for debt in jobs.debts()] == [False]


def test_a_started_job_is_sent_and_seen(jobs: Jobs, line: Notes) -> None:
    changed = Recorder(jobs.changed)
    job = jobs.start(values.request())
    assert line.asked == [("submit", job.request)]
    assert changed.seen == [job]
    assert jobs.open() == (job,)


def test_the_end_is_told_once_with_every_pass(jobs: Jobs, line: Notes) -> None:
    ended = Recorder(jobs.ended)
    job = finish(jobs, jobs.start(values.request()))
    jobs.heard(values.job_done(job.request))
    assert ended.seen == [job]
    assert job.indices == (1, 2)


def test_nothing_is_acknowledged_before_it_is_in_a_file(jobs: Jobs, line: Notes) -> None:
    owing = Recorder(jobs.owing)
    job = finish(jobs, jobs.start(values.request()))
    jobs.settle(job, states.INSERTED, "in")
    assert line.said() == []
    assert jobs.debts() == ()
    assert [one.job for one in jobs.remembered()] == [job.id]
    assert jobs.remembered()[0].reading.pixels == b""
    jobs.saved(job.id)
    jobs.saved(job.id)
    assert jobs.remembered() == ()
    assert len(owing.seen) == 1
    assert line.said() == [Ack(job.id, 1), Ack(job.id, 2), Resume(job.id, EVERY)]
    assert jobs.all()[0].results[0].pixels == b""


def test_what_went_in_without_a_connection_is_acknowledged_over_the_next(
    jobs: Jobs, line: Notes
) -> None:
    job = finish(jobs, jobs.start(values.request()))
    jobs.detach()
    put_in(jobs, job)
    again = Notes()
    jobs.attach(again)  # type: ignore[arg-type]
    assert again.said() == [Ack(job.id, 1), Ack(job.id, 2), Resume(job.id, EVERY)]


def test_what_is_owed_is_said_until_the_server_has_answered_behind_it(
    jobs: Jobs, line: Notes
) -> None:
    paid = Recorder(jobs.paid)
    job = finish(jobs, jobs.start(values.request()))
    put_in(jobs, job)
    for _ in range(2):  # the words may be lost with their connection
        jobs.detach()
        again = Notes()
        jobs.attach(again)  # type: ignore[arg-type]
        assert again.said() == [Ack(job.id, 1), Ack(job.id, 2), Resume(job.id, EVERY)]
        jobs.heard(values.accepted(job.request))
        assert len(jobs.debts()) == 1
    jobs.heard(values.job_done(job.request))
    assert jobs.debts() == ()
    assert len(paid.seen) == 1


def test_kept_passes_are_neither_acknowledged_nor_dropped(jobs: Jobs, line: Notes) -> None:
    job = finish(jobs, jobs.start(values.request()))
    jobs.settle(job, states.KEPT, "gone")
    assert len(line.asked) == 1
    assert len(jobs.all()[0].results[1].pixels) == 64 * 48 * 4


def test_cancelling_is_immediate_and_final(jobs: Jobs, line: Notes) -> None:
    ended = Recorder(jobs.ended)
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.pass_done(job.request, 1))
    jobs.cancel(job.id)
    assert line.asked[-1] == ("abandon", job.id)
    jobs.heard(values.pass_done(job.request, 2))
    jobs.heard(values.failed(job.request, errors.CANCELLED))
    assert jobs.all()[0].stage == states.CANCELLED
    assert ended.seen == []


def test_cancelling_without_a_connection(jobs: Jobs) -> None:
    job = jobs.start(values.request())
    jobs.cancel(job.id)
    assert jobs.all()[0].stage == states.CANCELLED
    again = Notes()
    jobs.attach(again)  # type: ignore[arg-type]
    assert again.asked == []


def test_a_job_cancelled_without_a_connection_is_cancelled_over_the_next(
    jobs: Jobs, line: Notes
) -> None:
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    jobs.detach()
    jobs.cancel(job.id)
    assert jobs.all()[0].stage == states.CANCELLED
    again = Notes()
    jobs.attach(again)  # type: ignore[arg-type]
    assert again.asked == [("say", Resume(job.id, EVERY)), ("say", Cancel(job.id))]
    jobs.heard(values.failed(job.request, errors.CANCELLED))
    assert jobs.debts() == ()


def test_a_job_that_ended_before_it_was_cancelled_is_acknowledged(jobs: Jobs, line: Notes) -> None:
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    jobs.cancel(job.id)
    jobs.heard(values.pass_done(job.request, 1))
    jobs.heard(values.job_done(job.request))
    assert line.said() == [*(Ack(job.id, index) for index in EVERY), Resume(job.id, EVERY)]
    jobs.heard(values.job_done(job.request))
    assert jobs.debts() == ()


def test_a_server_that_forgot_a_job_is_owed_nothing(jobs: Jobs, line: Notes) -> None:
    job = finish(jobs, jobs.start(values.request()))
    put_in(jobs, job)
    jobs.heard(values.failed(job.request, errors.UNKNOWN_JOB))
    assert jobs.debts() == ()


def test_another_server_hears_nothing_of_a_job(jobs: Jobs, line: Notes) -> None:
    running, unwanted = jobs.start(values.request()), jobs.start(values.request())
    inserted = finish(jobs, jobs.start(values.request()))
    jobs.heard(values.accepted(running.request))
    jobs.detach()
    jobs.cancel(unwanted.id)
    put_in(jobs, inserted)
    other = Notes(THERE)
    jobs.attach(other)  # type: ignore[arg-type]
    assert other.asked == []
    assert jobs.open()[0].said == sentences.elsewhere(HERE)
    assert jobs.here() == ()
    fresh = jobs.start(values.request())
    assert [job.id for job in jobs.open()] == [fresh.id, running.id]
    jobs.cancel(running.id)
    assert [name for name, _ in other.asked] == ["submit"]
    jobs.detach()
    back = Notes(HERE)
    jobs.attach(back)  # type: ignore[arg-type]
    wanted = [
        Resume(unwanted.id, EVERY), Cancel(unwanted.id),
        Ack(inserted.id, 1), Ack(inserted.id, 2), Resume(inserted.id, EVERY),
        Resume(running.id, EVERY), Cancel(running.id),
    ]  # fmt: skip
    assert back.said() == wanted
    assert jobs.open()[0].said == sentences.elsewhere(THERE)


def test_a_server_by_another_name_of_this_computer_is_the_same(jobs: Jobs) -> None:
    jobs.attach(Notes("ws://localhost:9440/sfumato"))  # type: ignore[arg-type]
    running, unwanted = jobs.start(values.request()), jobs.start(values.request())
    jobs.heard(values.accepted(running.request))
    jobs.detach()
    jobs.cancel(unwanted.id)
    renamed = Notes("ws://127.0.0.1:9440/sfumato")
    jobs.attach(renamed)  # type: ignore[arg-type]
    assert renamed.said() == [
        Resume(unwanted.id, EVERY), Cancel(unwanted.id), Resume(running.id, ()),
    ]  # fmt: skip
    assert [job.id for job in jobs.here()] == [running.id]


def test_a_click_before_the_line_is_there_belongs_to_the_first_server(jobs: Jobs) -> None:
    job = jobs.start(values.request())
    line = Notes(THERE)
    jobs.attach(line)  # type: ignore[arg-type]
    assert [name for name, _ in line.asked] == ["submit"]
    assert jobs.open()[0].request.address == THERE
    assert jobs.open()[0].id == job.id


def test_a_job_of_another_server_is_given_up_after_seven_days(application: object) -> None:
    now = [1e9]
    jobs = Jobs(lambda: now[0])
    jobs.attach(Notes(HERE))  # type: ignore[arg-type]
    waiting, unwanted = jobs.start(values.request()), jobs.start(values.request())
    jobs.cancel(unwanted.id)
    for days, stage, owed in ((6.9, states.SENDING, 1), (0.2, states.FAILED, 0)):
        now[0] += days * 86400
        jobs.detach()
        jobs.attach(Notes(THERE))  # type: ignore[arg-type]
        assert jobs.all()[0].id == waiting.id
        assert jobs.all()[0].stage == stage
        assert len(jobs.debts()) == owed


def test_what_is_owed_outlives_krita(jobs: Jobs, line: Notes) -> None:
    unwanted, job = jobs.start(values.request()), finish(jobs, jobs.start(values.request()))
    jobs.detach()
    jobs.cancel(unwanted.id)
    put_in(jobs, job)
    text = ledger.write((), jobs.debts())
    restarted = Jobs()
    restarted.recall(ledger.read(text), ledger.read_debts(text))
    again = Notes()
    restarted.attach(again)  # type: ignore[arg-type]
    assert again.said() == [
        Resume(unwanted.id, EVERY), Cancel(unwanted.id),
        Ack(job.id, 1), Ack(job.id, 2), Resume(job.id, EVERY),
    ]  # fmt: skip


def test_debts_are_bounded() -> None:
    many = debts.Debts()
    many.add(debts.Debt(f"{number:032x}", (1,), HERE, 5) for number in range(debts.MOST + 9))
    assert len(many.all()) == debts.MOST
    assert many.all()[-1].job == f"{debts.MOST + 8:032x}"


def test_after_a_lost_connection_each_job_goes_on_where_it_was(jobs: Jobs, line: Notes) -> None:
    unheard = jobs.start(values.request())
    begun = jobs.start(values.request())
    jobs.heard(values.accepted(begun.request))
    jobs.heard(values.pass_done(begun.request, 1))
    over = jobs.start(values.request())
    jobs.cancel(over.id)
    jobs.detach()
    assert all("lost" in job.said for job in jobs.open())
    again = Notes()
    jobs.attach(again)  # type: ignore[arg-type]
    assert again.asked == [
        ("say", Resume(over.id, EVERY)),
        ("say", Cancel(over.id)),
        ("submit", unheard.request),
        ("say", Resume(begun.id)),
    ]
    jobs.heard(values.pass_done(begun.request, 1))
    jobs.heard(values.pass_done(begun.request, 2))
    assert [job.indices for job in jobs.open() if job.id == begun.id] == [(1, 2)]


def test_a_server_that_forgot_a_job_gets_it_again(jobs: Jobs, line: Notes) -> None:
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.failed(job.request, errors.UNKNOWN_JOB))
    assert line.asked == [("submit", job.request)] * 2
    assert jobs.all()[0].stage == states.SENDING
    jobs.heard(values.failed(job.request, errors.UNKNOWN_JOB))
    assert jobs.all()[0].stage == states.FAILED


def test_a_pass_that_does_not_fit_stops_the_server_too(jobs: Jobs, line: Notes) -> None:
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.pass_done(job.request, 1, sample="u16"))
    assert jobs.all()[0].stage == states.FAILED
    assert line.asked[-1] == ("abandon", job.id)


def test_trouble_ends_its_job_with_the_words(jobs: Jobs, line: Notes) -> None:
    job = jobs.start(values.request())
    jobs.troubled(ProtocolError(errors.BAD_MESSAGE, "3 bytes", "4", job=job.id))
    assert jobs.all()[0].stage == states.FAILED
    assert "got 3 bytes" in jobs.all()[0].said
    jobs.troubled(ProtocolError(errors.UNKNOWN_TYPE, "novelty", ""))


def test_messages_about_unknown_jobs_change_nothing(jobs: Jobs, line: Notes) -> None:
    changed = Recorder(jobs.changed)
    jobs.heard(values.accepted(values.request()))
    assert changed.seen == []


def test_old_jobs_are_forgotten_but_never_kept_ones(jobs: Jobs, line: Notes) -> None:
    kept = finish(jobs, jobs.start(values.request()))
    jobs.settle(kept, states.KEPT, "kept")
    for _ in range(30):
        jobs.cancel(jobs.start(values.request()).id)
    assert len(jobs.all()) == 21
    assert jobs.all()[0].id == kept.id


def two_passes_planned(jobs: Jobs, done: int) -> Job:
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    for index in range(1, done + 1):
        jobs.heard(values.pass_done(job.request, index))
    return jobs.all()[-1]


def test_stopping_keeps_what_is_finished_and_waits_for_the_servers_word(jobs: Jobs) -> None:
    line = Notes(features=(STOP,))
    jobs.attach(line)  # type: ignore[arg-type]
    ended = Recorder(jobs.ended)
    job = two_passes_planned(jobs, 1)
    jobs.stop(job.id)
    assert line.said() == [Cancel(job.id, True)]
    assert jobs.all()[0].stopping
    assert ended.seen == []
    again = Notes(features=(STOP,))
    jobs.detach()
    jobs.attach(again)  # type: ignore[arg-type]
    assert again.said() == [Resume(job.id), Cancel(job.id, True)]
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.progress(job.request, 2, 1, 4))
    assert jobs.all()[0].said == "Stopping; the finished passes are kept."
    jobs.heard(values.job_done(job.request))
    (stopped,) = ended.seen
    assert (stopped.stage, stopped.indices) == (states.ENDED, (1,))
    assert stopped.said == "1 of 2 passes: stopped, as you asked."


def test_a_pass_that_was_finished_meanwhile_is_kept_too(jobs: Jobs) -> None:
    jobs.attach(Notes(features=(STOP,)))  # type: ignore[arg-type]
    job = two_passes_planned(jobs, 1)
    jobs.stop(job.id)
    jobs.heard(values.pass_done(job.request, 2))
    jobs.heard(values.job_done(job.request))
    assert jobs.all()[0].complete
    assert jobs.all()[0].reason == ""


@pytest.mark.parametrize("connected", [True, False])
def test_stopping_needs_no_server_that_understands(jobs: Jobs, connected: bool) -> None:
    line = Notes()
    jobs.attach(line)  # type: ignore[arg-type]
    ended = Recorder(jobs.ended)
    job = two_passes_planned(jobs, 1)
    if not connected:
        jobs.detach()
    jobs.stop(job.id)
    assert [one.indices for one in ended.seen] == [(1,)]
    assert (("abandon", job.id) in line.asked) == connected
    assert [debt.passes for debt in jobs.debts()] == [()]


def test_a_stopped_job_that_its_server_has_forgotten_ends_with_what_is_here(jobs: Jobs) -> None:
    line = Notes(features=(STOP,))
    jobs.attach(line)  # type: ignore[arg-type]
    ended = Recorder(jobs.ended)
    job = two_passes_planned(jobs, 1)
    jobs.stop(job.id)
    jobs.heard(values.failed(job.request, errors.UNKNOWN_JOB))
    assert [one.indices for one in ended.seen] == [(1,)]
    assert [name for name, _what in line.asked].count("submit") == 1


def test_stopping_what_has_no_pass_yet_cancels_it(jobs: Jobs) -> None:
    jobs.attach(Notes(features=(STOP,)))  # type: ignore[arg-type]
    job = two_passes_planned(jobs, 0)
    jobs.stop(job.id)
    assert jobs.all()[0].stage == states.CANCELLED


def test_only_a_server_that_understands_is_asked_to_move_a_job(jobs: Jobs, line: Notes) -> None:
    job = two_passes_planned(jobs, 0)
    assert not jobs.can_move
    jobs.move(job.id, "")
    assert line.said() == []
    understanding = Notes(features=(MOVE,))
    jobs.attach(understanding)  # type: ignore[arg-type]
    jobs.heard(values.accepted(job.request, ahead=1))
    assert jobs.can_move
    jobs.move(job.id, "e" * 32)
    assert understanding.said() == [Resume(job.id), Move(job.id, "e" * 32)]
    jobs.heard(values.progress(job.request, 1, 1, 4))
    jobs.move(job.id, "")
    assert len(understanding.said()) == 2
