"""What the server logs, for people or for machines. Never tokens, prompts or pixels."""

from __future__ import annotations

import json
import logging
import re
import time

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def set_up(as_json: bool, verbose: bool) -> None:
    """Log to standard error: warnings, or with `verbose` each connection and job too."""
    handler = logging.StreamHandler()
    if as_json:
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(Lines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO if verbose else logging.WARNING)
    # The library logs each refused handshake with a trace; the gate says it in one line.
    logging.getLogger("websockets").setLevel(logging.ERROR)


class Lines(logging.Formatter):
    """One line a message: what a client put into it can neither begin another nor colour it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The line, control characters written as escapes."""
        line = super().formatMessage(record)
        return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), line)


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and the error if there is one."""

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
        return json.dumps(line, ensure_ascii=False)
