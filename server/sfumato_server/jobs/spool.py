"""Jobs and finished passes on disk until their client has them safe.

For a job there are records (`records`) `ID.job` (its `submit`), `ID-N.pass` for each finished pass
that is not acknowledged (its `pass_done`), which is `ID-N.kept` once it is and the client would
rather have it kept, and `ID.end` (its `job_done` or `failed`). `ID.tries` has a byte for each time
that a server began or went on with it since its last pass.

A job that has ended and of whose passes none is owed to anybody is a cache: it goes first, and by
when it was made use of last.

Nothing goes because it could not be read: what is damaged or of a newer version stays until it is
written anew or too old.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sfumato_protocol import checks
from sfumato_protocol.blobs import Blob
from sfumato_protocol.messages import Failed, JobDone, PassDone, Submit

from . import records
from .records import Damaged, Gone

log = logging.getLogger(__name__)

DAY = 86_400.0
MOST_BYTES = 8 * 2**30
MOST_CACHED_BYTES = 2 * 2**30
MOST_CACHED = 512  # jobs
_OWN = re.compile(r"([0-9a-f]{32})(?:\.job|\.end|\.tries|-\d\d\.pass|-\d\d\.kept)")


class Look(Protocol):
    """How a record is read."""

    def __call__(self, place: Path, kind: type[records.M]) -> records.M: ...


@dataclass(frozen=True)
class Kept:
    """What the spool knows of a job: its request, its unacknowledged passes, how it ended, and the
    passes that are acknowledged and kept."""

    submit: Submit
    passes: tuple[PassDone, ...]
    end: JobDone | Failed | None
    kept: tuple[PassDone, ...] = ()


class Spool:
    """A folder of records. It is made when first needed. Safe to use from several threads.

    most_bytes, days: the oldest jobs beyond these are a `surplus`; 0 bytes for `MOST_BYTES`.
    cached_bytes: likewise, of the cache alone.
    """

    def __init__(
        self, folder: Path, most_bytes: int = 0, days: float = 7.0, cached_bytes: int = 0
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes or MOST_BYTES
        self._cached_bytes = cached_bytes or MOST_CACHED_BYTES
        self._days = days

    def put_job(self, submit: Submit, blobs: tuple[Blob, ...]) -> None:
        """Keep a request with its pixels. Raises `OSError` when the disk will not take it."""
        records.write(self._place(submit.job, ".job"), submit, blobs)

    def job(self, job: str) -> tuple[Submit, tuple[Blob, ...]]:
        """A kept request. Raises `RecordError`."""
        return records.read(self._place(job, ".job"), Submit)

    def put_pass(self, done: PassDone, blobs: tuple[Blob, ...]) -> None:
        """Keep a finished pass. Raises `OSError` when the disk will not take it."""
        records.write(self._pass_place(done.job, done.planned.index), done, blobs)

    def finished_pass(self, job: str, index: int) -> tuple[PassDone, tuple[Blob, ...]]:
        """A pass that is here. Raises `RecordError`."""
        try:
            return records.read(self._pass_place(job, index), PassDone)
        except Gone:
            return records.read(self._kept_place(job, index), PassDone)

    def keep_pass(self, job: str, index: int) -> None:
        """The pass is acknowledged, and stays in the cache. Raises `OSError`."""
        with contextlib.suppress(FileNotFoundError):
            os.replace(self._pass_place(job, index), self._kept_place(job, index))

    def touch(self, job: str) -> None:
        """The job was made use of. Raises `OSError`."""
        os.utime(self._place(job, ".job"))

    def put_end(self, end: JobDone | Failed) -> None:
        """Keep how a job ended. Raises `OSError` when the disk will not take it."""
        records.write(self._place(end.job, ".end"), end, ())

    def note_try(self, job: str) -> int:
        """Count the beginning of a try; how many there have been since `forget_tries`, this one
        included. Raises `OSError`."""
        with open(self._place(job, ".tries"), "ab") as file:
            file.write(b".")
            return file.tell()

    def forget_tries(self, job: str) -> None:
        """The job has made progress, or was stopped with care. Raises `OSError`."""
        self._place(job, ".tries").unlink(missing_ok=True)

    def drop_passes(self, job: str, indices: Iterable[int]) -> None:
        """Forget passes; one that is not there is forgotten already. Raises `OSError`."""
        for index in indices:
            self._pass_place(job, index).unlink(missing_ok=True)
            self._kept_place(job, index).unlink(missing_ok=True)

    def drop(self, job: str) -> None:
        """Forget all of a job. Raises `OSError`."""
        # The request goes first: without its end it would be taken for unfinished, and run again.
        self._place(job, ".job").unlink(missing_ok=True)
        for file in self._files():
            if file.name.startswith(_checked(job)):
                Path(file).unlink(missing_ok=True)

    def jobs(self) -> list[str]:
        """The jobs of which there are requests, oldest first. Raises `OSError`."""
        files = [file for file in self._files() if file.name.endswith(".job")]
        return [Path(file.name).stem for file in sorted(files, key=_age)]

    def recover(self, job: str) -> Kept:
        """What an earlier server left of a job. Raises `RecordError`, of which `Unreadable` may be
        over when it is asked again.

        A job that had ended and has a damaged pass is taken for unfinished: it is done again. Of
        one that is a cache alone no pictures are read: there may be many, and a server is to start.
        """
        found = {Path(file.name).suffix for file in self._files() if file.name.startswith(job)}
        look = records.message if ".end" in found and ".pass" not in found else _whole
        submit = look(self._place(job, ".job"), Submit)
        passes, damaged = self._passes_of(job, ".pass", look)
        kept, lost = self._passes_of(job, ".kept", look)
        if lost:
            log.warning("job %s cannot be asked for again as a whole", job)
        end = None if damaged else self._end(job)
        return Kept(submit, tuple(passes), end, tuple(kept))

    def _passes_of(self, job: str, suffix: str, look: Look) -> tuple[list[PassDone], bool]:
        """The passes that there are, and whether one is damaged."""
        passes, damaged = [], False
        for file in sorted(self._files(), key=lambda found: found.name):
            if file.name.startswith(job) and file.name.endswith(suffix):
                try:
                    passes.append(look(Path(file), PassDone))
                except (Damaged, Gone) as error:
                    log.warning("a pass of an earlier run is lost: %s", error)
                    damaged = True
        return passes, damaged

    def surplus(self) -> list[str]:
        """The jobs that are too old or, oldest first, too much. Raises `OSError`."""
        sizes: dict[str, int] = {}
        ages: dict[str, float] = {}
        kinds: dict[str, set[str]] = {}
        for file in self._files():
            job = file.name[:32]
            with contextlib.suppress(FileNotFoundError):  # dropped since it was listed
                facts = file.stat()
                sizes[job] = sizes.get(job, 0) + facts.st_size
                kinds.setdefault(job, set()).add(Path(file.name).suffix)
                if file.name.endswith(".job"):
                    ages[job] = facts.st_mtime
        # Old by the clock and by the newest job: a clock that jumped ahead takes nobody's work.
        oldest = min(time.time(), max(ages.values(), default=0.0)) - self._days * DAY
        cached = {job for job in ages if ".end" in kinds[job] and ".pass" not in kinds[job]}
        total, cache, count, found = 0, 0, 0, []
        for job in sorted(ages, key=lambda name: (name in cached, -ages[name])):
            total += sizes[job]
            if job in cached:
                cache, count = cache + sizes[job], count + 1
            crowded = cache > self._cached_bytes or count > MOST_CACHED
            if total > self._most_bytes or ages[job] < oldest or (job in cached and crowded):
                found.append(job)
        return found

    def sweep(self) -> None:
        """Forget the surplus, unfinished writes, and what an interrupted `drop` left. Only for who
        has the folder alone. Raises `OSError` where it cannot be listed."""
        parts = self._folder.glob(f"*{records.PART}")
        orphans = (Path(file) for file in self._files() if not self._is_asked(file.name[:32]))
        for file in (*parts, *orphans):
            with _noted(f"{file.name} could not be removed"):
                file.unlink(missing_ok=True)
        for job in self.surplus():
            with _noted(f"job {job} could not be forgotten"):
                self.drop(job)

    def _files(self) -> list[os.DirEntry[str]]:
        """Our own files; whatever else lies in the folder is nobody's business."""
        try:
            with os.scandir(self._folder) as entries:
                return [
                    entry
                    for entry in entries
                    if _OWN.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
                ]
        except FileNotFoundError:
            return []

    def _is_asked(self, job: str) -> bool:
        return os.path.lexists(self._place(job, ".job"))

    def _end(self, job: str) -> JobDone | Failed | None:
        """How a job ended; None where it did not, or where nobody can tell any more."""
        place = self._place(job, ".end")
        try:
            return records.read(place, JobDone)[0]
        except Damaged:
            with contextlib.suppress(Damaged, Gone):
                return records.read(place, Failed)[0]
        except Gone:
            log.debug("job %s had not ended", job)
        return None

    def _place(self, job: str, suffix: str) -> Path:
        return self._folder / (_checked(job) + suffix)

    def _pass_place(self, job: str, index: int) -> Path:
        return self._folder / f"{_checked(job)}-{int(index):02}.pass"

    def _kept_place(self, job: str, index: int) -> Path:
        return self._folder / f"{_checked(job)}-{int(index):02}.kept"


def _whole(place: Path, kind: type[records.M]) -> records.M:
    return records.read(place, kind)[0]


@contextlib.contextmanager
def _noted(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.warning("%s: %s", what, error.strerror or error)


def _age(file: os.DirEntry[str]) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # renamed or removed since it was listed
        return 0.0


def _checked(job: str) -> str:
    checks.job_id("job", job)  # what becomes part of a path is never taken on trust
    return job
