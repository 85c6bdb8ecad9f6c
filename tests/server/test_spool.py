"""The spool: what was kept comes back to the byte, what is damaged is said, nothing is left."""

from __future__ import annotations

import errno
import os
import struct
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.conftest import submission
from sfumato_protocol.blobs import ZLIB, Blob, make_blob
from sfumato_protocol.errors import InvalidField
from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import Figure, JobDone, Note, PassDone, Submit
from sfumato_server.config import Config
from sfumato_server.execution.runner import Finished
from sfumato_server.jobs import records
from sfumato_server.jobs.job import finished_pass, pass_done
from sfumato_server.jobs.records import Damaged, RecordError, Unreadable
from sfumato_server.jobs.spool import Kept, Spool
from sfumato_server.offer.catalogue import Catalogue


def a_pass(submit: Submit, index: int = 1) -> tuple[PassDone, tuple[Blob, ...]]:
    job = Catalogue.of(Config()).job(submit, "tests")
    figures = (Figure("seam", 1.5, "look here", "The edge shows."),)
    why = (Note("identity", "Not measurable here."),)
    event = Finished(
        index,
        (3, 4, 2, 1),
        b"12345678",
        b"\x00\xff",
        0.5,
        figures,
        keeps_alpha=True,
        unmeasured=why,
        notes=(Note("strength.no-effect", "Nothing.", index, "Why."),),
    )
    done, blobs = pass_done(job, event)
    assert finished_pass(job, done, blobs) == event
    return done, blobs


def _recovered(spool: Spool) -> list[Kept]:
    return [spool.recover(job) for job in spool.jobs()]


def test_jobs_passes_and_ends_come_back_to_the_byte(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    submit, blobs = submission()
    done, pictures = a_pass(submit)
    end = JobDone(submit.job, 1, 2.5)
    spool.put_job(submit, blobs)
    spool.put_pass(done, pictures)
    spool.put_end(end)
    again = Spool(tmp_path / "spool")
    assert again.job(submit.job) == (submit, blobs)
    assert again.finished_pass(submit.job, 1) == (done, pictures)
    (kept,) = _recovered(again)
    assert (kept.submit, kept.passes, kept.end) == (submit, (done,), end)


def test_a_pass_without_all_its_pixels_is_left_out_though_its_checksum_is_right(
    tmp_path: Path,
) -> None:
    spool = Spool(tmp_path)
    submit, _ = submission()
    spool.put_pass(*a_pass(submit))
    (file,) = tmp_path.glob("*.pass")
    short = file.read_bytes()[:-6]
    file.write_bytes(short + struct.pack("<I", zlib.crc32(short)))
    with pytest.raises(RecordError, match="not all there"):
        spool.finished_pass(submit.job, 1)


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied"])
def test_a_damaged_pass_is_noticed_and_left_out(tmp_path: Path, damage: str) -> None:
    spool = Spool(tmp_path)
    submit, blobs = submission()
    spool.put_job(submit, blobs)
    spool.put_pass(*a_pass(submit))
    (file,) = tmp_path.glob("*.pass")
    content = bytearray(file.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    file.write_bytes(content[: {"cut": -3, "flipped": None, "emptied": 0}[damage]])
    with pytest.raises(RecordError, match="damaged"):
        spool.finished_pass(submit.job, 1)
    (kept,) = _recovered(spool)
    assert kept.passes == ()


def test_a_damaged_job_is_named_and_its_passes_stay(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    submit, blobs = submission()
    spool.put_job(submit, blobs)
    spool.put_pass(*a_pass(submit))
    (file,) = tmp_path.glob("*.job")
    file.write_bytes(b"nothing of the kind")
    spool.sweep()
    with pytest.raises(Damaged, match="its checksum is wrong"):
        spool.recover(submit.job)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.EMFILE])
@pytest.mark.parametrize("suffix", [".job", ".pass", ".end"])
def test_what_cannot_be_read_now_is_left_and_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, suffix: str
) -> None:
    spool = Spool(tmp_path)
    submit, blobs = submission()
    done, pictures = a_pass(submit)
    spool.put_job(submit, blobs)
    spool.put_pass(done, pictures)
    spool.put_end(JobDone(submit.job, 1, 1))
    files = sorted(tmp_path.iterdir())

    def refuse(place: Path, *flags: int) -> int:
        if str(place).endswith(suffix):
            raise OSError(number, os.strerror(number), str(place))
        return opened(place, *flags)

    opened = os.open
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        spool.sweep()
        with pytest.raises(Unreadable, match=os.strerror(number)):
            spool.recover(submit.job)
    assert sorted(tmp_path.iterdir()) == files
    (kept,) = _recovered(spool)
    assert (kept.passes, kept.end) == ((done,), JobDone(submit.job, 1, 1))


def test_a_record_of_a_newer_version_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path)
    submit, blobs = submission()
    spool.put_job(submit, blobs)
    (file,) = tmp_path.iterdir()
    newer = file.read_bytes()[:-4].replace(b"submit", b"sublet", 1)
    file.write_bytes(newer + struct.pack("<I", zlib.crc32(newer)))
    spool.sweep()
    with pytest.raises(Unreadable, match="does not decode"):
        spool.recover(submit.job)
    assert file.exists()


