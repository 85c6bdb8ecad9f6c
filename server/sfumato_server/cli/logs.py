"""What the server logs, for people or for machines. Never tokens, prompts or pixels."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from sfumato_protocol.plain_text import printable

MOST_ALIKE = 60
WINDOW_SECONDS = 60.0
_MOST_KINDS = 1000


def set_up(as_json: bool, verbose: bool) -> None:
    """Log to standard error: warnings, or with `verbose` each connection and job too."""
    handler = logging.StreamHandler()
    if as_json:
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(Lines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(FewAlike())
    logging.basicConfig(handlers=[handler], level=logging.INFO if verbose else logging.WARNING)
    # The library logs each refused handshake with a trace; the gate says it in one line.
    logging.getLogger("websockets").setLevel(logging.ERROR)


class Lines(logging.Formatter):
    """One line a message: what a client put into it can neither begin another nor colour it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The line, control characters written as escapes."""
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """The trace, which may quote anything too, behind a margin."""
        return _with_margin(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        """As the trace."""
        return _with_margin(stack_info)


class JsonLines(logging.Formatter):
    """One JSON object a line, ASCII without control characters: time (UTC), level, logger, message,
    and the error if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "time": f"{when}.{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line).replace("\x7f", "\\u007f")


class FewAlike(logging.Filter):
    """Of one message at most `MOST_ALIKE` in `WINDOW_SECONDS`, whatever it is filled with: whoever
    knocks without end must not fill a disk. The next that passes tells how many did not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._kinds: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is logged."""
        kind, now = (record.name, str(record.msg)[:200]), self._clock()
        begun, count = self._kinds.get(kind, (now, 0))
        if now - begun >= WINDOW_SECONDS:
            if count > MOST_ALIKE:
                said = f"{record.getMessage()} ({count - MOST_ALIKE} more like it were left out)"
                record.msg, record.args = said, ()
            begun, count = now, 0
        if len(self._kinds) >= _MOST_KINDS:
            self._kinds.clear()
        self._kinds[kind] = (begun, count + 1)
        return count < MOST_ALIKE


def _with_margin(text: str) -> str:
    return "\n".join("  | " + printable(line) for line in text.split("\n"))
