"""No finished pass is lost in the real Krita, and none goes in twice: the server is killed in the
middle of a job, or the document closed."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from krita_harness.launch import drive
from krita_harness.mortal import mortal_server
from krita_harness.server import Server, serving

from fakes.engines import GATE, StallsInThirdPass, WaitsInSecondPass, spec

PASSES = ["1 whole", "2 ring", "3 wide"]


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pipe at which the engine waits in its second pass until somebody writes."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    monkeypatch.setenv(GATE, str(path))
    return path


@pytest.fixture
def gated_server(gate: Path, tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "server", [spec(WaitsInSecondPass)]) as server:
        yield server


def check_one_group(nodes: Any) -> None:
    """The picture's own layer, and one group with one masked layer for each pass."""
    assert [node[0] for node in nodes] == ["paintlayer", "grouplayer"]
    layers = nodes[1][2]
    assert [name.split(" · ")[0] for _, name, _ in layers] == PASSES
    assert [[mask[0] for mask in masks] for _, _, masks in layers] == [["transparencymask"]] * 3


def test_a_server_killed_in_the_middle(
    new_home: Any, display: str, photo: Path, tmp_path: Path
) -> None:
    with mortal_server(tmp_path / "server", spec(StallsInThirdPass)) as mortal:
        home = new_home(mortal.server)
        report = drive(
            home, display, "recovering.server_killed", photo=str(photo), server=mortal.pid
        )
    check_one_group(report["nodes"])
    assert report["stages"] == ["inserted"]


def test_a_document_closed_in_the_middle(
    new_home: Any, display: str, photo: Path, gate: Path, gated_server: Server
) -> None:
    home = new_home(gated_server)
    report = drive(home, display, "recovering.document_closed", photo=str(photo), gate=str(gate))
    check_one_group(report["nodes"])
    assert report["size"] == [512, 512]
    assert report["colour"] == report["was"]
    assert report["file"] == ""
    assert report["in front"]
    assert report["corner"] == [0, 0, 0, 0]
    assert report["middle"] == 255
    assert not report["still offered"]
    assert report["stages"] == ["inserted"]
