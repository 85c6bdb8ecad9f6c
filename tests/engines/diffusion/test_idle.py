"""An engine that nobody asks for gives its memory back, and is loaded again when asked."""

from __future__ import annotations

import signal
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from sfumato_server.execution import engine_host


def test_an_idle_engine_is_freed_and_its_process_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    freed = threading.Event()

    class Host:
        def __init__(self, pipe: Connection) -> None:
            assert pipe is theirs

        def close(self) -> None:
            freed.set()

    ours, theirs = Pipe()
    monkeypatch.setattr(engine_host, "EngineHost", Host)
    monkeypatch.setattr(engine_host, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    process = threading.Thread(target=engine_host.main, args=(theirs,))
    process.start()
    assert freed.wait(20)
    assert process.is_alive()
    ours.close()
    process.join(20)
    assert not process.is_alive()
    theirs.close()
