"""Servers in processes of their own, and how many accidents there are to be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes import engines as zoo
from faults.recovery import remains
from faults.server_process import ServerProcess
from server.conftest import start_server

__all__ = ["start_server"]

StartProcess = Callable[..., ServerProcess]


@pytest.fixture(scope="session")
def budget() -> int:
    """Most accidents of each kind: `make faults` has every one of them, `make test` a few."""
    return int(os.environ.get("FAULTS", "3"))


@pytest.fixture
def start_process(tmp_path: Path) -> Iterator[StartProcess]:
    """Start servers; at the end they are killed and must leave neither process nor memory."""
    servers: list[ServerProcess] = []

    def start(*engines: type[zoo.Painter], options: tuple[str, ...] = ()) -> ServerProcess:
        server = ServerProcess(tmp_path / f"home{len(servers)}", *engines, options=options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()
        assert remains(server) == []
