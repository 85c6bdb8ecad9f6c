"""One message with its pictures in a file that is complete or not there.

The length of the encoded message, the message, the wire bytes of its pictures, and a CRC-32 of all
that. It is written beside its place and renamed.
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
import tempfile
import zlib
from pathlib import Path
from typing import TypeVar

from sfumato_protocol import codec
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Message

PART = ".part"
_NUMBER = struct.Struct("<I")
M = TypeVar("M", bound=Message)


class RecordError(Exception):
    """A record that does not give its message; the text names it."""


class Gone(RecordError):
    """It is not there (any more)."""


class Unreadable(RecordError):
    """It may be whole and cannot be read now or by this version: leave it and try again."""


class Damaged(RecordError):
    """It is not what was written."""


def write(place: Path, message: Message, blobs: tuple[Blob, ...]) -> None:
    """Keep a message. Raises `OSError` where the disk will not take it, and leaves nothing."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    head = codec.encode(message)
    descriptor, beside = tempfile.mkstemp(suffix=PART, dir=place.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            check = 0
            for part in (_NUMBER.pack(len(head)), head, *(blob.data for blob in blobs)):
                file.write(part)
                check = zlib.crc32(part, check)
            file.write(_NUMBER.pack(check))
            file.flush()
            os.fsync(file.fileno())  # a rename may reach the disk before what it names
        os.replace(beside, place)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def read(place: Path, kind: type[M]) -> tuple[M, tuple[Blob, ...]]:
    """A kept message with its pictures. Raises `RecordError`."""
    content = memoryview(_content(place))
    if len(content) < 2 * _NUMBER.size or not _is_whole(content):
        raise Damaged(f"{place.name} is damaged: its checksum is wrong")
    (length,) = _NUMBER.unpack_from(content)
    position = _NUMBER.size + length
    try:
        message = codec.decode(content[_NUMBER.size : position])
    except ProtocolError as error:  # it is as it was written: by a newer version
        raise Unreadable(f"{place.name} does not decode: {error}") from error
    if not isinstance(message, kind):
        raise Damaged(f"{place.name} holds {message.type}, not {kind.type}")
    blobs = []
    for info in message.blobs():
        blobs.append(Blob(info, content[position : position + info.stored]))
        position += info.stored
    if position > len(content) - _NUMBER.size:
        raise Damaged(f"{place.name} is damaged: its pixels are not all there")
    return message, tuple(blobs)


def message(place: Path, kind: type[M]) -> M:
    """A kept message alone. Of its pictures no more is looked at than whether they can be whole: to
    read gigabytes takes its time. Raises `RecordError`."""
    head = memoryview(_content(place, _NUMBER.size + codec.MAX_FRAME))
    with contextlib.suppress(ProtocolError, OSError, struct.error):
        (length,) = _NUMBER.unpack_from(head)
        found = codec.decode(head[_NUMBER.size : _NUMBER.size + length])
        size = 2 * _NUMBER.size + length + sum(info.stored for info in found.blobs())
        if isinstance(found, kind) and place.stat().st_size == size:
            return found
    return read(place, kind)[0]  # which knows what is wrong with it


def _content(place: Path, most: int = -1) -> bytes:
    """The first `most` bytes, -1 for all."""
    try:
        # A pipe would be waited for.
        descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable(f"{place.name} is no file")
            return file.read(most)
    except FileNotFoundError as error:
        raise Gone(f"{place.name} is not there") from error
    except OSError as error:
        raise Unreadable(f"{place.name} cannot be read: {error.strerror or error}") from error


_BINARY = getattr(os, "O_BINARY", 0)


def _is_whole(content: memoryview) -> bool:
    (check,) = _NUMBER.unpack_from(content, len(content) - _NUMBER.size)
    return bool(zlib.crc32(content[: -_NUMBER.size]) == check)
