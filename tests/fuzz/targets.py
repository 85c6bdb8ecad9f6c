"""What is fuzzed: each target takes any bytes, and may raise nothing.

A target turns the bytes into input for one part of the program, swallows the one error that part
may raise, and asserts what has to hold whatever the input was.
"""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from fakes.sample_messages import WELCOME
from sfumato.core import ledger, provenance
from sfumato.core.types import Refusal
from sfumato_protocol import codec
from sfumato_protocol.blobs import Assembler, BlobInfo, make_blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.lifecycle import CLIENT, SERVER
from sfumato_protocol.messages import Hello, RecipeInfo
from sfumato_protocol.peer import Peer
from sfumato_protocol.plain_text import encodable, printable
from sfumato_protocol.provenance import write
from sfumato_server.cli import kra
from sfumato_server.jobs.records import RecordError
from sfumato_server.jobs.spool import Spool
from sfumato_server.jobs.timing import LONGEST, Times, Work
from sfumato_server.offer import keeping, models, recipes

Target = Callable[[bytes], None]

BUDGET = 1 << 20
LARGEST = 1 << 20  # bytes that a small compressed input may become
MOST_FRAMES = 64
JOB = "0123456789abcdef" * 2


def one_frame(data: bytes) -> None:
    """A frame decodes to a message that encodes to an equal one, or is refused."""
    try:
        message = codec.decode(data)
    except ProtocolError as error:
        _is_short(error)
        return
    assert codec.decode(codec.encode(message)) == message


def conversation(data: bytes) -> None:
    """Frames one after another: the peer refuses or takes each, and holds no more than it may.

    The first byte says who listens and whether hello was said; the rest is `frames`.
    """
    if not data:
        return
    role, other = (SERVER, CLIENT) if data[0] & 1 else (CLIENT, SERVER)
    peer = Peer(role, BUDGET)
    if data[0] & 2:
        _greet(peer, Peer(other))
    for frame in frames(data[1:]):
        try:
            peer.receive(frame)
        except ProtocolError as error:
            _is_short(error)
        assert peer._assembler.pending_bytes <= BUDGET
        assert len(peer._waiting) <= 64
        assert len(peer._refused) <= 2048


def frames(data: bytes) -> Iterator[bytes]:
    """Frames out of bytes: each behind its length, two bytes little-endian."""
    for _ in range(MOST_FRAMES):
        if len(data) < 2:
            return
        (length,) = struct.unpack_from("<H", data)
        yield data[2 : 2 + length]
        data = data[2 + length :]


def joined(parts: list[bytes]) -> bytes:
    """The inverse of `frames`."""
    return b"".join(struct.pack("<H", len(part)) + part for part in parts)


