"""One server to a home: two would run each other's jobs and sweep each other's files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout


class HomeTaken(Exception):
    """Another server has this home; the text says what to do."""


@contextlib.contextmanager
def held(home: Path) -> Iterator[None]:
    """Have `home` alone for as long as the context lasts; the system lets go of it for a server
    that was killed. Raises `HomeTaken`, and `OSError` for a folder that cannot be written."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(home / "lock", blocking=False, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise HomeTaken(
            f"a server with the folder {home} is running already. Stop it, or give this one a "
            "folder of its own with --home."
        ) from error
    try:
        yield
    finally:
        lock.release()
