"""A bar for each pass of a job, as it runs."""

from __future__ import annotations

import contextlib

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sfumato_protocol import messages
from sfumato_protocol.plain_text import printable

from ..client.client import Event

_DEAF = (OSError, SystemExit)  # rich would end the program where nobody reads the pipe


class PassBars:
    """A context manager; give `hear` to `Client.inpaint` as `on_event`. A terminal that is gone, or
    a pipe that nobody reads, ends no job."""

    def __init__(self, console: Console | None = None) -> None:
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32),
            TextColumn("{task.fields[state]}", markup=False),
            TimeElapsedColumn(),
            console=console,
        )
        self._tasks: dict[int, TaskID] = {}

    def __enter__(self) -> PassBars:
        with contextlib.suppress(*_DEAF):
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(*_DEAF, IndexError):  # the last of bars that were half begun
            self._bars.stop()

    def hear(self, event: Event) -> None:
        """Show what an event tells."""
        with contextlib.suppress(*_DEAF):
            self._show(event)

    def _show(self, event: Event) -> None:
        if isinstance(event, messages.Accepted):
            for planned in event.plan:
                title = f"Pass {planned.index}: {planned.extent.zone:5} {planned.strength:.2f}"
                title += f" {planned.engine}" if planned.engine else ""
                if planned.index in self._tasks:  # told anew over another connection
                    continue
                self._tasks[planned.index] = self._bars.add_task(
                    title, start=False, total=None, state="waiting"
                )
        elif isinstance(event, messages.Advice):
            for note in event.notes:
                self._bars.console.print(f"Advice: {printable(note.sentence)}", markup=False)
        elif isinstance(event, messages.Progress) and event.index in self._tasks:
            task = self._tasks[event.index]
            self._bars.start_task(task)
            state = printable(event.note) or f"step {event.step} of {event.steps}"
            self._bars.update(task, completed=event.step, total=event.steps or None, state=state)
        elif isinstance(event, messages.PassDone) and event.planned.index in self._tasks:
            task = self._tasks[event.planned.index]
            self._bars.update(task, total=1, completed=1, state="done")
            self._bars.stop_task(task)
