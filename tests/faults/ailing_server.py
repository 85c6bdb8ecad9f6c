"""The server's command on a disk that ails while files in its home say so: `ailing_server serve …`.

`disk-full` lets no file be written to the end, `disk-read-only` none be made, renamed or removed,
`disk-slow` takes the seconds that stand in it to write one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sfumato_server.__main__ import main

HOME = Path(os.environ["SFUMATO_HOME"])


def ailing(change: Callable[..., Any], ails: Callable[..., bool], number: int) -> Any:
    """`change`, which fails with `number` while it `ails`."""

    def changed(*values: Any, **named: Any) -> Any:
        if ails(*values):
            raise OSError(number, os.strerror(number))
        return change(*values, **named)

    return changed


def _is(state: str) -> bool:
    return (HOME / state).exists()


def _is_read_only(*values: Any) -> bool:
    return _is("disk-read-only") and str(values[0]).startswith(str(HOME / "spool"))


def _is_made_read_only(*values: Any) -> bool:
    return len(values) > 1 and bool(values[1] & os.O_CREAT) and _is_read_only(*values)


def _is_full(*_: Any) -> bool:
    with contextlib.suppress(FileNotFoundError):
        time.sleep(float((HOME / "disk-slow").read_text()))
    return _is("disk-full")


if __name__ == "__main__":
    os.fsync = ailing(os.fsync, _is_full, errno.ENOSPC)
    for name in ("replace", "unlink"):
        setattr(os, name, ailing(getattr(os, name), _is_read_only, errno.EROFS))
    os.open = ailing(os.open, _is_made_read_only, errno.EROFS)
    main()
