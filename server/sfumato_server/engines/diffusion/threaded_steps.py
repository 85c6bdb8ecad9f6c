"""Runs a call that reports its steps from within, and hands them over one by one.

The call runs in a thread of its own. It does not wait for the steps to be taken: a GPU stays busy
while previews are drawn. Closing the generator stops the call at its next step and waits for that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from queue import SimpleQueue
from typing import TypeVar

from ..base import Step

Result = TypeVar("Result")
Report = Callable[[Step], None]


class Stopped(Exception):
    """Raised by the report within the call once its result is no longer wanted."""


def steps_of(call: Callable[[Report], Result]) -> Generator[Step, None, Result]:
    """Yield what `call` reports, return what it returns; what it raises is raised here."""
    said: SimpleQueue[Step | None] = SimpleQueue()
    stopped = threading.Event()
    results: list[Result] = []
    errors: list[BaseException] = []

    def report(step: Step) -> None:
        if stopped.is_set():
            raise Stopped
        said.put(step)

    def work() -> None:
        try:
            results.append(call(report))
        except BaseException as error:  # noqa: BLE001 - handed to the consumer, whatever it is
            errors.append(error)
        finally:
            said.put(None)

    thread = threading.Thread(target=work, name="denoising", daemon=True)
    thread.start()
    try:
        while (step := said.get()) is not None:
            yield step
    finally:
        stopped.set()
        thread.join()
    if errors:
        raise errors[0]
    return results[0]
