"""Clients and servers that die: nothing is lost, nothing is acknowledged before it is on disk."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from rich.console import Console

from fakes import flat_server
from fakes.flat_server import TOKEN, Answers, FlatServer, Leaves
from sfumato_protocol import errors, messages
from sfumato_protocol.peer import Peer
from sfumato_server.__main__ import main
from sfumato_server.cli import ledger, saying
from sfumato_server.cli.progress import PassBars
from sfumato_server.client import openraster
from sfumato_server.client.client import Client
from sfumato_server.client.errors import JobFailed, ServerUnreachable
from sfumato_server.client.result import Inpainted


@pytest.fixture
def server() -> Iterator[FlatServer]:
    with flat_server.running() as running:
        yield running


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SFUMATO_TOKEN", TOKEN)
    return tmp_path / "home"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)).save(path)
    return path


def sfumato(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def inpaint(server: FlatServer, photo: Path, *words: object) -> Result:
    shape = "rect:30,20,12,12"
    return sfumato("inpaint", photo, "--selection", shape, "--recipe", "two", "--url", server.url,
                   *words)  # fmt: skip


def first_pass(peer: Peer, submit: messages.Submit) -> Answers:
    """The plan and the first pass."""
    plan = flat_server.planned(submit)
    yield messages.Accepted(submit.job, "flat", plan, 0), ()
    yield messages.Progress(submit.job, 1, 1, 1), ()
    yield flat_server.pass_done(peer, submit, plan[0])


def cut_after_one(peer: Peer, submit: messages.Submit) -> Answers:
    yield from first_pass(peer, submit)
    raise Leaves("restarting")


def asked(server: FlatServer) -> messages.Submit:
    submit = server.of(messages.Submit)[0].message
    assert isinstance(submit, messages.Submit)
    return submit


def whole(server: FlatServer) -> None:
    """From now on the job is there, with all its passes."""
    server.resume = lambda peer, resume: flat_server.run_ladder(peer, asked(server))


def always_cut(server: FlatServer) -> None:
    server.answer = cut_after_one
    server.resume = lambda peer, resume: cut_silently(resume)


def cut_silently(resume: messages.Resume) -> Answers:
    yield messages.Accepted(resume.job, "flat", (), 0), ()
    raise Leaves("restarting")


def waiting(home: Path) -> list[str]:
    return sorted(file.stem for file in (home / "handed-in").glob("*.json"))


def job_of(image: np.ndarray, client: Client) -> object:
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[20:32, 30:42] = 255
    return client.inpaint(image, mask, recipe="two")


def test_a_lost_connection_is_opened_again_and_the_job_resumed(server: FlatServer) -> None:
    server.answer = cut_after_one
    whole(server)
    image, mask = np.zeros((60, 80, 3), np.uint8), np.zeros((60, 80), np.uint8)
    mask[20:32, 30:42] = 255
    with Client.connect(server.url, TOKEN) as client:
        job = client.prepare(image, mask, recipe="two")
        done = client.run(job)
        assert [one.planned.index for one in done.passes] == [1, 2]
        assert not server.of(messages.Ack), "nothing is on disk yet"
        client.acknowledge(done)
        client.shape(mask, [])
    assert [heard.message for heard in server.of(messages.Resume)] == [
        messages.Resume(job.submit.job)
    ]
    assert len(server.of(messages.Ack)) == 2
    assert len(server.of(messages.Submit)) == 1


def test_a_job_that_its_server_lost_is_handed_in_again(server: FlatServer, photo: Path) -> None:
    def once(peer: Peer, submit: messages.Submit) -> Answers:
        server.answer = flat_server.run_ladder
        return cut_after_one(peer, submit)

    server.answer = once
    ran = inpaint(server, photo)
    assert ran.exit_code == 0, ran.output
    first, second = (heard.message for heard in server.of(messages.Submit))
    assert getattr(first, "job", 1) == getattr(second, "job", 2)


def test_a_server_that_is_gone_for_good_loses_nothing(
    server: FlatServer, photo: Path, home: Path
) -> None:
    always_cut(server)
    ran = inpaint(server, photo)
    job = asked(server).job
    assert ran.exit_code == 4
    assert ran.output.startswith(f"Job {job}")
    assert f"sfumato fetch {job}" in ran.output.splitlines()[-1]
    assert not server.of(messages.Ack)
    assert waiting(home) == [job]
    with zipfile.ZipFile(photo.with_suffix(".ora")) as archive:
        record = json.loads(archive.read(f"annotations/sfumato.job.{job}"))
    assert not record["complete"]
    whole(server)
    listed = sfumato("jobs")
    assert f"{job}" in listed.output
    assert "Done: 2 of 2 passes" in listed.output
    assert str(photo) in listed.output
    fetched = sfumato("fetch", job[:6])
    assert fetched.exit_code == 0, fetched.output
    with zipfile.ZipFile(photo.with_name("photo-2.ora")) as archive:
        assert "data/pass-2.png" in archive.namelist()
    assert len(server.of(messages.Ack)) == 2
    assert waiting(home) == []
    assert "No job waits" in sfumato("jobs").output


def test_a_full_disk_loses_nothing(
    server: FlatServer, photo: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(openraster, "fill", full)
        ran = inpaint(server, photo, "--png")
    assert ran.exit_code == 1
    assert "No space left on device" in ran.output
    assert not server.of(messages.Ack)
    assert sorted(file.name for file in photo.parent.iterdir()) == ["home", "photo.png"]
    job = asked(server).job
    whole(server)
    elsewhere = photo.with_name("else.ora")
    fetched = sfumato("fetch", job, "--out", elsewhere)
    assert fetched.exit_code == 0, fetched.output
    assert elsewhere.exists()
    assert elsewhere.with_suffix(".png").exists()
    assert waiting(home) == []


def test_a_picture_that_was_changed_is_not_written_over(
    server: FlatServer, photo: Path, home: Path, tmp_path: Path
) -> None:
    always_cut(server)
    inpaint(server, photo)
    job, copy = asked(server).job, tmp_path / "copy.png"
    copy.write_bytes(photo.read_bytes())
    Image.new("RGB", (80, 60)).save(photo)
    for sentence in ("not as it was", "is not there any more"):
        refused = sfumato("fetch", job)
        assert refused.exit_code == 1
        assert sentence in refused.output
        photo.unlink(missing_ok=True)
    whole(server)
    fetched = sfumato("fetch", job, "--image", copy, "--out", tmp_path / "new.ora")
    assert fetched.exit_code == 0, fetched.output


@pytest.fixture(params=["SIGINT", "SIGTERM", "SIGHUP"])
def heeded(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that is not ignored, as SIGHUP is under nohup."""
    number = signal.Signals[request.param]
    before = signal.signal(number, signal.SIG_DFL)
    yield number
    signal.signal(number, before)


