"""PNG files as their chunks, bounded: what lies beside the pixels (PNG specification, 5.3)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk's bytes."""
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def walk(file: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(kind, first byte, byte behind it) of each whole chunk, header and checksum included."""
    at = len(SIGNATURE)
    while at + 12 <= len(file):
        size, kind = struct.unpack_from(">I4s", file, at)
        end = at + 12 + size
        if end > len(file):
            return
        yield kind, at, end
        at = end


def content(file: bytes, first: int, end: int) -> bytes:
    """What a chunk that `walk` found holds."""
    return file[first + 8 : end - 4]


def unpacked(packed: bytes, most: int) -> bytes:
    """Bytes packed by zlib. Raises `ValueError` for more than `most` of them, or broken ones."""
    try:
        unpacking = zlib.decompressobj()
        found = unpacking.decompress(packed, most + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(found) > most or not unpacking.eof:
        raise ValueError(f"broken, or of more than {most} bytes")
    return found


def profile(file: bytes, most: int) -> bytes | None:
    """The ICC profile in a PNG, None without one. Raises `ValueError` for a broken one."""
    for kind, first, end in walk(file):
        if kind == b"iCCP":
            _, _, packed = content(file, first, end).partition(b"\0")
            return unpacked(packed[1:], most)
        if kind == b"IDAT":
            break
    return None


def without(file: bytes, kinds: frozenset[bytes]) -> bytes:
    """The same file without chunks of these kinds; what is broken stays as it is."""
    kept, last = [], 0
    for kind, first, end in walk(file):
        if kind in kinds:
            kept.append(file[last:first])
            last = end
    return b"".join([*kept, file[last:]])
