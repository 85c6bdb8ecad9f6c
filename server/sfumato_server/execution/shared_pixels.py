"""The block of shared memory through which a job's pixels reach the child process and come back.

Layout in bytes: the crop | the selection | each pass that is done already: its result, its mask |
room for one pass: its result, its mask. A pass covers at most the crop, so room for crop and
selection is room for any pass.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

from .runner import Finished, Ladder

Pixels = bytes | memoryview

_PLACE = Path("/dev/shm")  # where Linux shows the blocks; other systems take theirs back themselves
_PREFIX = "sfumato-"
_PIECE = 2**20


@dataclass(frozen=True)
class Address:
    """Where a job's block is and how it is divided; small enough for a pipe. done: bytes of result
    and mask of the passes that are done."""

    name: str
    pixel_bytes: int
    selection_bytes: int
    done: tuple[tuple[int, int], ...] = ()

    @property
    def slot(self) -> int:
        """Where the room for a pass begins."""
        return self.pixel_bytes + self.selection_bytes + sum(map(sum, self.done))


class SharedPixels:
    """One job's block. The parent makes and removes it, the child only opens it."""

    def __init__(self, block: SharedMemory, address: Address) -> None:
        self._block = block
        self.address = address

    @classmethod
    def holding(cls, ladder: Ladder) -> SharedPixels:
        """A new block with a ladder's pixels in it. Raises `OSError` when memory is short."""
        contents = [ladder.pixels, ladder.selection]
        for one in ladder.done:
            contents += [one.result, one.mask]
        name = f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"  # macOS takes 30 characters
        block = SharedMemory(name, create=True, size=needed(ladder))
        try:
            _reserve(block)
        except OSError:
            block.close()
            block.unlink()
            raise
        done = tuple((len(one.result), len(one.mask)) for one in ladder.done)
        memory = cls(block, Address(block.name, len(ladder.pixels), len(ladder.selection), done))
        memory._write(0, *contents)
        return memory

    @classmethod
    def at(cls, address: Address) -> SharedPixels:
        """Open a block that another process made."""
        return cls(SharedMemory(name=address.name), address)

    def filled(self, ladder: Ladder) -> Ladder:
        """The ladder with the pixels that its parent took out (`without_pixels`)."""
        place = self.address
        lengths = [place.pixel_bytes, place.selection_bytes]
        for pair in place.done:
            lengths += pair
        pixels, selection, *rest = self._read(0, *lengths)
        done = tuple(
            replace(one, result=result, mask=mask)
            for one, result, mask in zip(ladder.done, rest[::2], rest[1::2], strict=True)
        )
        return replace(ladder, pixels=pixels, selection=selection, done=done)

    def put_pass(self, result: Pixels, mask: Pixels) -> None:
        """Write one pass over the one before."""
        self._write(self.address.slot, result, mask)

    def take_pass(self, result_bytes: int, mask_bytes: int) -> tuple[memoryview, memoryview]:
        """The pass that was last written."""
        result, mask = self._read(self.address.slot, result_bytes, mask_bytes)
        return result, mask

    def close(self) -> None:
        """Let go of the block."""
        self._block.close()

    def remove(self) -> None:
        """Let go of the block and give its memory back."""
        self._block.close()
        self._block.unlink()

    # Views of the buffer must not outlive these calls: a block with views cannot be closed.

    def _write(self, start: int, *contents: Pixels) -> None:
        assert self._block.buf is not None
        for content in contents:
            for piece in _pieces(memoryview(content)):
                self._block.buf[start : start + len(piece)] = piece
                start += len(piece)

    def _read(self, start: int, *lengths: int) -> list[memoryview]:
        assert self._block.buf is not None
        found = []
        for length in lengths:
            copied = bytearray()  # one of that length would be filled with zeros first
            with self._block.buf[start : start + length] as content:
                for piece in _pieces(content):
                    copied += piece
            found.append(memoryview(copied))
            start += length
        return found


def _pieces(content: memoryview) -> Iterator[memoryview]:
    """No other thread of Python runs during one copy, and some must answer meanwhile."""
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]


def needed(ladder: Ladder) -> int:
    """Bytes of the block that holds a ladder and room for its passes."""
    done = sum(len(one.result) + len(one.mask) for one in ladder.done)
    return 2 * (len(ladder.pixels) + len(ladder.selection)) + done


def without_pixels(finished: Finished) -> Finished:
    """A pass as it goes through a pipe, while its pixels lie in the block."""
    return replace(finished, result=b"", mask=b"")


def check_of(result: Pixels, mask: Pixels) -> int:
    """The CRC-32 of a pass's pixels, by which their way through the block is checked."""
    return zlib.crc32(mask, zlib.crc32(result))


def sweep() -> int:
    """Give back the blocks of processes that were killed with all their group; how many."""
    swept = 0
    with contextlib.suppress(OSError):
        for block in _PLACE.glob(f"{_PREFIX}*-*"):
            owner = block.name[len(_PREFIX) :].partition("-")[0]
            if owner.isdecimal() and not _lives(int(owner)):
                with contextlib.suppress(OSError):
                    block.unlink()
                    swept += 1
    return swept


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    try:  # a parent may be slow to note the death of its child
        state = Path(f"/proc/{pid}/stat").read_text("latin-1").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return True
    return state != "Z"


def _reserve(block: SharedMemory) -> None:
    """Take the memory now: where Linux finds none while it is written, it kills the writer."""
    place = _PLACE / block.name
    if not place.exists():
        return
    descriptor = os.open(place, os.O_RDWR)
    try:
        os.posix_fallocate(descriptor, 0, block.size)
    finally:
        os.close(descriptor)
