"""Clicks in the real Krita that cannot become a job: one clear sentence, nothing changed.

That nothing changed is checked in Krita, around every click.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from krita_harness.launch import drive
from krita_harness.server import Server, serving

WORDS = {
    "no document": "No picture is open",
    "no selection": "Nothing is selected",
    "empty selection": "The selection is empty",
    "off the canvas": "outside the canvas",
    "too large": "megapixels, and the server takes at most 16.8: make the selection smaller.",
    "unsupported colour": "RGBA F32",
    "stroke": "wait for the stroke to end",
}


@pytest.fixture(scope="module")
def quick_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), ["fakes.engines:Adder"]) as server:
        yield server


def test_every_refusal_in_the_docker(
    new_home: Any, display: str, photo: Path, quick_server: Server
) -> None:
    report = drive(new_home(quick_server), display, "refusing.every_refusal", photo=str(photo))
    said = report["said"]
    assert said.keys() == WORDS.keys()
    for situation, words in WORDS.items():
        assert words in said[situation]
        assert one_sentence(said[situation]), said[situation]
    assert report["all of 8192²"] < 200, "pixels were read only to be refused"


def test_a_local_selection_mask_is_as_good_as_a_selection(
    new_home: Any, display: str, photo: Path, quick_server: Server
) -> None:
    report = drive(new_home(quick_server), display, "refusing.by_selection_mask", photo=str(photo))
    place = {"x": 100, "y": 100, "width": 50, "height": 40}
    assert [json.loads(record)["selection"] for record in report["records"]] == [place] * 2
    assert "Nothing is selected" in report["hidden"]


def test_a_server_that_is_down(
    new_home: Any, display: str, photo: Path, quick_server: Server
) -> None:
    gone = Server("ws://127.0.0.1:9/sfumato", quick_server.home)
    said = drive(new_home(gone), display, "refusing.without_server", photo=str(photo))["said"]
    assert "No Sfumato server answers at ws://127.0.0.1:9/sfumato" in said


def test_cancel(new_home: Any, display: str, photo: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "server", ["fakes.engines:Endless"]) as server:
        report = drive(new_home(server), display, "refusing.cancelling", photo=str(photo))
    assert report["said"] == "Cancelled; the document was not changed."


def test_a_job_that_finishes_during_a_stroke_waits_for_it(
    new_home: Any, display: str, photo: Path, quick_server: Server
) -> None:
    home = new_home(quick_server)
    report = drive(home, display, "refusing.finishing_during_a_stroke", photo=str(photo))
    assert "grouplayer" not in report["waiting"]
    assert [node[0] for node in report["nodes"]] == ["paintlayer", "grouplayer"]
    assert len(report["nodes"][1][2]) == 3


def one_sentence(text: str) -> bool:
    """Whether it is one sentence for a person: it ends once, and shows no inside of the program."""
    return text.endswith(".") and ". " not in text and "Error" not in text
