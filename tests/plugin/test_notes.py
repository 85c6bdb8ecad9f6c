"""Several Kritas share one folder: none takes what another is at, a crashed one's is free."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from fakes import plugin_values as values
from sfumato.core import ledger
from sfumato.core.debts import Debt
from sfumato.notes import Notes

OTHER = """
import sys
from sfumato.notes import Notes
notes = Notes(sys.argv[1])
notes.read("jobs", "")
notes.write("jobs", sys.argv[2])
print("noted", flush=True)
sys.stdin.read()
"""


def noted(asked: int) -> str:
    return ledger.write([replace(values.request(seed=asked), asked=asked)])


def seeds(text: str) -> list[int]:
    return [request.choices.seed for request in ledger.read(text)]


@contextmanager
def another_krita(folder: Path, text: str) -> Iterator[None]:
    """A process that has noted something, and is killed at the end."""
    command = [sys.executable, "-c", OTHER, str(folder), text]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"noted\n"
        yield
        process.kill()


def test_a_running_krita_keeps_its_jobs_and_a_killed_ones_are_taken_over(tmp_path: Path) -> None:
    mine = Notes(str(tmp_path))
    with another_krita(tmp_path, noted(1)), another_krita(tmp_path, noted(2)):
        assert mine.read("jobs", "none") == "none"
        mine.write("jobs", noted(3))
        assert len(list(tmp_path.glob("*.json"))) == 3
        assert seeds(Notes(str(tmp_path)).read("jobs", "")) == []
    assert seeds(Notes(str(tmp_path)).read("jobs", "")) == [1, 2]
    assert seeds((tmp_path / "sfumato-jobs.json").read_text()) == [1, 2]
    assert len(list(tmp_path.glob("*.json"))) == 2
    mine.write("jobs", noted(4))
    del mine
    assert seeds(Notes(str(tmp_path)).read("jobs", "")) == [1, 2, 4]


def test_debts_are_taken_over_too(tmp_path: Path) -> None:
    first, second = Notes(str(tmp_path)), Notes(str(tmp_path))
    debts = [Debt(digit * 32, (1,), "", 5) for digit in "ab"]
    for notes, debt in zip((first, second), debts, strict=True):
        notes.read("jobs", "")
        notes.write("jobs", ledger.write([], [debt]))
    del first, second, notes
    assert ledger.read_debts(Notes(str(tmp_path)).read("jobs", "")) == tuple(debts)


def test_what_an_older_plugin_noted_is_read(tmp_path: Path) -> None:
    (tmp_path / "sfumato-jobs.json").write_text(noted(6))
    notes = Notes(str(tmp_path))
    assert seeds(notes.read("jobs", "")) == [6]
    notes.write("jobs", "")
    assert [name for name in os.listdir(tmp_path) if name.endswith(".json")] == []


def test_where_nothing_can_be_locked_there_is_one_krita(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sfumato-jobs.lock").mkdir()
    (tmp_path / "sfumato-jobs.json").write_text(noted(7))
    assert seeds(Notes(str(tmp_path)).read("jobs", "")) == [7]
    assert Notes(str(tmp_path / "absent")).read("jobs", "none") == "none"
