"""Text that is on disk at once, whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from fakes import plugin_values as values
from fakes.documents import FakeDocument, FakeDocuments
from fakes.stores import Memory
from sfumato.core import job as states
from sfumato.settings import FileStore
from sfumato.studio import Studio


def test_what_is_written_is_read_by_the_next_one(tmp_path: Path) -> None:
    FileStore(str(tmp_path)).write("jobs", "[“Öl”]")
    assert FileStore(str(tmp_path)).read("jobs", "") == "[“Öl”]"
    assert os.listdir(tmp_path) == ["sfumato-jobs.json"]


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    FileStore(str(tmp_path)).write("jobs", "[]")
    assert stat.S_IMODE((tmp_path / "sfumato-jobs.json").stat().st_mode) == 0o600


def test_nothing_leaves_no_file(tmp_path: Path) -> None:
    store = FileStore(str(tmp_path))
    store.write("jobs", "")
    store.write("jobs", "[]")
    store.write("jobs", "")
    assert os.listdir(tmp_path) == []


def test_what_cannot_be_read_is_the_default(tmp_path: Path) -> None:
    assert FileStore(str(tmp_path / "absent")).read("jobs", "none") == "none"
    (tmp_path / "sfumato-jobs.json").write_bytes(b"\xff\xfe\x00")
    assert FileStore(str(tmp_path)).read("jobs", "none") == "none"


def test_a_failed_write_keeps_the_old_text_and_no_scrap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStore(str(tmp_path))
    store.write("jobs", "old")

    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        store.write("jobs", "new")
    assert store.read("jobs", "") == "old"
    assert os.listdir(tmp_path) == ["sfumato-jobs.json"]


@pytest.mark.usefixtures("application")
def test_a_job_goes_on_where_it_cannot_be_noted(tmp_path: Path) -> None:
    records = FileStore(str(tmp_path / "absent"))
    made = Studio(Memory(), FakeDocuments(FakeDocument()), records)
    job = made.jobs.start(values.request())
    made.jobs.heard(values.accepted(job.request))
    assert made.jobs.all()[0].stage == states.WAITING
