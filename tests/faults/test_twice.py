"""One job submitted over two connections at the same time, as after a cut in mid-sentence."""

from __future__ import annotations

import threading

import pytest

from fakes import engines as zoo
from server.conftest import StartServer, submission
from server.test_session import passes_of
from sfumato_protocol import errors
from sfumato_protocol.messages import Accepted, Cancel, Failed, JobDone, Progress
from sfumato_server.execution.worker import Worker
from sfumato_server.jobs.spool import Spool

PATIENCE = 20.0


def test_it_runs_once(start_server: StartServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both requests are past the question whether the job is known before either is taken."""
    both, runs = threading.Barrier(2, timeout=PATIENCE), []
    started = threading.Event()
    run = Worker.run

    def waits_for_the_other(selection: object) -> bool:
        both.wait()
        return False

    def counted(worker: Worker, *work: object) -> object:
        runs.append(work)
        started.set()
        return run(worker, *work)  # type: ignore[arg-type]

    monkeypatch.setattr("sfumato_server.transport.session.is_empty", waits_for_the_other)
    monkeypatch.setattr(Worker, "run", counted)
    server = start_server()
    submit, blobs = submission()
    with server.talk() as first, server.talk() as second:
        first.say(submit, blobs)
        second.say(submit, blobs)
        assert started.wait(PATIENCE)
        with server.talk() as third:
            third.say(submit, blobs)
            passes, end = passes_of(third)
            assert isinstance(end, JobDone)
            assert len(passes) == 3
            monkeypatch.setattr(
                "sfumato_server.transport.session.is_empty", lambda selection: False
            )
            third.say(*submission("artefact-fix"))  # its turn comes after a second run's
            passes_of(third)
    assert len(runs) == 2


def test_a_job_cancelled_while_it_is_written_leaves_nothing(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, written, write = threading.Event(), threading.Event(), Spool.put_job

    def slow(spool: Spool, *content: object) -> None:
        begun.set()
        assert written.wait(PATIENCE)
        write(spool, *content)  # type: ignore[arg-type]

    monkeypatch.setattr(Spool, "put_job", slow)
    server = start_server(zoo.Endless)
    with server.talk() as talk, server.talk() as other:
        submit, blobs = submission()
        talk.say(submit, blobs)
        assert begun.wait(PATIENCE)
        other.say(submit, blobs)
        other.say(Cancel(submit.job))
        end, _ = other.hear_until(Failed)
        assert isinstance(end.message, Failed)
        assert end.message.code == errors.CANCELLED
        written.set()
        again, blobs = submission()
        other.say(again, blobs)
        other.hear_until(Accepted)
        other.hear_until(Progress)
    assert not list((server.home / "spool").glob(f"{submit.job}*"))
