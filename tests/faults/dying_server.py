"""The server's command, but killed at the n-th change to its disk: `dying_server N serve …`.

Before and after each rename and each removal counts as one.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from sfumato_server.__main__ import main


def dying(change: Callable[..., Any], number: int, count: itertools.count[int]) -> Any:
    """`change`, with death before it or after it when the count has come to `number`."""

    def changed(*values: Any, **named: Any) -> Any:
        _die_at(number, next(count))
        result = change(*values, **named)
        _die_at(number, next(count))
        return result

    return changed


def _die_at(number: int, now: int) -> None:
    if now == number:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    changes, fatal = itertools.count(1), int(sys.argv.pop(1))
    os.replace = dying(os.replace, fatal, changes)
    os.unlink = dying(os.unlink, fatal, changes)  # which is what `Path.unlink` calls
    main()
