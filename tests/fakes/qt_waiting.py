"""Waiting for Qt signals in an event loop of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt5.QtCore import QEventLoop, QTimer

LONGEST_MS = 10_000


def pass_time(ms: int) -> None:
    """Let Qt work for a while: for what must not happen, which nothing tells."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


class Recorder:
    """Keeps what a signal carries, and can wait for what it has not carried yet."""

    def __init__(self, signal: Any) -> None:
        self.seen: list[Any] = []
        self._loop = QEventLoop()
        signal.connect(self._keep)

    def _keep(self, *values: Any) -> None:
        self.seen.append(values[0] if len(values) == 1 else values)
        self._loop.quit()

    def until(self, holds: Callable[[Any], bool] = lambda value: True) -> Any:
        """The first value, past or to come, for which `holds`; fails after 10 s."""
        checked = 0
        deadline = QTimer()
        deadline.setSingleShot(True)
        deadline.timeout.connect(self._loop.quit)
        deadline.start(LONGEST_MS)
        while True:
            for value in self.seen[checked:]:
                checked += 1
                if holds(value):
                    return value
            assert deadline.isActive(), f"waited in vain; saw {self.seen}"
            self._loop.exec()
