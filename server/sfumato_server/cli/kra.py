"""The jobs whose records lie in a .kra file. Such files come from anywhere: nothing in them is
believed, and no more is unpacked than a record may have."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sfumato_protocol import provenance
from sfumato_protocol.provenance import LARGEST, PREFIX, Provenance, Unreadable

LARGEST_SIP = 4 * 1024 * 1024  # bytes; the list of what is in the file comes as one
MOST_RECORDS = 500
_FOLDER = "annotations"
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError)


class UnreadableFile(ValueError):
    """A file that cannot be read as a Krita file; the text says why."""


class _Sips:
    """A file that is read in small pieces: `zipfile` takes in the whole list of entries at once,
    of whatever size the file claims for it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, count: int = -1) -> bytes:
        content = self._file.read(min(count, LARGEST_SIP + 1) if count >= 0 else LARGEST_SIP + 1)
        if len(content) > LARGEST_SIP:
            raise UnreadableFile(f"a list of entries of more than {LARGEST_SIP} bytes")
        return content


def jobs(path: Path) -> tuple[Provenance, ...]:
    """The records in a .kra file, in its order. Raises `UnreadableFile`, `OSError` where there is
    no such file."""
    with open(path, "rb") as file:
        return read(file)


def read(file: BinaryIO) -> tuple[Provenance, ...]:
    """The same of an open file."""
    try:
        with zipfile.ZipFile(_Sips(file)) as archive:
            return tuple(_records(archive))
    except UnreadableFile:
        raise
    except _BROKEN as error:
        reason = str(error) or type(error).__name__  # it may quote a name of any length
        raise UnreadableFile(reason[:200]) from error


def _records(archive: zipfile.ZipFile) -> Iterator[Provenance]:
    entries = [entry for entry in archive.infolist() if _is_record(entry.filename)]
    if len(entries) > MOST_RECORDS:
        raise UnreadableFile(f"{len(entries)} records; expected at most {MOST_RECORDS}")
    for entry in entries:
        if entry.compress_type not in _KINDS or entry.flag_bits & _ENCRYPTED:
            raise UnreadableFile("a record that is packed in a way Krita never does")
        with archive.open(entry) as packed:
            content = packed.read(LARGEST + 1)
        try:
            yield provenance.read(content)
        except Unreadable as error:
            raise UnreadableFile(f"a record is none: {error}") from error


def _is_record(name: str) -> bool:
    folder, _, last = name.rpartition("/")
    return last.startswith(PREFIX) and folder.rpartition("/")[2] == _FOLDER
