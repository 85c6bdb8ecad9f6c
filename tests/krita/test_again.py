"""Results in the real Krita: redo, variations, before and after, merge, history, by real clicks.

SFUMATO_SCREENSHOTS names a folder for pictures.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from krita_harness.launch import drive
from krita_harness.server import serving
from numpy.typing import NDArray

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def report(
    new_home: Any,
    display: str,
    photo: Path,
    ellipse: NDArray[np.uint8],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("again")
    (folder / "ellipse").write_bytes(ellipse.tobytes())
    pictures = os.environ.get("SFUMATO_SCREENSHOTS", "")
    with serving(folder / "server", ["fakes.engines:Painter"]) as server:
        return drive(
            new_home(server), display, "again.results", seconds=300, photo=str(photo),
            ellipse=str(folder / "ellipse"), folder=str(folder), pictures=pictures,
        )  # fmt: skip


def test_a_pass_is_done_again_as_often_as_one_likes(report: dict[str, Any]) -> None:
    redo = report["redo"]
    firsts, seconds, _thirds = zip(*redo["shows"], strict=True)
    assert len(set(firsts)) == 1, "pass 1 is reused"
    assert len(set(seconds)) == 4, "and pass 2 is another each time"
    assert redo["nodes"] == 1
    assert redo["same again"]
    assert redo["deleted"] == [], "what is deleted is not undone"


def test_what_was_painted_on_an_earlier_mask_stays(report: dict[str, Any]) -> None:
    assert report["painted"]["same"]
    assert (report["painted"]["left"], report["painted"]["right"]) == (0, 255)


def test_variations_are_seen_in_place_and_leave_nothing(report: dict[str, Any]) -> None:
    seen = report["variations"]
    assert seen["icons"] == [True] * 3
    assert (seen["groups"], seen["untouched"], seen["strip"]) == (0, True, False)


def test_before_after_duplicates_and_merging(report: dict[str, Any]) -> None:
    assert report["before"] == [True, True]
    assert report["duplicate"]
    assert report["merged"]["levels"] <= 1
    assert report["merged"]["groups"] == -1
    assert report["merged"]["known"]


def test_what_is_done_while_a_result_is_hidden_is_stored(report: dict[str, Any]) -> None:
    assert report["compared"] == {"looked": False, "saved": [True, True]}


def test_the_history_lives_in_the_file(report: dict[str, Any]) -> None:
    told = report["history"]
    assert report["kept"]
    assert told["jobs"] == 7
    assert told["selection"]
    assert told["used"] == ["face-swap-boundary", True]
    assert told["exact"] == [True] * 6
    assert told["left"] == 5
