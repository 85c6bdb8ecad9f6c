"""Runs one scenario: a generator that yields what it waits for and returns its report.

A scenario may yield an `Until` (resumed when its condition holds) or a `Pause` (resumed after its
milliseconds of event loop).
"""

import faulthandler
import importlib
import json
import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PyQt5.QtCore import QObject, QTimer

from krita import Krita


@dataclass(frozen=True)
class Until:
    """Wait until a condition holds that Krita announces by no signal."""

    condition: Callable[[], bool]
    what: str
    seconds: float = 30.0
    instead: Callable[[], str] = lambda: ""  # asked when it was in vain: what there was


@dataclass(frozen=True)
class Pause:
    """Let Krita's event loop turn for so many milliseconds."""

    milliseconds: int


class Runner(QObject):
    """Drives the scenario of one request file and ends the process with its report."""

    _POLL_MS = 10

    def __init__(self, request: str) -> None:
        super().__init__()
        with open(request) as file:
            content = json.load(file)
        self._module, self._function = content["scenario"].split(".")
        self._parameters = content["parameters"]
        self._report = content["report"]
        # Says where Krita hangs, into its log, before its time is up.
        self._stderr = open(2, "w", closefd=False)  # noqa: SIM115 (Krita replaces sys.stderr)
        faulthandler.dump_traceback_later(max(1.0, content["seconds"] - 2.0), file=self._stderr)
        self._steps = None
        self._waiting = None
        self._deadline = QTimer(self, singleShot=True)
        self._deadline.timeout.connect(self._too_late)
        self._poll = QTimer(self, interval=self._POLL_MS)
        self._poll.timeout.connect(self._look)

    def start(self) -> None:
        """Begin once the first window is there and its start-up work is done."""
        if self._steps is None:
            module = importlib.import_module("sfumato_driver." + self._module)
            self._steps = getattr(module, self._function)(**self._parameters)
            QTimer.singleShot(0, self._go_on)

    def _go_on(self) -> None:
        self._deadline.stop()
        self._poll.stop()
        self._waiting = None
        try:
            self._wait_for(next(self._steps))
        except StopIteration as end:
            self._finish(end.value or {})
        except BaseException:
            self._finish({"error": traceback.format_exc()})

    def _wait_for(self, wanted: Any) -> None:
        if isinstance(wanted, Pause):
            QTimer.singleShot(wanted.milliseconds, self._go_on)
            return
        self._waiting = wanted
        self._deadline.start(int(wanted.seconds * 1000))
        self._poll.start()

    def _look(self) -> None:
        try:
            holds = self._waiting.condition()
        except BaseException:
            self._finish({"error": traceback.format_exc()})
        if holds:
            self._go_on()

    def _too_late(self) -> None:
        waiting = self._waiting
        error = f"waited {waiting.seconds} s in vain for {waiting.what}; {waiting.instead()}"
        try:
            self._steps.throw(TimeoutError(error))
        except BaseException:
            error = traceback.format_exc()
        self._finish({"error": error})

    def _finish(self, report: Any) -> None:
        """Write the report whole or not at all, and leave."""
        with open(self._report + ".part", "w") as file:
            json.dump(report, file)
        os.rename(self._report + ".part", self._report)
        if report.get("quit"):  # Krita writes its settings only when it closes properly
            Krita.instance().action("file_quit").trigger()
            return
        os._exit(0)
