"""What is noted of jobs: several Kritas share one folder, and each has a file of its own in it.

A Krita locks its file for as long as it runs. The lock goes with the process, however that ends: so
what a crashed Krita noted is free for the next one, and what a running one did is not.
"""

import io
import os
import sys
from contextlib import suppress
from typing import IO, Optional

from .core import ledger
from .settings import FileStore

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

MOST_KRITAS = 16


class Notes:
    """A `Store` for jobs. It is read once, at the start, and has what it reads from then on, as
    long as it lives."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._files = FileStore(folder)
        self._own = ""
        self._lock: IO[bytes] = io.BytesIO()

    def __del__(self) -> None:
        self._lock.close()

    def read(self, name: str, default: str) -> str:
        """What this Krita's file says, with that of all Kritas that have ended."""
        text = ""
        for number in range(MOST_KRITAS):
            place = "{}-{}".format(name, number) if number else name
            found = self._files.read(place, "") if self._own else ""
            if self._own and not found:
                continue
            lock = _locked(os.path.join(self._folder, "sfumato-{}.lock".format(place)))
            if lock is None:
                continue
            if not self._own:
                self._own, self._lock = place, lock
                text = self._files.read(place, "")
                continue
            with lock:
                text = self._take_over(text, place)
        return text or default

    def write(self, name: str, value: str) -> None:
        """Keep `value` for this Krita, or nothing for "". Raises `OSError`."""
        self._files.write(self._own or name, value)

    def _take_over(self, text: str, place: str) -> str:
        """Both texts as one, in this Krita's file before it goes from the other."""
        both = (text, self._files.read(place, ""))
        requests = [request for one in both for request in ledger.read(one)]
        debts = [debt for one in both for debt in ledger.read_debts(one)]
        joined = ledger.write(sorted(requests, key=lambda request: request.asked), debts)
        with suppress(OSError):  # noted in both files, a job is still one job
            self._files.write(self._own, joined)
            self._files.write(place, "")
        return joined


def _locked(path: str) -> Optional[IO[bytes]]:
    """A lock file of our own, None if another process has it. Where there are no locks it is free:
    that a second Krita shares it is rarer than that the first one is the only one."""
    try:
        file = open(path, "ab")  # noqa: SIM115 (held until the process ends)
    except OSError:
        return io.BytesIO()
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        file.close()
        return None
    except OSError:
        pass
    return file
