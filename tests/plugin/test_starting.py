"""A server that is started from the docker: real processes, and what the artist reads of them."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import rude_servers
from fakes.qt_waiting import Recorder
from sfumato.core import status
from sfumato.core.status import Status
from sfumato.starting import Starter

ADDRESS = f"ws://127.0.0.1:{rude_servers.free_port()}/sfumato"
NOBODY = Status(status.NO_SERVER, "Nobody answers.")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, application: object) -> Path:
    del application
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", "/krita's own")
    return tmp_path / "home"


@pytest.fixture
def started(home: Path) -> Iterator[list[int]]:
    """Numbers of processes to end after the test."""
    del home
    numbers: list[int] = []
    yield numbers
    for number in numbers:
        os.kill(number, signal.SIGKILL)


def starter(script: str) -> Starter:
    """Runs a script in the place of the server; serve, --host, ... are its arguments."""
    return Starter([sys.executable, "-c", script])


def said(told: Starter) -> str:
    return told.told(NOBODY, ADDRESS).sentence


SERVES = """
import os, sys, time
told = os.environ.get("PYTHONPATH"), sys.argv[1:]
print(os.getpid(), os.getsid(0), os.getcwd(), *told, flush=True)
while not os.path.exists("go"):
    time.sleep(0.02)
print("Sfumato listens at " + "there", flush=True)
time.sleep(60)
"""


def test_it_runs_by_itself_and_tells_what_it_does(home: Path, started: list[int]) -> None:
    one = starter(SERVES)
    assert one.told(NOBODY, ADDRESS).startable
    assert "answers at" in said(one)
    changes, listening = Recorder(one.changed), Recorder(one.listening)
    one.start(ADDRESS)
    changes.until(lambda _: "['serve'" in said(one))
    words = said(one).split(": ", 1)[1].split(" ", 4)
    started.append(int(words[0]))
    port = ADDRESS.split(":")[2].split("/")[0]
    assert words[:4] == [words[0], words[0], str(home), "None"], "a session of its own, at home"
    assert words[4] == str(["serve", "--host", "127.0.0.1", "--port", port])
    now = one.told(NOBODY, ADDRESS)
    assert (now.kind, now.startable) == (status.CONNECTING, False)
    one.start(ADDRESS)  # a second press
    (home / "go").touch()
    listening.until()
    assert "connecting to it" in said(one)
    ready = Status(status.READY, "Connected.")
    assert one.told(ready, ADDRESS) == ready
    assert one.told(NOBODY, ADDRESS).startable, "its start is over"
    assert (home / "server.log").stat().st_mode & 0o777 == 0o600


def test_the_end_of_one_that_did_not_listen_is_told(home: Path) -> None:
    one = starter("print('The server cannot start: no room.'); raise SystemExit(1)")
    changes = Recorder(one.changed)
    one.start(ADDRESS)
    changes.until(lambda _: not one.under_way)
    now = one.told(NOBODY, ADDRESS)
    assert (now.kind, now.startable) == (status.NO_SERVER, True)
    assert now.sentence.endswith("It says: The server cannot start: no room.")
    elsewhere = "ws://127.0.0.1:1/sfumato"
    assert "no room" not in one.told(NOBODY, elsewhere).sentence, "it was another server"


def test_a_command_that_is_no_program_is_told(home: Path) -> None:
    one = Starter([str(home / "nothing")])
    one.start(ADDRESS)
    assert "could not be run" in said(one)
    assert not one.under_way


def test_nothing_is_offered_where_it_cannot_help(home: Path) -> None:
    assert Starter(()).told(NOBODY, ADDRESS) == NOBODY
    elsewhere = "ws://192.0.2.1:9440/sfumato"
    one = starter("")
    assert one.told(NOBODY, elsewhere) == NOBODY
    one.start(elsewhere)
    assert not one.under_way
    wrong = Status(status.WRONG_TOKEN, "The token is wrong.")
    assert one.told(wrong, ADDRESS) == wrong


def test_one_that_takes_long_is_told(
    home: Path, started: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato.starting.SLOW_MS", 300)
    one = starter("import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)")
    changes = Recorder(one.changed)
    one.start(ADDRESS)
    assert ADDRESS in said(one)
    changes.until(lambda _: "server.log" in said(one))
    until = time.monotonic() + 5
    while not (home / "pid").exists() or not (home / "pid").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    started.append(int((home / "pid").read_text()))
    one.stop()
    assert not one.under_way