def test_what_is_no_record_stops_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    submit, blobs = submission()
    spool.put_job(submit, blobs)
    strange = [tmp_path / f"{letter * 32}.job" for letter in "abcd"]
    strange[0].mkdir()
    strange[1].symlink_to(tmp_path / "nowhere")
    os.mkfifo(strange[2])
    strange[3] = tmp_path / "notes.job"
    strange[3].write_text("mine")
    spool.sweep()
    assert spool.jobs() == [submit.job]
    assert all(os.path.lexists(place) for place in strange)


def test_dropping_leaves_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    submit, blobs = submission()
    spool.put_job(submit, blobs)
    spool.put_pass(*a_pass(submit))
    spool.put_end(JobDone(submit.job, 1, 1))
    spool.drop(submit.job)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RecordError, match="is not there"):
        spool.job(submit.job)


def test_a_sweep_takes_the_old_the_surplus_and_the_unfinished(tmp_path: Path) -> None:
    ids = [f"{number:032x}" for number in range(4)]
    for number, job in enumerate(ids):
        submit, blobs = submission(job=job)
        Spool(tmp_path).put_job(submit, blobs)
        when = time.time() - (100 - number) - (8 * 86_400 if number == 0 else 0)
        os.utime(tmp_path / f"{job}.job", (when, when))
    (tmp_path / "cut-short.part").write_bytes(b"half")
    size = (tmp_path / f"{ids[1]}.job").stat().st_size
    Spool(tmp_path, most_bytes=2 * size).sweep()
    assert sorted(file.stem for file in tmp_path.iterdir()) == ids[2:]


def test_no_name_from_a_client_becomes_a_path(tmp_path: Path) -> None:
    with pytest.raises(InvalidField):
        Spool(tmp_path).job("../../etc/passwd")


def test_a_failed_write_leaves_no_half_file(tmp_path: Path) -> None:
    submit, (image, _) = submission()
    broken = Blob(image.info, None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Spool(tmp_path).put_job(submit, (image, broken))
    assert list(tmp_path.iterdir()) == []


def test_tries_are_counted_until_they_are_forgotten(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    submit, blobs = submission()
    spool.put_job(submit, blobs)
    assert [spool.note_try(submit.job) for _ in range(3)] == [1, 2, 3]
    spool.forget_tries(submit.job)
    assert spool.note_try(submit.job) == 1
    spool.drop(submit.job)
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_takes_what_belongs_to_no_job(tmp_path: Path) -> None:
    submit, blobs = submission()
    spool = Spool(tmp_path)
    spool.put_job(submit, blobs)
    spool.put_pass(*a_pass(submit))
    spool.put_end(JobDone(submit.job, 1, 1))
    spool.note_try(submit.job)
    (tmp_path / f"{submit.job}.job").unlink()
    spool.sweep()
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_starts_reads_no_pictures_of_what_is_only_a_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path)
    noise = os.urandom(2_000_000)
    submit, _ = submission()
    large = make_blob(1, noise, (1000, 500), "BGRA", profile=submit.image.profile)
    mask = make_blob(2, bytes(500_000), (1000, 500), "G", encoding=ZLIB)
    area = Rect(0, 0, 500, 1000)
    submit = replace(submit, crop=area, image=large.info, selection=mask.info)
    done, _ = a_pass(submit)
    done = replace(done, area=area, result=large.info, mask=mask.info)
    spool.put_job(submit, (large, mask))
    spool.put_pass(done, (large, mask))
    spool.put_end(JobDone(submit.job, 1, 1.0))
    spool.keep_pass(submit.job, 1)
    read: list[int] = []
    content = records._content

    def counted(*arguments: Any) -> bytes:
        found = content(*arguments)
        read.append(len(found))
        return found

    monkeypatch.setattr(records, "_content", counted)
    (kept,) = _recovered(spool)
    assert (kept.submit, kept.kept, kept.passes) == (submit, (done,), ())
    assert sum(read) < 2 * 2**20
    place = tmp_path / f"{submit.job}-01.kept"
    os.truncate(place, place.stat().st_size - 1)
    assert _recovered(spool)[0].kept == ()
    assert spool.job(submit.job) == (submit, (large, mask))


@pytest.mark.parametrize("content", [b"", b"\x05", b"\xff\xff\xff\xff", b"\x04\x00\x00\x00nope"])
def test_a_cache_that_is_damaged_costs_only_itself(tmp_path: Path, content: bytes) -> None:
    spool = Spool(tmp_path)
    submit, blobs = submission()
    done, pictures = a_pass(submit)
    spool.put_job(submit, blobs)
    spool.put_pass(done, pictures)
    spool.put_end(JobDone(submit.job, 1, 1.0))
    spool.keep_pass(submit.job, 1)
    (tmp_path / f"{submit.job}-01.kept").write_bytes(content)
    (kept,) = _recovered(spool)
    assert kept.kept == ()
    assert kept.end == JobDone(submit.job, 1, 1.0)
