"""Several jobs at once in the real Krita, by real clicks: rows, order, stopping, previews."""

import os
from pathlib import Path
from typing import Any

import pytest
from krita_harness.launch import drive
from krita_harness.server import serving

from fakes.engines import GATE, WaitsInSecondPass, spec


@pytest.fixture(scope="module")
def report(
    new_home: Any, display: str, photo: Path, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    folder = tmp_path_factory.mktemp("jobs")
    gate = folder / "gate"
    os.mkfifo(gate)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(GATE, str(gate))
        with serving(folder / "server", [spec(WaitsInSecondPass)]) as server:
            pictures = os.environ.get("SFUMATO_SCREENSHOTS", "")
            return drive(
                new_home(server), display, "jobs.day",
                photo=str(photo), gate=str(gate), pictures=pictures,
            )  # fmt: skip


def test_a_double_click_on_the_button_starts_one_job(report: Any) -> None:
    assert report["double click"] == 1


def test_each_job_has_a_row_that_tells_its_place_in_line(report: Any) -> None:
    running, *waiting = report["waiting"]
    assert running.startswith("Pass 2 of 3")
    assert waiting == ["Waiting, 1 before it", "Waiting, 2 before it", "Waiting, 3 before it"]
    assert report["pictures"] == [True] * 4


def test_waiting_jobs_are_moved_by_button_and_by_drag(report: Any) -> None:
    assert report["order"] == [2, 1, 0]


def test_a_preview_is_seen_in_the_docker_and_on_the_canvas(report: Any) -> None:
    assert report["preview"]


def test_a_job_that_is_stopped_leaves_what_it_has_finished(report: Any) -> None:
    assert report["stop offered"] == [True, False, False, False]
    said, (name, layers) = report["stopped"]
    assert said.startswith("1 of 3 passes: stopped, as you asked.")
    assert layers == 1, name
    assert sorted(report["groups"]) == [1, 3, 3, 3]


def test_what_is_over_stays_in_sight_until_it_is_taken_away(report: Any) -> None:
    assert report["over"] == ["3 passes"] * 3
    assert report["figures"]


def test_a_sentence_that_is_no_longer_true_goes_away(report: Any) -> None:
    assert report["sentence gone"]
