"""The server's disk: full, damaged, and with a clock that jumps."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fakes import engines as zoo
from faults.conftest import StartProcess
from faults.server_process import ServerProcess
from server.conftest import RunningServer, StartServer, Talk, submission
from server.test_session import failure, passes_of
from sfumato_protocol import errors
from sfumato_protocol.errors import sentence
from sfumato_protocol.messages import Accepted, Ack, Failed, JobDone, PassDone, Progress, Resume

ROOM = 10_000  # bytes: less than a request or a pass needs


@contextmanager
def full_disk(server: ServerProcess) -> Iterator[None]:
    """No file of the server may grow beyond a few bytes."""
    limits = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    yield
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, limits)


def in_order(process: ServerProcess, talk: Talk) -> None:
    """The next job runs, and nothing half-written is left."""
    talk.say(*submission("artefact-fix"))
    assert isinstance(passes_of(talk)[1], JobDone)
    assert list((process.home / "spool").glob("*.part")) == []


def test_a_disk_that_is_full_when_a_job_comes(start_process: StartProcess) -> None:
    process = start_process()
    with RunningServer(process.url, process.home, process.kill).talk() as talk:
        with full_disk(process):
            talk.say(*submission())
            failed = failure(talk)
        assert failed.code == errors.STORAGE
        words = sentence(failed.got, failed.expected, failed.remedy)
        assert words.startswith("the server's disk would not do it")
        assert words.endswith("Make room on it and try again.")
        in_order(process, talk)


def test_a_disk_that_is_full_while_a_pass_is_done_costs_time_alone(
    start_process: StartProcess,
) -> None:
    process = start_process(zoo.Unhurried)
    with RunningServer(process.url, process.home, process.kill).talk() as talk:
        talk.say(*submission())
        talk.hear_until(Progress)
        with full_disk(process):
            deadline = time.monotonic() + 20
            while "is not on disk yet" not in process.log():
                assert time.monotonic() < deadline
                time.sleep(0.05)
        passes, end = passes_of(talk)
        assert isinstance(end, JobDone)
        assert len(passes) == 3
        in_order(process, talk)


def test_no_shared_memory_for_the_pixels(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(*ignored: object) -> None:
        raise OSError(28, "No space left on device")

    with start_server().talk() as talk:
        with monkeypatch.context() as patch:
            patch.setattr("os.posix_fallocate", none_left)
            talk.say(*submission())
            failed = failure(talk)
        assert failed.code == errors.ENGINE_FAILED
        assert "no shared memory" in failed.got
        assert "--shm-size" in failed.remedy
        talk.say(*submission("artefact-fix"))
        assert isinstance(passes_of(talk)[1], JobDone)


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def test_a_pass_that_is_damaged_on_disk_is_said(start_server: StartServer) -> None:
    server = start_server()
    submit, blobs = submission()
    with server.talk() as talk:
        talk.say(submit, blobs)
        passes_of(talk)
        damage(server.home / "spool" / f"{submit.job}-02.pass")
        talk.say(Resume(submit.job, have=(1,)))
        failed = failure(talk)
        assert failed.code == errors.STORAGE
        assert "damaged on the server's disk" in failed.got
        assert failed.remedy == "Run it again."


def test_a_pass_that_is_damaged_before_a_restart_is_done_again(start_server: StartServer) -> None:
    first = start_server()
    submit, blobs = submission()
    with first.talk() as talk:
        talk.say(submit, blobs)
        received, _ = talk.hear_until(JobDone)
        assert isinstance(received.message, JobDone)
    first.stop()
    damage(first.home / "spool" / f"{submit.job}-02.pass")
    with start_server().talk() as talk:
        talk.say(Resume(submit.job, have=(1,)))
        passes, end = passes_of(talk)
        assert [one.planned.index for one in passes] == [2, 3]
        assert isinstance(end, JobDone)


def test_a_request_that_is_damaged_is_asked_for_again(start_server: StartServer) -> None:
    first = start_server(zoo.Endless)
    submit, blobs = submission()
    with first.talk() as talk:
        talk.say(submit, blobs)
        talk.hear_until(Accepted)
    first.stop()
    damage(first.home / "spool" / f"{submit.job}.job")
    with start_server().talk() as talk:
        talk.say(Resume(submit.job))
        assert failure(talk).code == errors.UNKNOWN_JOB
        talk.say(submit, blobs)
        assert isinstance(passes_of(talk)[1], JobDone)


@pytest.mark.parametrize("now", [0.0, 4e9])
def test_a_clock_that_jumps_takes_nobody_s_work(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch, now: float
) -> None:
    first = start_server()
    submit, blobs = submission()
    with first.talk() as talk:
        talk.say(submit, blobs)
        passes_of(talk)
    first.stop()
    monkeypatch.setattr("time.time", lambda: now)
    assert time.time() == now
    with start_server().talk() as talk:
        talk.say(Resume(submit.job))
        assert len(passes_of(talk)[0]) == 3
        for index in (1, 2, 3):
            talk.say(Ack(submit.job, index))


def test_a_fault_in_the_server_costs_one_job(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start_server()

    def fault(*ignored: object) -> None:
        raise ZeroDivisionError

    with server.talk() as talk:
        with monkeypatch.context() as patch:
            patch.setattr("sfumato_server.jobs.queue.pass_done", fault)
            talk.say(*submission("artefact-fix"))
            end, before = talk.hear_until(JobDone, Failed)
        assert isinstance(end.message, Failed)
        assert end.message.code == errors.INTERNAL
        assert end.message.got == "the server failed with ZeroDivisionError"
        assert not [one for one in before if isinstance(one.message, PassDone)]
        talk.say(*submission("artefact-fix"))
        assert isinstance(passes_of(talk)[1], JobDone)
