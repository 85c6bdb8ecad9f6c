"""Layers are where they belong, or kept with a sentence: whatever happens to the picture, or to
others of its size, while a job runs in the real Krita."""

import os
from pathlib import Path
from typing import Any

import pytest
import skimage.data
from krita_harness.launch import drive
from krita_harness.server import Server, serving
from PIL import Image

from fakes.engines import GATE, Gated, spec

KEPT = ("mirrored", "mirrored down", "turned", "cropped", "scaled")
GROUP = ["Sfumato · artefact-fix · seed 7", 1]


@pytest.fixture(scope="module")
def report(
    new_home: Any, display: str, photo: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What one Krita did until it crashed, and the next one; every pass waits at a pipe until the
    picture has been changed."""
    folder = tmp_path_factory.mktemp("belonging")
    gate, other = folder / "gate", folder / "other.png"
    os.mkfifo(gate)
    Image.fromarray(skimage.data.astronaut()[:, ::-1]).save(other)
    paths: dict[str, Any] = {"photo": str(photo), "folder": str(folder)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(GATE, str(gate))
        with serving(folder / "server", [spec(Gated)]) as server:
            home = new_home(server, recipe="artefact-fix")
            told = drive(
                home, display, "belonging.day", **paths, other=str(other), gate=str(gate),
                pictures=os.environ.get("SFUMATO_SCREENSHOTS", ""),
            )  # fmt: skip
            told["owed before"] = spooled(server)
            told["after"] = drive(
                home, display, "belonging.after_the_crash", **paths, gate=str(gate)
            )
            told["owed after"] = spooled(server)
    return told


def spooled(server: Server) -> int:
    """How many passes the server owes its clients: what is kept for another try is none of them."""
    return len(list((server.home / "spool").glob("*.pass")))


def test_whatever_is_done_to_the_picture_while_its_job_runs(report: dict[str, Any]) -> None:
    for change, found in report["changes"].items():
        if change in KEPT:
            assert (found["stage"], found["groups"]) == ("kept", []), change
            assert "no longer looks as it did" in found["said"], change
        else:
            assert (found["stage"], found["groups"]) == ("inserted", [GROUP]), change


def test_a_copy_gets_its_own_layers(report: dict[str, Any]) -> None:
    assert report["copy"] == [[GROUP], []]


def test_once_the_change_is_undone_they_go_in_without_a_question(report: dict[str, Any]) -> None:
    assert report["undone"] == ["kept", [GROUP]]


def test_kept_passes_are_placed_by_name(report: dict[str, Any]) -> None:
    (first, before), (second, after) = report["places"]["asked"]
    assert "“Sfumato · artefact-fix · seed 7”" in first
    assert "photo.png, 512 × 512 px" in first
    assert first == second
    assert before == ["A new document", "other.png (in front, does not look like it)"]
    assert after == ["photo.png (in front)", "A new document", "other.png (does not look like it)"]
    assert report["places"]["front"] == []
    assert report["places"]["reopened"] == [GROUP]


def test_a_sentence_before_a_click_does_harm(report: dict[str, Any]) -> None:
    filtered, isolated, animated, sent = report["warnings"]["said"]
    assert "apply or close the filter" in filtered
    assert "One layer is isolated" in isolated
    assert "all of its frames: click again" in animated
    assert "Sending" in sent
    assert report["warnings"]["groups"] == [GROUP]


def test_the_server_keeps_passes_until_the_picture_is_saved_or_closed(
    report: dict[str, Any],
) -> None:
    owed = {
        "all closed": 0,
        "inserted": 1,
        "exported": 1,
        "saved": 0,
        "once more": 1,
        "closed": 0,
    }
    assert report["safety"] == owed


def test_a_crash_before_the_first_save(report: dict[str, Any]) -> None:
    """One picture was recovered and has its passes; those of another are offered again, and those
    of a job that was under way."""
    after = report["after"]
    assert report["unsaved"] == [True, True]
    assert report["owed before"] > 0
    assert after["before"] == []
    assert [places[0] for _, places in after["asked"]] == ["photo.png (in front)"] * 2
    assert after["groups"] == [[GROUP], [GROUP, GROUP]]
    assert after["remembered"] == []
    assert report["owed after"] == 0
