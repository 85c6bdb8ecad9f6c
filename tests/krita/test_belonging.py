"""Layers are where they belong, or kept with a sentence: whatever happens to the picture, or to
others of its size, while a job runs in the real Krita."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import skimage.data
from krita_harness.launch import drive
from krita_harness.server import Server, serving
from PIL import Image

from fakes.engines import GATE, Gated, spec


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pipe at which every pass waits until somebody writes."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    monkeypatch.setenv(GATE, str(path))
    return path


@pytest.fixture
def server(gate: Path, tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "server", [spec(Gated)]) as server:
        yield server


KEPT = ("mirrored", "mirrored down", "turned", "cropped", "scaled")


def test_whatever_is_done_to_the_picture_while_its_job_runs(
    new_home: Any, display: str, photo: Path, gate: Path, server: Server
) -> None:
    home = new_home(server, recipe="artefact-fix")
    report = drive(home, display, "belonging.changes", photo=str(photo), gate=str(gate))
    for change, found in report["found"].items():
        if change in KEPT:
            assert (found["stage"], found["groups"]) == ("kept", []), change
            assert "no longer looks as it did" in found["said"], change
        else:
            assert found["stage"] == "inserted", change
            assert found["groups"] == [["Sfumato · artefact-fix · seed 7", 1]], change
        assert found["others"] == ([[]] if change == "copied" else []), change


def test_kept_passes_are_placed_by_name(
    new_home: Any, display: str, photo: Path, gate: Path, server: Server, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    Image.fromarray(skimage.data.astronaut()[:, ::-1]).save(other)
    wanted = os.environ.get("SFUMATO_SCREENSHOTS", "")
    home = new_home(server, recipe="artefact-fix")
    report = drive(
        home, display, "belonging.places", photo=str(photo), other=str(other), gate=str(gate),
        pictures=wanted,
    )  # fmt: skip
    (first, before), (second, after) = report["asked"]
    assert "“Sfumato · artefact-fix · seed 7”" in first
    assert "photo.png, 512 × 512 px" in first
    assert first == second
    assert before == ["other.png (in front, does not look like it)", "A new document"]
    assert after == ["photo.png (in front)", "other.png (does not look like it)", "A new document"]
    assert report["front"] == []
    assert report["reopened"] == [["Sfumato · artefact-fix · seed 7", 1]]


def test_a_sentence_before_a_click_does_harm(
    new_home: Any, display: str, photo: Path, gate: Path, server: Server
) -> None:
    home = new_home(server, recipe="artefact-fix")
    report = drive(home, display, "belonging.warnings", photo=str(photo), gate=str(gate))
    isolated, animated, sent = report["said"]
    assert "One layer is isolated" in isolated
    assert "all of its frames: click again" in animated
    assert "Sending" in sent
    assert report["groups"] == [["Sfumato · artefact-fix · seed 7", 1]]


def spooled(server: Server) -> list[str]:
    """What the server keeps for its clients."""
    return [file.name for file in (server.home / "spool").iterdir() if file.is_file()]


def test_the_server_keeps_passes_until_the_picture_is_saved_or_closed(
    new_home: Any, display: str, photo: Path, gate: Path, server: Server, tmp_path: Path
) -> None:
    home = new_home(server, recipe="artefact-fix")
    report = drive(
        home, display, "belonging.safety", photo=str(photo), gate=str(gate), folder=str(tmp_path)
    )
    assert report == {"inserted": 1, "exported": 1, "saved": 0, "once more": 1}
    assert spooled(server) == []


@pytest.mark.parametrize("recovered", [False, True])
def test_a_crash_before_the_first_save(
    new_home: Any, display: str, photo: Path, gate: Path, server: Server, recovered: bool,
    tmp_path: Path,
) -> None:  # fmt: skip
    picture = tmp_path / "recovered.kra" if recovered else photo
    home = new_home(server, recipe="artefact-fix")
    first = drive(
        home, display, "belonging.crash", photo=str(photo), gate=str(gate),
        recovered=str(picture) if recovered else "",
    )  # fmt: skip
    assert first["modified"]
    assert spooled(server) != []
    report = drive(
        home, display, "belonging.after_the_crash", picture=str(picture), insert=not recovered
    )
    group = [["Sfumato · artefact-fix · seed 7", 1]]
    assert report["before"] == (group if recovered else [])
    assert report["after"] == group
    assert "1 job from an earlier session is finished (photo.png" in report["said"][0]
    if recovered:
        assert "in recovered.kra already" in report["said"][1]
    assert spooled(server) == []
