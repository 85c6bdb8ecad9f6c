"""The real Krita in an artist's first minutes: no server yet, no mouse, another language."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from krita_harness.home import Home
from krita_harness.launch import drive
from krita_harness.plugin import install_plugin
from krita_harness.wrapper import wrapped


@pytest.fixture
def home(warmed_home: Home, built: Path, tmp_path: Path) -> Home:
    """A home in which the plugin has just been installed; nobody answers at its server's port."""
    fresh = warmed_home.copy(tmp_path / "home")
    install_plugin(fresh, built)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fresh.configure(["sfumato", "sfumato_driver"], server=f"ws://127.0.0.1:{port}/sfumato")
    return fresh


@pytest.fixture
def seen(home: Home, tmp_path: Path) -> Iterator[Path]:
    """Where the server that the plugin starts writes down what it was given; ends it afterwards."""
    told = wrapped(home, tmp_path)
    yield told
    with contextlib.suppress(OSError, ValueError):
        os.kill(json.loads(told.read_text())["pid"], signal.SIGKILL)


def test_the_docker_starts_the_server(home: Home, seen: Path, display: str, tmp_path: Path) -> None:
    report = drive(home, display, "first_minutes.press_start", picture=str(tmp_path / "none.png"))
    first, *_, last = report["said"]
    assert "answers at" in first
    assert any(said.startswith("Starting the server") for said in report["said"])
    assert last.startswith("Connected")
    assert not report["button"]
    given = json.loads(seen.read_text())
    os.kill(given["pid"], 0)  # Krita has ended, the server has not
    assert given["session"] == given["pid"]
    assert not [name for name in given["environment"] if name.startswith(("PYTHON", "QT_", "LD_"))]


def test_the_docker_needs_no_mouse(home: Home, display: str, tmp_path: Path) -> None:
    report = drive(home, display, "first_minutes.by_keys", picture=str(tmp_path / "keys.png"))
    assert report["ours"]["sfumato_inpaint"] == ["Ctrl+Shift+M"]
    assert len(report["ours"]) > 20
    assert report["shared"] == [], "no key of ours is one of Krita's"
    assert "No Sfumato server answers" in report["said"]
    assert [kind for kind, words in report["order"] if not words] == []
    assert {"Inpaint selection", "Prompt", "Seed"} <= {words for _, words in report["order"]}
    assert report["docker"]


def test_the_plugin_manager_shows_the_manual(home: Home, display: str, tmp_path: Path) -> None:
    report = drive(home, display, "first_minutes.manual", picture=str(tmp_path / "manual.png"))
    (page,) = report["shown"]
    assert "Start the server" in page
    assert "Ctrl+Shift+M" in page


def test_it_speaks_the_language_of_krita(home: Home, display: str, tmp_path: Path) -> None:
    (home.config / "klanguageoverridesrc").write_text("[Language]\nkrita=de\n")
    report = drive(home, display, "first_minutes.in_other_words", picture=str(tmp_path / "de.png"))
    assert report["button"] == report["action"] == "Auswahl ausbessern"
    assert report["sentence"].endswith("antwortet kein Sfumato-Server.")
    assert report["key"] == "Ctrl+Shift+M"
