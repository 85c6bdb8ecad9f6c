"""Pixels on the wire: what a blob is, how it is cut into chunks and put together again.

A message that carries pixels holds a `BlobInfo` for each picture; the bytes follow as `Chunk`
messages in order. The receiver knows every size before the first pixel arrives.
"""

import contextlib
import zlib
from dataclasses import dataclass
from typing import Dict, Iterator, Optional, Tuple, Union

from . import checks
from .errors import BAD_MESSAGE, QUEUE_FULL, TOO_LARGE, ProtocolError

CHUNK_BYTES = 256 * 1024
MAX_SIDE = 16384
MAX_BLOB_BYTES = 1 << 30

RAW = "raw"
ZLIB = "zlib"
ORDERS = {"G": 1, "RGB": 3, "RGBA": 4, "BGRA": 4}
SAMPLES = {"u8": 1, "u16": 2}

Pixels = Union[bytes, bytearray, memoryview]


@dataclass(frozen=True)
class BlobInfo:
    """One picture: row-major from the top left, samples little-endian and interleaved.

    id: unique among the sender's blobs under way. order: channel order, "G", "RGB", "RGBA", "BGRA".
    sample: "u8" or "u16". profile: name of the colour profile, "" for masks.
    encoding: "raw" or "zlib". stored: bytes on the wire.
    """

    id: int
    width: int
    height: int
    order: str
    sample: str
    profile: str
    encoding: str
    stored: int

    def __post_init__(self) -> None:
        checks.whole("blob.id", self.id, 0, 2**31 - 1)
        checks.whole("blob.width", self.width, 1, MAX_SIDE)
        checks.whole("blob.height", self.height, 1, MAX_SIDE)
        checks.one_of("blob.order", self.order, ORDERS)
        checks.one_of("blob.sample", self.sample, SAMPLES)
        checks.text("blob.profile", self.profile, 256)
        checks.one_of("blob.encoding", self.encoding, (RAW, ZLIB))
        most = self.size if self.encoding == RAW else self.size + self.size // 1000 + 64
        least = self.size if self.encoding == RAW else 1
        checks.whole("blob.stored", self.stored, least, most)

    @property
    def size(self) -> int:
        """Bytes of the pixels once decoded."""
        return self.width * self.height * ORDERS[self.order] * SAMPLES[self.sample]


@dataclass(frozen=True)
class Blob:
    """A picture with its bytes as they go over the wire (already encoded)."""

    info: BlobInfo
    data: Pixels

    def pixels(self) -> Pixels:
        """The decoded bytes, `info.size` long. Raises `ProtocolError` if they do not decode."""
        if self.info.encoding == RAW:
            return self.data
        return _inflate(self.data, self.info.size)


def make_blob(
    blob_id: int,
    pixels: Pixels,
    shape: Tuple[int, int],
    order: str,
    sample: str = "u8",
    profile: str = "",
    encoding: str = RAW,
) -> Blob:
    """Describe and encode `pixels` of `shape` (height, width).

    Raises `ProtocolError` where their length is not that of the shape.
    """
    height, width = shape
    expected = width * height * ORDERS[order] * SAMPLES[sample]
    if len(pixels) != expected:
        got = "{} bytes of pixels".format(len(pixels))
        want = "{} for {}x{} {} {}".format(expected, width, height, order, sample)
        raise ProtocolError(BAD_MESSAGE, got, want)
    data = zlib.compress(pixels, 1) if encoding == ZLIB else pixels
    info = BlobInfo(blob_id, width, height, order, sample, profile, encoding, len(data))
    return Blob(info, data)


def chunks(blob: Blob) -> Iterator[Tuple[int, memoryview]]:
    """(offset, at most `CHUNK_BYTES` bytes) over the blob's wire bytes; copies nothing."""
    view = memoryview(blob.data)
    for offset in range(0, len(view), CHUNK_BYTES):
        yield offset, view[offset : offset + CHUNK_BYTES]


