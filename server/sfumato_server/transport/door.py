"""Who may stand at the door: few that have shown no token, and never so many connections that the
disk finds no descriptor left."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import weakref
from typing import Any

from websockets.asyncio.server import ServerConnection

if sys.platform != "win32":
    import resource

log = logging.getLogger(__name__)

MOST_WAITING = 128
_RESERVED = 128  # descriptors for jobs on disk, the engine's process and its memory


class AtTheDoor(ServerConnection):
    """A connection that comes through a door. stays: it was not sent off before it was made.
    secure: with TLS, which is not even begun where no descriptor is left: asyncio drops what
    cannot be made."""

    door: Door
    secure: bool

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.stays = self.door.knock(self)
        if self.secure and not self.stays:
            raise ConnectionAbortedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or end at once."""
        if self.stays:
            super().connection_made(transport)
        elif isinstance(transport, asyncio.Transport):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room for another."""
        self.door.leave(self)
        if hasattr(self, "transport"):
            super().connection_lost(exc)


class Door:
    """Counts those who wait. Where too many do, the one that waits longest goes: whoever has the
    token is let in within milliseconds. highest: descriptor that a connection may have, None to
    ask the system."""

    def __init__(self, most: int = MOST_WAITING, highest: int | None = None) -> None:
        self._most = most
        self._highest = _highest() if highest is None else highest
        self._waiting: weakref.WeakKeyDictionary[ServerConnection, None] = (
            weakref.WeakKeyDictionary()
        )

    def connections(self, secure: bool) -> type[AtTheDoor]:
        """The class of the connections that come through this door, with TLS or without."""
        return type("Connection", (AtTheDoor,), {"door": self, "secure": secure})

    def knock(self, connection: AtTheDoor) -> bool:
        """One more; whether a descriptor is left for it."""
        if _next_descriptor() > self._highest:
            log.warning("a connection was turned away: this process may have no more files open")
            return False
        if len(self._waiting) >= self._most:
            self._send_off(next(iter(self._waiting)))
        self._waiting[connection] = None
        return True

    def leave(self, connection: ServerConnection) -> None:
        """It was let in, or is gone."""
        self._waiting.pop(connection, None)

    def _send_off(self, oldest: ServerConnection) -> None:
        log.info("a connection without a token made way for another")
        self.leave(oldest)
        if hasattr(oldest, "transport"):
            oldest.transport.abort()
        elif isinstance(oldest, AtTheDoor):
            oldest.stays = False


def _highest() -> int:
    if sys.platform == "win32":
        return sys.maxsize
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit - min(_RESERVED, limit // 4)


def _next_descriptor() -> int:
    """The system gives the lowest that is free: so it tells how many are in use."""
    try:
        descriptor = os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return sys.maxsize
    os.close(descriptor)
    return descriptor
