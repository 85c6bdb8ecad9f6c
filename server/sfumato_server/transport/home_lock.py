"""One server to a home: two would run each other's jobs and sweep each other's files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout


class HomeError(Exception):
    """A home that no server can have now; the text says why and what to do."""


@contextlib.contextmanager
def held(home: Path) -> Iterator[None]:
    """Have `home` alone for as long as the context lasts; the system lets go of it for a server
    that was killed. Raises `HomeError`."""
    lock = FileLock(home / "lock", blocking=False, thread_local=False)
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire()
    except Timeout as error:
        raise HomeError(
            f"a server with the folder {home} is running already. Stop it, or give this one a "
            "folder of its own with --home."
        ) from error
    except OSError as error:
        raise HomeError(
            f"its folder {home} cannot be written ({error.strerror or error}). "
            "Name another with --home."
        ) from error
    try:
        yield
    finally:
        lock.release()