def test_a_signal_cancels_and_keeps_finished_passes(
    server: FlatServer, photo: Path, home: Path, heeded: signal.Signals
) -> None:
    number = heeded

    def struck(peer: Peer, submit: messages.Submit) -> Answers:
        yield from first_pass(peer, submit)
        yield messages.Progress(submit.job, 2, 1, 2), ()
        os.kill(os.getpid(), number)

    server.answer = struck
    server.resume = lambda peer, resume: first_pass(peer, asked(server))
    before = signal.getsignal(number)
    ran = inpaint(server, photo, "--png")
    assert ran.exit_code == 128 + number, ran.output
    assert "cancelled; 1 of 2 passes are written" in ran.output
    assert server.wait_for(messages.Cancel)
    with zipfile.ZipFile(photo.with_name("photo-2.ora")) as archive:
        assert "data/pass-1.png" in archive.namelist()
    assert waiting(home) == []
    assert signal.getsignal(number) == before


def test_what_is_being_written_is_written(
    server: FlatServer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = openraster.fill

    def struck(path: Path, job: Inpainted) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        fill(path, job)

    monkeypatch.setattr(openraster, "fill", struck)
    assert inpaint(server, photo).exit_code == 0
    assert photo.with_suffix(".ora").exists()
    assert server.wait_for(messages.Ack)


class Gone(io.StringIO):
    """A terminal that was closed, or a pipe that nobody reads any more."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._error = OSError(number, os.strerror(number))

    def write(self, _: str) -> int:
        raise self._error


@pytest.mark.parametrize("number", [errno.EIO, errno.EPIPE])
def test_a_terminal_that_is_gone_ends_no_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with (tmp_path / "stdout").open("w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        with PassBars(Console(file=Gone(number), force_terminal=True)) as bars:
            bars.hear(messages.Accepted("a" * 32, "flat", (), 0))
            note = messages.Note("mask.x", "Words.")
            bars.hear(messages.Advice("a" * 32, (note,)))
        monkeypatch.setattr(sys, "stdout", Gone(number))
        saying.say("Words.")


def test_a_job_that_fails_keeps_its_finished_passes(
    server: FlatServer, photo: Path, home: Path
) -> None:
    def fails(peer: Peer, submit: messages.Submit) -> Answers:
        yield from first_pass(peer, submit)
        yield messages.Failed(submit.job, errors.ENGINE_FAILED, "no memory", "", "Try less."), ()

    server.answer = fails
    ran = inpaint(server, photo)
    assert ran.exit_code == 3
    assert "Try less." in ran.output
    assert photo.with_suffix(".ora").exists()
    assert server.wait_for(messages.Ack)
    assert waiting(home) == []


def test_the_library_tells_what_came_before_a_job_failed(server: FlatServer) -> None:
    def fails(peer: Peer, submit: messages.Submit) -> Answers:
        yield from first_pass(peer, submit)
        yield messages.Failed(submit.job, errors.ENGINE_FAILED, "no memory", "", ""), ()

    server.answer = fails
    image = np.zeros((60, 80, 3), np.uint8)
    with Client.connect(server.url, TOKEN) as client:
        with pytest.raises(JobFailed):
            job_of(image, client)
        assert client.job is not None
        assert len(client.job.passes) == 1
        always_cut(server)
        with pytest.raises(ServerUnreachable):
            job_of(image, client)


def test_two_commands_do_not_wait_for_one_job(server: FlatServer, photo: Path) -> None:
    always_cut(server)
    inpaint(server, photo)
    job = asked(server).job
    with ledger.followed(job) as free:
        assert free
        assert "Another command waits for it" in sfumato("jobs").output
        assert sfumato("fetch", job).exit_code == 1


def test_a_job_can_be_cancelled_and_forgotten(server: FlatServer, photo: Path, home: Path) -> None:
    always_cut(server)
    inpaint(server, photo)
    server.resume = lambda peer, resume: first_pass(peer, asked(server))
    assert sfumato("jobs", "--forget", asked(server).job).exit_code == 0
    assert server.wait_for(messages.Cancel)
    assert waiting(home) == []


def test_a_job_is_fetched_from_a_server_that_has_another_address_by_now(
    server: FlatServer, photo: Path, home: Path
) -> None:
    always_cut(server)
    inpaint(server, photo)
    with flat_server.running() as moved:
        moved.resume = lambda peer, resume: flat_server.run_ladder(peer, asked(server))
        photo.with_suffix(".ora").unlink()
        assert sfumato("fetch", asked(server).job, "--url", moved.url).exit_code == 0
    assert photo.with_suffix(".ora").exists()
    assert waiting(home) == []


def test_of_a_job_that_had_ended_nothing_is_left_when_it_is_forgotten(
    server: FlatServer, photo: Path, home: Path
) -> None:
    always_cut(server)
    inpaint(server, photo)
    whole(server)
    assert sfumato("jobs", "--forget", asked(server).job).exit_code == 0
    with server.changed:
        assert server.changed.wait_for(lambda: len(server.of(messages.Ack)) == 2, 5)
    assert waiting(home) == []


def test_a_job_that_another_connection_took_over_is_left_to_it(
    server: FlatServer, photo: Path, home: Path
) -> None:
    def moves(peer: Peer, submit: messages.Submit) -> Answers:
        yield from first_pass(peer, submit)
        yield messages.Failed(submit.job, "moved", "the job was taken over", "", ""), ()

    server.answer = moves
    assert inpaint(server, photo).exit_code == 4
    assert not photo.with_suffix(".ora").exists()
    assert not server.of(messages.Ack)
    assert waiting(home) == [asked(server).job]


def test_an_odd_file_in_the_ledger_costs_only_itself(
    server: FlatServer, photo: Path, home: Path
) -> None:
    always_cut(server)
    inpaint(server, photo)
    kept = home / "handed-in" / f"{asked(server).job}.json"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    (home / "handed-in" / "odd.json").write_text("[" * 2000)
    listed = sfumato("jobs")
    assert listed.exit_code == 0
    assert asked(server).job in listed.output
    assert "odd.json cannot be read" in listed.output
    assert "no job that waits" in sfumato("fetch", "0000").output
