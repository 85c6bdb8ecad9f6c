"""Whoever has no token keeps nobody out, and takes no descriptor that the disk needs."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import time
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException

from server.conftest import StartServer, submission
from server.test_auth import connect_to
from server.test_session import passes_of
from sfumato_protocol.messages import JobDone
from sfumato_server.transport import door


def silent(url: str) -> socket.socket:
    """A connection that says nothing."""
    host, port = url.split("/")[2].split(":")
    return socket.create_connection((host, int(port)), 10)


def is_closed(knocker: socket.socket) -> bool:
    knocker.settimeout(5)
    try:
        return knocker.recv(1) == b""
    except ConnectionError:
        return True


def test_who_waits_longest_without_a_token_makes_way(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.Door.__init__, "__defaults__", (4, None))
    server = start_server()
    with server.talk() as inside:
        knockers = [silent(server.url) for _ in range(6)]
        assert is_closed(knockers[0])
        assert is_closed(knockers[1])
        for _ in range(3):
            with server.talk() as talk:
                talk.say(*submission())
                assert isinstance(passes_of(talk)[1], JobDone)
        inside.say(*submission())
        assert isinstance(passes_of(inside)[1], JobDone), "who is in stays in"
        knockers[-1].settimeout(0.05)
        with pytest.raises(TimeoutError):
            knockers[-1].recv(1)
        for one in knockers:
            one.close()


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_no_connection_takes_the_descriptors_that_the_disk_needs(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_now = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(door, "_highest", lambda: open_now + 40)
    server = start_server()
    with server.talk() as inside, contextlib.ExitStack() as knocking:
        knockers = [knocking.enter_context(silent(server.url)) for _ in range(30)]
        deadline = time.monotonic() + 5
        while not any(is_closed(one) for one in knockers[-1:]):
            assert time.monotonic() < deadline
        with pytest.raises((WebSocketException, OSError, EOFError)):
            connect_to(server.url, {})
        inside.say(*submission())
        assert isinstance(passes_of(inside)[1], JobDone)


def test_the_reserve_leaves_most_descriptors_to_connections(tmp_path: Path) -> None:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert limit // 2 < door._highest() < limit
