"""A short storm and a short lag: nothing lost, nothing twice, every pass to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from soak import lag
from soak.storm import storm


def test_jobs_come_through_a_storm(tmp_path: Path) -> None:
    run = storm(tmp_path, jobs=8, clients=8, seed=4)
    assert run.wrong == []
    assert run.done + run.refused == 8
    assert run.accidents > 0


def test_every_pass_is_as_in_peace_while_the_server_lags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lag, "STOPPED_SECONDS", 0.3)
    monkeypatch.setattr(lag, "SLOW_SECONDS", 0.1)
    found = lag.lag(tmp_path, jobs=2, clients=2, side=768)
    assert list(found) == list(lag.LOADS)
    assert not any(found.values())
