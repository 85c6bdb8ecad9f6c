"""Ctrl-C, SIGTERM and SIGHUP stop a command in the same way: with what is finished kept."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Stopped(BaseException):
    """A signal came. status: what the command exits with, 128 and the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number


@contextmanager
def stoppable() -> Iterator[Callable[[], None]]:
    """Within, the first signal raises `Stopped`; those that follow are not heeded, so that what is
    being written is written. Nor is the first, once what this yields was called."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # only the main thread may choose what signals do
        return
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    came: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) == 1:
            raise Stopped(number)

    before: dict[int, Any] = {}
    try:
        for number in numbers:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                before[number] = signal.signal(number, stop)
        yield lambda: came.append(0)
    finally:
        for number, old in before.items():
            signal.signal(number, old)
