"""What the WebSocket library logs, without traces of what clients and networks do every day."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

from websockets.exceptions import InvalidHandshake

log = logging.getLogger(__name__)

# What the library says when a line ends where it does not look for it: in the middle of a handshake
# (up to version 16), or with bytes on the way to a side that has closed already.
_ENDINGS = ("opening handshake failed", "unexpected internal error")
_ORDINARY = (EOFError, ConnectionError, TimeoutError, InvalidHandshake)


class WebSocketLog(logging.LoggerAdapter):  # type: ignore[type-arg]  # generic from Python 3.11 on
    """A logger for the library. The end of a line is one quiet line of the log; any other fault
    keeps its level and its trace."""

    def __init__(self, name: str) -> None:
        super().__init__(logging.getLogger(name), {})

    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        """Leave message and arguments as they are: the library adds its own."""
        return msg, kwargs

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Log, or say in one line of our own, level INFO, that a line has ended."""
        fault = sys.exc_info()[1] if kwargs.get("exc_info") else None
        if msg in _ENDINGS and isinstance(fault, _ORDINARY):
            log.info("a connection ended early: %s", fault)
        else:
            super().log(level, msg, *args, **kwargs)
