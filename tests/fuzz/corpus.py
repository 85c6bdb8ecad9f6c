"""Good input for each target, to start from, and a mutator that spoils it a little."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from fakes import plugin_values as values
from fakes.places import ROOT
from fakes.sample_messages import SAMPLES
from fakes.spoiled_models import GOOD, safetensors
from fuzz.targets import JOB, joined
from sfumato.core import ledger
from sfumato.core.debts import Debt
from sfumato.core.placement import plan_layers
from sfumato_protocol import codec
from sfumato_protocol.messages import Chunk, Message
from sfumato_protocol.provenance import PREFIX

GOLDEN = ROOT / "tests" / "protocol" / "golden"
MOST_CHANGES = 6
INTERESTING = (0, 1, 0x7F, 0x80, 0x90, 0xC0, 0xC1, 0xC4, 0xC7, 0xDC, 0xDD, 0xDE, 0xDF, 0xFF)


def golden_frames() -> list[bytes]:
    """One frame of every message."""
    return [file.read_bytes() for file in sorted(GOLDEN.glob("*.bin"))]


def conversations() -> list[bytes]:
    """Every message with its pixels' chunks, heard by either side, greeted or not."""
    talks = []
    for message in SAMPLES:
        parts = [codec.encode(message), *_chunks(message)]
        talks += [bytes([who]) + joined(parts[:40]) for who in range(4)]
    return talks


def commands() -> list[bytes]:
    """Announce, fill, take."""
    return [bytes([0, 7, 4, 4, 1, 7, 0, 48, 2, 0, 0, 0]), bytes([0, 1, 16, 16, 3, 0, 0, 0])]


def packed() -> list[bytes]:
    """Sides and compressed bytes, among them a bomb."""
    return [bytes([7, 7, 0]) + zlib.compress(bytes(64)), bytes([255, 255, 1]) + bytes(65536)]


def nested() -> list[bytes]:
    """Frames of maps and lists in each other, in the greeting's place or beside it."""
    heads = (b"", b"\x81\xa4type", b"\x83\xa4type\xa5hello\xa1x\xa1y\xa1z")
    deep = (1, 8, 40, 600, 1100)
    return [head + b"\x91\x81\xa1a" * many + b"\xc0" for head in heads for many in deep]


def models() -> list[bytes]:
    """Headers of models, settings of models and descriptions of folders."""
    index = {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "X"], "vae": [None, 1]}
    texts = [
        'model = "one.safetensors"\ntitle = "One"\nsteps = 25\nguidance = 6.0\n',
        'model = "one.safetensors"\nconfig = "~a/b"\n[[lora]]\nfile = "../x"\nweight = 0.8\n',
        json.dumps(index),
    ]
    deep = [safetensors(b'{"a":' + b"[" * many) for many in (10, 2000)]
    return [safetensors(GOOD), *deep, *(one.encode() for one in texts)]


def recipes() -> list[bytes]:
    """Recipes as artists write them, and what is nested too deep to be one."""
    folder = ROOT / "server" / "sfumato_server" / "offer" / "builtin_recipes"
    deep = b"title = " + b"[" * 2000 + b"]" * 2000
    return [deep, *(file.read_bytes() for file in sorted(folder.glob("*.toml")))]


def texts() -> list[bytes]:
    """Text with what commands terminals, in UTF-8 and not."""
    return ["Größe \x1b[31m\x85\u2028\u202e".encode(), b"caf\xe9\n\x9b2J", b"\xed\xa0\x80"]


def records() -> list[bytes]:
    """Spool records, whole."""
    found = []
    for message in SAMPLES:
        head = codec.encode(message)
        pixels = b"".join(bytes(info.stored) for info in message.blobs())
        body = struct.pack("<I", len(head)) + head + pixels
        found.append(body if not body[0] & 1 else body + struct.pack("<I", zlib.crc32(body)))
    return found


def times() -> list[bytes]:
    """How long passes took, as a server keeps it, and numbers that are none."""
    good = {"one": [["whole", 1e4, 1e5, 2.5], ["ring", 1e6, 3e7, 41]], "two": []}
    odd = '{"one": [["whole", 1e308, 1e-308, 1e308], ["x", NaN, 1, Infinity]]}'
    return [json.dumps(good).encode(), odd.encode(), b"[" * 3000, b'{"one": 1}']


def memories() -> list[bytes]:
    """What the plugin keeps of jobs."""
    one = values.request(prompt="soft light, é")
    other = values.request("U16", seed=2**32 - 1)
    owed = Debt(one.job, (1, 2), "ws://127.0.0.1:9440/sfumato", 1), Debt(other.job, (), "", 0)
    texts = [ledger.write([one]), ledger.write([one, other, one], owed), "[]", "{}"]
    return [text.encode() for text in texts]


def provenances() -> list[bytes]:
    """What the plugin writes into pictures."""
    jobs = values.finished_job(), values.finished_job("U16", 2**32 - 2, "soft “light”\n\\ é")
    return [plan_layers(job).provenance for job in jobs] + [b"{}", b'{"plan":[{"index":1e3}]}']


def krita_files() -> list[bytes]:
    """Zip files with a record or a bomb where Krita has annotations."""
    found = []
    for content in (*provenances(), bytes(1 << 22)):
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("maindoc.xml", "<DOC/>")
            archive.writestr(f"image/annotations/{PREFIX}{JOB}", content)
        found.append(whole.getvalue())
    return found


def _chunks(message: Message) -> Iterator[bytes]:
    for info in message.blobs():
        yield codec.encode(Chunk(info.id, 0, bytes(min(info.stored, 60_000))))


class Mutator:
    """Endless input: a good one with a few bytes changed, moved, cut or joined with another."""

    def __init__(self, seeds: list[bytes], chance: random.Random) -> None:
        self._seeds = seeds
        self._chance = chance
        self._ways: tuple[Callable[[bytearray, int], None], ...] = (
            self._flip, self._set, self._cut, self._repeat, self._splice, self._number,
        )  # fmt: skip

    def next(self) -> bytes:
        """One more input."""
        data = bytearray(self._chance.choice(self._seeds))
        for _ in range(self._chance.randrange(MOST_CHANGES)):
            if data:
                self._chance.choice(self._ways)(data, self._chance.randrange(len(data)))
        return bytes(data)

    def _flip(self, data: bytearray, at: int) -> None:
        data[at] ^= 1 << self._chance.randrange(8)

    def _set(self, data: bytearray, at: int) -> None:
        data[at] = self._chance.choice(INTERESTING)

    def _cut(self, data: bytearray, at: int) -> None:
        del data[at : at + self._chance.randrange(1, 16)]

    def _repeat(self, data: bytearray, at: int) -> None:
        data[at:at] = data[at : at + self._chance.randrange(1, 64)]

    def _splice(self, data: bytearray, at: int) -> None:
        other = self._chance.choice(self._seeds)
        start = self._chance.randrange(len(other))
        data[at:] = other[start : start + 4096]

    def _number(self, data: bytearray, at: int) -> None:
        data[at : at + 4] = struct.pack(">I", self._chance.choice((0, 1, 2**31 - 1, 2**32 - 1)))
