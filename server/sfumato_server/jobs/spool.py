"""Jobs and finished passes on disk until their client has them safe.

One record a file: the length of an encoded message, the message, the wire bytes of its pictures,
and a CRC-32 of all that. A file is complete or not there: it is written beside its place and
renamed. For a job there is `ID.job` (its `submit`), `ID-N.pass` for each finished pass that is not
acknowledged (its `pass_done`), and `ID.end` (its `job_done` or `failed`). `ID.tries` has a byte for
each time that a server began or went on with it since its last pass.
"""

from __future__ import annotations

import contextlib
import logging
import os
import struct
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sfumato_protocol import checks, codec
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Failed, JobDone, Message, PassDone, Submit

log = logging.getLogger(__name__)

DAY = 86_400.0
MOST_BYTES = 8 * 2**30
_NUMBER = struct.Struct("<I")
M = TypeVar("M", bound=Message)


class SpoolError(Exception):
    """A record that cannot be read or is damaged; the text names it."""


class Gone(SpoolError):
    """A record that is not there (any more)."""


@dataclass(frozen=True)
class Kept:
    """What the spool knows of a job: its request, its unacknowledged passes, how it ended."""

    submit: Submit
    passes: tuple[PassDone, ...]
    end: JobDone | Failed | None


class Spool:
    """A folder of records. It is made when first needed. Safe to use from several threads.

    most_bytes, days: `sweep` removes the oldest jobs beyond these; 0 for `MOST_BYTES`.
    """

    def __init__(self, folder: Path, most_bytes: int = 0, days: float = 7.0) -> None:
        self._folder = folder
        self._most_bytes = most_bytes or MOST_BYTES
        self._days = days

    def put_job(self, submit: Submit, blobs: tuple[Blob, ...]) -> None:
        """Keep a request with its pixels. Raises `OSError` when the disk will not take it."""
        self._write(self._place(submit.job, ".job"), submit, blobs)

    def job(self, job: str) -> tuple[Submit, tuple[Blob, ...]]:
        """A kept request. Raises `SpoolError`."""
        return self._read(self._place(job, ".job"), Submit)

    def put_pass(self, done: PassDone, blobs: tuple[Blob, ...]) -> None:
        """Keep a finished pass. Raises `OSError` when the disk will not take it."""
        self._write(self._pass_place(done.job, done.planned.index), done, blobs)

    def finished_pass(self, job: str, index: int) -> tuple[PassDone, tuple[Blob, ...]]:
        """A kept pass. Raises `SpoolError`."""
        return self._read(self._pass_place(job, index), PassDone)

    def put_end(self, end: JobDone | Failed) -> None:
        """Keep how a job ended. Raises `OSError` when the disk will not take it."""
        self._write(self._place(end.job, ".end"), end, ())

    def note_try(self, job: str) -> int:
        """Count the beginning of a try; how many there have been since `forget_tries`, this one
        included. Raises `OSError`."""
        with open(self._place(job, ".tries"), "ab") as file:
            file.write(b".")
            return file.tell()

    def forget_tries(self, job: str) -> None:
        """The job has made progress, or was stopped with care."""
        self._place(job, ".tries").unlink(missing_ok=True)

    def drop_pass(self, job: str, index: int) -> None:
        """Forget a pass; one that is not there is forgotten already."""
        self._pass_place(job, index).unlink(missing_ok=True)

    def drop(self, job: str) -> None:
        """Forget all of a job."""
        # The request goes first: without its end it would be taken for unfinished, and run again.
        self._place(job, ".job").unlink(missing_ok=True)
        for file in (*self._folder.glob(f"{_checked(job)}-*.pass"), self._place(job, ".end")):
            file.unlink(missing_ok=True)
        self.forget_tries(job)

    def overflows(self) -> bool:
        """Whether more is kept than should be."""
        with os.scandir(self._folder) as files:
            return sum(map(_size, files)) > self._most_bytes

    def recover(self) -> Iterator[Kept]:
        """What an earlier server left behind, oldest first; damaged records are left out.

        A job that had ended and lost a pass is taken for unfinished: what it lacks is done again.
        """
        for file in sorted(self._folder.glob("*.job"), key=lambda place: place.stat().st_mtime):
            try:
                submit, _ = self._read(file, Submit)
            except SpoolError as error:
                log.warning("a job of an earlier run is lost: %s", error)
                self.drop(file.stem)
                continue
            yield Kept(submit, tuple(self._passes(submit.job)), self._end(submit.job))

    def sweep(self) -> None:
        """Forget jobs that are too old or, oldest first, too much; and unfinished writes."""
        for file in (*self._folder.glob("*.part"), *self._orphans()):
            file.unlink(missing_ok=True)
        jobs = sorted(self._folder.glob("*.job"), key=lambda place: -place.stat().st_mtime)
        # Old by the clock and by the newest job: a clock that jumped ahead takes nobody's work.
        newest = max((job.stat().st_mtime for job in jobs), default=0.0)
        oldest = min(time.time(), newest) - self._days * DAY
        total = 0
        for job in jobs:
            total += sum(file.stat().st_size for file in self._folder.glob(f"{job.stem}*"))
            if total > self._most_bytes or job.stat().st_mtime < oldest:
                self.drop(job.stem)

    def _orphans(self) -> Iterator[Path]:
        """What an interrupted `drop` left."""
        for suffix in ("pass", "end", "tries"):
            yield from self._without_job(suffix)

    def _without_job(self, suffix: str) -> Iterator[Path]:
        for file in self._folder.glob(f"*.{suffix}"):
            if not (self._folder / f"{file.stem.partition('-')[0]}.job").exists():
                yield file

    def _passes(self, job: str) -> Iterator[PassDone]:
        for file in sorted(self._folder.glob(f"{job}-*.pass")):
            try:
                yield self._read(file, PassDone)[0]
            except SpoolError as error:
                log.warning("a pass of an earlier run is lost: %s", error)
                file.unlink(missing_ok=True)
                self._place(job, ".end").unlink(missing_ok=True)

    def _end(self, job: str) -> JobDone | Failed | None:
        place = self._place(job, ".end")
        with contextlib.suppress(SpoolError):
            return self._read(place, JobDone)[0]
        with contextlib.suppress(SpoolError):
            return self._read(place, Failed)[0]
        return None

    def _place(self, job: str, suffix: str) -> Path:
        return self._folder / (_checked(job) + suffix)

    def _pass_place(self, job: str, index: int) -> Path:
        return self._folder / f"{_checked(job)}-{int(index):02}.pass"

    def _write(self, place: Path, message: Message, blobs: tuple[Blob, ...]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        head = codec.encode(message)
        parts = [_NUMBER.pack(len(head)), head, *(blob.data for blob in blobs)]
        descriptor, beside = tempfile.mkstemp(suffix=".part", dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                check = 0
                for part in parts:
                    file.write(part)
                    check = zlib.crc32(part, check)
                file.write(_NUMBER.pack(check))
                file.flush()
                os.fsync(file.fileno())  # a rename may reach the disk before what it names
            os.replace(beside, place)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise

    def _read(self, place: Path, kind: type[M]) -> tuple[M, tuple[Blob, ...]]:
        try:
            content = memoryview(place.read_bytes())
        except FileNotFoundError as error:
            raise Gone(f"{place.name} is not there") from error
        except OSError as error:
            raise SpoolError(f"{place.name} cannot be read: {error}") from error
        if len(content) < 2 * _NUMBER.size or not _is_whole(content):
            raise SpoolError(f"{place.name} is damaged: its checksum is wrong")
        (length,) = _NUMBER.unpack_from(content)
        position = _NUMBER.size + length
        try:
            message = codec.decode(content[_NUMBER.size : position])
        except ProtocolError as error:
            raise SpoolError(f"{place.name} does not decode: {error}") from error
        if not isinstance(message, kind):
            raise SpoolError(f"{place.name} holds {message.type}, not {kind.type}")
        blobs = []
        for info in message.blobs():
            blobs.append(Blob(info, content[position : position + info.stored]))
            position += info.stored
        if position > len(content) - _NUMBER.size:
            raise SpoolError(f"{place.name} is damaged: its pixels are not all there")
        return message, tuple(blobs)


def _size(file: os.DirEntry[str]) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # renamed or removed since it was listed
        return 0


def _is_whole(content: memoryview) -> bool:
    (check,) = _NUMBER.unpack_from(content, len(content) - _NUMBER.size)
    return bool(zlib.crc32(content[: -_NUMBER.size]) == check)


def _checked(job: str) -> str:
    checks.job_id("job", job)  # what becomes part of a path is never taken on trust
    return job