def assembly(data: bytes) -> None:
    """Blobs announced, filled, taken and dropped in any order; four bytes are one command."""
    assembler = Assembler(BUDGET)
    announced: list[BlobInfo] = []
    for command, number, width, height in struct.iter_unpack("<BBBB", data[: len(data) // 4 * 4]):
        try:
            if command % 4 == 0:
                info = make_blob(number, bytes(4 * width * height), (height, width), "RGBA").info
                assembler.announce((info,))
                announced.append(info)
            elif command % 4 == 1:
                assembler.add(number, 256 * width, bytes(height + (command << 4)))
            elif announced and assembler.complete(tuple(announced[-1:])):
                (blob,) = assembler.take((announced.pop(),))
                assert len(blob.pixels()) == blob.info.size
            elif announced and command % 4 == 3:
                assembler.discard((announced.pop(),))
        except ProtocolError:
            continue
        finally:
            assert assembler.pending_bytes <= BUDGET


def compressed(data: bytes) -> None:
    """Compressed pixels unpack to their announced size or are refused, bombs too.

    The first two bytes are the picture's sides; an odd third packs the rest before.
    """
    if len(data) < 4:
        return
    width, height, pack, wire = data[0] + 1, data[1] + 1, data[2] & 1, data[3:]
    wire = zlib.compress(wire, 1) if pack else wire
    try:
        info = BlobInfo(1, width, height, "G", "u8", "", "zlib", len(wire))
        assembler = Assembler(BUDGET)
        assembler.announce((info,))
        assembler.add(1, 0, wire)
        (blob,) = assembler.take((info,))
        assert len(blob.pixels()) == info.size
    except ProtocolError:
        return


def remembered(data: bytes) -> None:
    """The plugin's memory of its jobs, as it may lie in Krita's settings, gives jobs or nothing."""
    text = data.decode("utf-8", "replace")
    requests, debts = ledger.read(text), ledger.read_debts(text)
    assert len(requests) <= ledger.MOST
    again = ledger.write(requests, debts)
    assert ledger.read(again) == requests
    assert ledger.read_debts(again) == debts


def recorded(data: bytes) -> None:
    """A job's record in a picture that anybody made is read whole or refused in one sentence."""
    try:
        record = provenance.read(data)
    except Refusal as refusal:
        _is_one_sentence(refusal)
        return
    assert provenance.read(write(record)) == record


class ModelsFolder:
    """A models folder in which any bytes lie as a model, as its settings and as its description:
    each is listed, or refused in one line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = folder / "whole"
        self._index.mkdir(exist_ok=True)

    def __call__(self, data: bytes) -> None:
        (self._folder / "one.safetensors").write_bytes(data)
        (self._folder / "two.toml").write_bytes(data)
        (self._index / "model_index.json").write_bytes(data)
        shelf = models.scan(self._folder)
        assert len(shelf.models) + len(shelf.refused) in (2, 3)
        for one in shelf.refused:
            _is_one_line(one.reason)
        for listed in shelf.models:
            assert listed.traits.native > 0


def recipe(data: bytes) -> None:
    """Any bytes in the recipes folder are a recipe that can be told, or are refused."""
    try:
        found = recipes.parse("mine", data, "mine.toml")
    except recipes.RecipeError as error:
        _is_bounded(error)
        return
    assert codec.from_map(RecipeInfo, codec.to_map(found), "recipe") == found
    assert recipes.parse("mine", keeping.to_toml(found), "mine.toml") == found


def text(data: bytes) -> None:
    """Any text can be sent and printed."""
    told = data.decode("utf-8", "surrogateescape")
    assert printable(told).isprintable() or not printable(told).isascii()
    assert not set(printable(told)) & set("\n\r\x1b\x7f\x85\x9b\u2028\u2029\u202e")
    encodable(told).encode()


def _is_bounded(error: Exception) -> None:
    assert 0 < len(str(error)) < 5000


def _is_one_line(reason: str) -> None:
    assert 0 < len(reason) < 5000
    assert printable(reason) == reason


class SpoolRecords:
    """A folder in which any bytes lie where a record should, half of them with a right checksum."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self._spool = Spool(folder)

    def __call__(self, data: bytes) -> None:
        if data and not data[0] & 1:
            data += struct.pack("<I", zlib.crc32(data))
        for name in (f"{JOB}.job", f"{JOB}-01.pass", f"{JOB}-02.kept", f"{JOB}.end"):
            (self.path / name).write_bytes(data)
        for number in range(3):
            try:
                found = self._spool.finished_pass(JOB, number) if number else self._spool.job(JOB)
                message, blobs = found
            except RecordError:
                continue
            assert tuple(blob.info for blob in blobs) == message.blobs()
            assert all(len(blob.data) == blob.info.stored for blob in blobs)
        for job in self._spool.jobs():
            with contextlib.suppress(RecordError):
                self._spool.recover(job)
        self._spool.sweep()


class LearntTimes:
    """A file in which any bytes lie where a server keeps how long passes take."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "times.json"

    def __call__(self, data: bytes) -> None:
        self._file.write_bytes(data)
        times = Times(self._file)
        work = Work("one", "whole", 1e4, 1e5)
        assert 0 <= times.estimate((work, work)) <= LONGEST
        times.learn(work, 2.0)
        assert 0 < times.estimate((work,)) <= LONGEST
        assert Times(self._file).estimate((work,)) > 0


def _is_short(error: ProtocolError) -> None:
    assert error.code
    assert len(str(error)) < 5000


def krita_file(data: bytes) -> None:
    """Any file that claims to be Krita's gives records or is refused."""
    try:
        records = kra.read(io.BytesIO(data))
    except kra.UnreadableFile as error:
        _is_one_sentence(error)
        return
    assert len(records) <= kra.MOST_RECORDS


def _is_one_sentence(refusal: Exception) -> None:
    assert 0 < len(str(refusal)) < 1000


def _greet(peer: Peer, other: Peer) -> None:
    client, server = (other, peer) if peer._role == SERVER else (peer, other)
    for frame in client.send(Hello("sfumato/1", "fuzz")):
        server.receive(frame)
    for frame in server.send(WELCOME):
        client.receive(frame)
