"""The block of shared memory through which a job's pixels reach the child process and come back.

Layout in bytes: the crop | the selection | room for one pass: its result, then its mask.
A pass covers at most the crop, so room for crop and selection is room for any pass.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

Pixels = bytes | memoryview


@dataclass(frozen=True)
class Address:
    """Where a job's block is and how it is divided; small enough for a pipe."""

    name: str
    pixel_bytes: int
    selection_bytes: int


class SharedPixels:
    """One job's block. The parent makes and removes it, the child only opens it."""

    def __init__(self, block: SharedMemory, address: Address) -> None:
        self._block = block
        self.address = address

    @classmethod
    def holding(cls, pixels: Pixels, selection: Pixels) -> SharedPixels:
        """A new block with a job's input in it. Raises `OSError` when memory is short."""
        name = f"sfumato-{os.getpid()}-{secrets.token_hex(4)}"  # macOS takes 30 characters
        block = SharedMemory(name, create=True, size=2 * (len(pixels) + len(selection)))
        try:
            _reserve(block)
        except OSError:
            block.close()
            block.unlink()
            raise
        memory = cls(block, Address(block.name, len(pixels), len(selection)))
        memory._write(0, pixels)
        memory._write(len(pixels), selection)
        return memory

    @classmethod
    def at(cls, address: Address) -> SharedPixels:
        """Open a block that another process made."""
        return cls(SharedMemory(name=address.name), address)

    def input(self) -> tuple[bytes, bytes]:
        """The crop's and the selection's bytes."""
        middle = self.address.pixel_bytes
        return self._read(0, middle), self._read(middle, self._slot)

    def put_pass(self, result: Pixels, mask: Pixels) -> None:
        """Write one pass over the one before."""
        self._write(self._slot, result)
        self._write(self._slot + len(result), mask)

    def take_pass(self, result_bytes: int, mask_bytes: int) -> tuple[bytes, bytes]:
        """The pass that was last written."""
        middle = self._slot + result_bytes
        return self._read(self._slot, middle), self._read(middle, middle + mask_bytes)

    def close(self) -> None:
        """Let go of the block."""
        self._block.close()

    def remove(self) -> None:
        """Let go of the block and give its memory back."""
        self._block.close()
        self._block.unlink()

    @property
    def _slot(self) -> int:
        return self.address.pixel_bytes + self.address.selection_bytes

    # Views of the buffer must not outlive these calls: a block with views cannot be closed.

    def _write(self, start: int, content: Pixels) -> None:
        assert self._block.buf is not None
        self._block.buf[start : start + len(content)] = content

    def _read(self, start: int, end: int) -> bytes:
        assert self._block.buf is not None
        return bytes(self._block.buf[start:end])


def _reserve(block: SharedMemory) -> None:
    """Take the memory now: where Linux finds none while it is written, it kills the writer."""
    place = Path("/dev/shm") / block.name
    if not place.exists():
        return
    descriptor = os.open(place, os.O_RDWR)
    try:
        os.posix_fallocate(descriptor, 0, block.size)
    finally:
        os.close(descriptor)
