"""Files that are whole or not there: written beside their place, synced, renamed."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def beside(path: Path, replace: bool) -> Iterator[Path]:
    """A place to write to, which becomes `path` when the block ends well and else is removed.

    replace: whether a file that is at `path` by then may be replaced; where not, raises
    `FileExistsError` and `path` stays as it is. Raises `OSError`.
    """
    place = path.resolve() if replace and path.is_symlink() else path
    part = place.with_name(f".sfumato-{secrets.token_hex(6)}.part")
    try:
        yield part
        _sync(part)
        if replace:
            part.replace(place)
        else:
            _publish(part, place)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _publish(part: Path, place: Path) -> None:
    """Rename, unless there is something; some file systems cannot do that in one step."""
    try:
        os.link(part, place)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(place):
            raise FileExistsError(17, "File exists", str(place)) from None
        part.replace(place)


def _sync(part: Path) -> None:
    with part.open("rb+") as written:
        os.fsync(written.fileno())