class Room:
    """Bytes of pixels that all connections together may have under way.

    most: of all of them. own: what each may have whatever the others do.
    """

    def __init__(self, most: int, own: int) -> None:
        self._most = most
        self._own = own
        self._taken = 0

    @property
    def taken(self) -> int:
        """Bytes under way now."""
        return self._taken

    def take(self, wanted: int, held: int) -> None:
        """Make room for `wanted` bytes more for who has `held`. Raises `ProtocolError`."""
        if held + wanted > self._own and self._taken + wanted > self._most:
            got = "{} bytes of pixels while the server has its hands full".format(wanted)
            want = "at most {} with those of all others".format(self._most)
            raise ProtocolError(QUEUE_FULL, got, want, "Try again in a moment.")
        self._taken += wanted

    @contextlib.contextmanager
    def holding(self, blobs: Tuple[Blob, ...]) -> Iterator[None]:
        """Count pictures that have come for as long as they are made use of."""
        held = sum(_cost(blob.info) for blob in blobs)
        self._taken += held
        try:
            yield
        finally:
            self._taken -= held

    def give_back(self, number: int) -> None:
        """Of what was taken or kept."""
        self._taken -= number


class Assembler:
    """Collects the chunks of announced blobs; never holds more than `budget` bytes, and has a share
    of `room`. What is announced takes memory as it comes."""

    def __init__(self, budget: int, room: Optional[Room] = None) -> None:
        self._budget = budget
        self._room = room or Room(budget, budget)
        self._parts: Dict[int, Tuple[BlobInfo, bytearray]] = {}

    @property
    def pending_bytes(self) -> int:
        """Bytes announced and not yet taken."""
        return sum(_cost(info) for info, _ in self._parts.values())

    def announce(self, infos: Tuple[BlobInfo, ...]) -> None:
        """Make room for blobs. Raises `ProtocolError` when they pass the budget or reuse an id."""
        wanted, pending = sum(map(_cost, infos)), self.pending_bytes
        if wanted + pending > self._budget:
            got = "{} more bytes of pixels".format(wanted)
            want = "at most {} under way".format(self._budget)
            raise ProtocolError(TOO_LARGE, got, want, "Make the selection smaller.")
        ids = [info.id for info in infos]
        if len(set(ids)) != len(ids) or any(number in self._parts for number in ids):
            raise ProtocolError(BAD_MESSAGE, "blob ids {}".format(ids), "ids not under way")
        self._room.take(wanted, pending)
        for info in infos:
            self._parts[info.id] = (info, bytearray())

    def add(self, blob_id: int, offset: int, data: bytes) -> None:
        """Put one chunk in its place. Raises `ProtocolError` if it is not the one expected next."""
        if blob_id not in self._parts:
            raise ProtocolError(
                BAD_MESSAGE, "a chunk of blob {}".format(blob_id), "an announced blob"
            )
        info, buffer = self._parts[blob_id]
        filled = len(buffer)
        if offset != filled or not data or filled + len(data) > info.stored:
            got = "{} bytes at {} of blob {}".format(len(data), offset, blob_id)
            want = "1 to {} bytes at {}".format(info.stored - filled, filled)
            raise ProtocolError(BAD_MESSAGE, got, want)
        buffer += data

    def complete(self, infos: Tuple[BlobInfo, ...]) -> bool:
        """Whether every byte of these blobs has arrived."""
        return all(self._come(info.id) == info.stored for info in infos)

    def take(self, infos: Tuple[BlobInfo, ...]) -> Tuple[Blob, ...]:
        """Hand over complete blobs and forget them."""
        blobs = tuple(Blob(*self._parts.pop(info.id)) for info in infos)
        self._room.give_back(sum(map(_cost, infos)))
        return blobs

    def discard(self, infos: Tuple[BlobInfo, ...]) -> None:
        """Forget blobs, complete or not."""
        for info in infos:
            if self._parts.pop(info.id, None) is not None:
                self._room.give_back(_cost(info))

    def _come(self, blob_id: int) -> int:
        return len(self._parts[blob_id][1]) if blob_id in self._parts else 0

    def close(self) -> None:
        """Forget all that is under way."""
        self.discard(tuple(info for info, _ in self._parts.values()))


def _cost(info: BlobInfo) -> int:
    return max(info.stored, info.size)


def _inflate(data: Pixels, size: int) -> bytes:
    decoder = zlib.decompressobj()
    try:
        pixels = decoder.decompress(data, size + 1)
    except zlib.error as error:
        raise ProtocolError(BAD_MESSAGE, "a blob that does not unpack", "zlib data") from error
    if len(pixels) != size or decoder.unconsumed_tail or not decoder.eof:
        got = "a blob that unpacks to {} bytes or more".format(len(pixels))
        raise ProtocolError(BAD_MESSAGE, got, "{} bytes".format(size))
    return pixels
