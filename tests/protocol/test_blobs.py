"""Pixels on the wire: sizes known beforehand, chunks in order, nothing beyond the budget."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato_protocol import errors
from sfumato_protocol.blobs import (
    CHUNK_BYTES,
    MAX_SIDE,
    RAW,
    ZLIB,
    Assembler,
    Blob,
    BlobInfo,
    chunks,
    make_blob,
)
from sfumato_protocol.errors import ProtocolError


def raw(number: int, width: int, height: int) -> BlobInfo:
    return BlobInfo(number, width, height, "G", "u8", "", RAW, width * height)


@given(st.binary(min_size=12, max_size=12), st.sampled_from([RAW, ZLIB]))
def test_pixels_survive(pixels: bytes, encoding: str) -> None:
    blob = make_blob(1, pixels, (2, 3), "G", "u16", encoding=encoding)
    assert bytes(blob.pixels()) == pixels
    assert blob.info.size == 12
    assert len(blob.data) == blob.info.stored


@pytest.mark.parametrize(
    ("order", "sample", "size"),
    [("G", "u8", 6), ("RGB", "u8", 18), ("RGBA", "u8", 24), ("BGRA", "u16", 48), ("G", "u16", 12)],
)
def test_size_follows_from_the_announcement(order: str, sample: str, size: int) -> None:
    assert make_blob(1, bytes(size), (2, 3), order, sample).info.size == size
    for wrong in (size - 1, size + 1, 0):
        with pytest.raises(ProtocolError, match=f"expected {size} for 3x2 {order} {sample}"):
            make_blob(1, bytes(wrong), (2, 3), order, sample)


@pytest.mark.parametrize(
    "field",
    [
        {"id": -1}, {"id": True}, {"width": 0}, {"height": MAX_SIDE + 1}, {"width": 2.0},
        {"order": "RGBX"}, {"sample": "f32"}, {"encoding": "jpeg"}, {"stored": 5}, {"stored": 7},
        {"profile": "x" * 257}, {"profile": b"sRGB"},
    ],
)  # fmt: skip
def test_wrong_announcements_are_refused(field: dict[str, object]) -> None:
    good = {
        "id": 1, "width": 3, "height": 2, "order": "G", "sample": "u8", "profile": "",
        "encoding": RAW, "stored": 6,
    }  # fmt: skip
    BlobInfo(**good)  # type: ignore[arg-type]
    with pytest.raises(ProtocolError):
        BlobInfo(**{**good, **field})  # type: ignore[arg-type]


@given(st.integers(1, 5))
def test_chunks_cover_the_bytes_once_in_order(count: int) -> None:
    size = count * CHUNK_BYTES - 7
    pixels = bytes(range(256)) * (size // 256 + 1)
    blob = make_blob(1, memoryview(pixels)[:size], (1, size), "G") if size <= MAX_SIDE else None
    data = pixels[:size]
    parts = list(chunks(blob or Blob(raw(1, 1, 1), data)))
    assert [offset for offset, _ in parts] == list(range(0, size, CHUNK_BYTES))
    assert b"".join(part for _, part in parts) == data


def test_a_packed_bomb_is_refused_at_its_announced_size() -> None:
    bomb = zlib.compress(bytes(10_000_000))
    blob = Blob(BlobInfo(1, 200, 100, "G", "u8", "", ZLIB, len(bomb)), bomb)
    with pytest.raises(ProtocolError, match="unpacks to 20001 bytes or more; expected 20000"):
        blob.pixels()


@pytest.mark.parametrize(
    "data", [b"not zlib", zlib.compress(bytes(5)), zlib.compress(bytes(6))[:-1]]
)
def test_what_does_not_unpack_to_the_size_is_refused(data: bytes) -> None:
    blob = Blob(BlobInfo(1, 3, 2, "G", "u8", "", ZLIB, len(data)), data)
    with pytest.raises(ProtocolError):
        blob.pixels()


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_interleaved_chunks_find_their_blobs(sizes: list[int], random: object) -> None:
    infos = tuple(raw(number, size, 1) for number, size in enumerate(sizes))
    contents = {info.id: bytes([info.id + 1]) * info.width for info in infos}
    assembler = Assembler(sum(sizes))
    assembler.announce(infos)
    waiting = {info.id: 0 for info in infos}
    while waiting:
        number = random.choice(sorted(waiting))  # type: ignore[attr-defined]
        offset = waiting[number]
        step = random.randint(1, len(contents[number]) - offset)  # type: ignore[attr-defined]
        assert not assembler.complete(infos)
        assembler.add(number, offset, contents[number][offset : offset + step])
        waiting[number] += step
        if waiting[number] == len(contents[number]):
            del waiting[number]
    assert assembler.complete(infos)
    assert [bytes(blob.data) for blob in assembler.take(infos)] == list(contents.values())
    assert assembler.pending_bytes == 0


@pytest.mark.parametrize(("offset", "data"), [(1, b"a"), (0, b""), (0, b"a" * 7), (-1, b"a")])
def test_chunks_out_of_place_are_refused_and_leave_no_trace(offset: int, data: bytes) -> None:
    info = raw(1, 3, 2)
    assembler = Assembler(6)
    assembler.announce((info,))
    with pytest.raises(ProtocolError):
        assembler.add(1, offset, data)
    assembler.add(1, 0, b"abcdef")
    assert bytes(assembler.take((info,))[0].data) == b"abcdef"


def test_the_budget_counts_what_packed_pixels_will_take() -> None:
    packed = BlobInfo(1, 100, 100, "G", "u8", "", ZLIB, 20)
    with pytest.raises(ProtocolError) as caught:
        Assembler(9_999).announce((packed,))
    assert caught.value.code == errors.TOO_LARGE
    Assembler(10_000).announce((packed,))


def test_room_is_given_back_when_taken_or_discarded() -> None:
    assembler = Assembler(10)
    first, second = raw(1, 10, 1), raw(2, 10, 1)
    assembler.announce((first,))
    with pytest.raises(ProtocolError):
        assembler.announce((second,))
    assembler.discard((first,))
    assembler.announce((second,))
    assembler.add(2, 0, bytes(10))
    assembler.take((second,))
    assembler.announce((first,))


@pytest.mark.parametrize("infos", [(raw(1, 1, 1), raw(1, 2, 1)), (raw(7, 1, 1),)])
def test_ids_under_way_are_not_used_again(infos: tuple[BlobInfo, ...]) -> None:
    assembler = Assembler(100)
    assembler.announce((raw(7, 5, 1),))
    with pytest.raises(ProtocolError, match="ids not under way"):
        assembler.announce(infos)
    assembler.add(7, 0, b"12345")
    assert assembler.complete((raw(7, 5, 1),))
