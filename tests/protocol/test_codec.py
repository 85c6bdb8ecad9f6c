"""Messages to bytes and back; hostile bytes; limits that hold before anything is decoded."""

from __future__ import annotations

import contextlib
import struct

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.message_strategies import BY_TYPE
from fakes.sample_messages import SAMPLES
from sfumato_protocol import codec, errors, messages
from sfumato_protocol.blobs import CHUNK_BYTES
from sfumato_protocol.codec import MAX_FRAME
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Message

NAMED = {sample.type: msgpack.unpackb(codec.encode(sample)) for sample in SAMPLES}


def test_every_message_has_a_strategy() -> None:
    assert set(BY_TYPE) == set(messages.BY_TYPE)


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_what_is_encoded_decodes_to_itself(kind: str) -> None:
    @settings(max_examples=60)
    @given(BY_TYPE[kind])
    def round_trip(message: Message) -> None:
        frame = codec.encode(message)
        assert codec.decode(frame) == message
        assert codec.decode(memoryview(bytearray(frame))) == message

    round_trip()


@given(st.binary(max_size=400))
def test_garbage_is_refused_and_nothing_else(frame: bytes) -> None:
    with pytest.raises(ProtocolError):
        codec.decode(frame)


@settings(max_examples=300)
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_frames_are_refused_or_messages(sample: Message, data: st.DataObject) -> None:
    frame = bytearray(codec.encode(sample))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    del frame[data.draw(st.integers(1, len(frame))) :]
    with contextlib.suppress(ProtocolError):
        assert isinstance(codec.decode(bytes(frame)), Message)


leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text()
trees = st.recursive(
    leaves | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(st.sampled_from(sorted(NAMED)), st.data())
def test_anything_in_a_field_is_refused_or_fits(kind: str, data: st.DataObject) -> None:
    content = dict(NAMED[kind])
    field = data.draw(st.sampled_from(sorted(set(content) - {"type"})))
    content[field] = data.draw(trees)
    with contextlib.suppress(ProtocolError):
        assert codec.decode(msgpack.packb(content)).type == kind


@pytest.mark.parametrize("kind", sorted(NAMED))
def test_a_missing_field_is_named(kind: str) -> None:
    field = next(name for name in NAMED[kind] if name != "type")
    content = {name: value for name, value in NAMED[kind].items() if name != field}
    with pytest.raises(ProtocolError, match=f"without .*{field}"):
        codec.decode(msgpack.packb(content))


@pytest.mark.parametrize("kind", ["", "shout", 7, None, b"hello", ["hello"]])
def test_unknown_types_have_their_own_code(kind: object) -> None:
    with pytest.raises(ProtocolError) as caught:
        codec.decode(msgpack.packb({"type": kind}))
    assert caught.value.code == errors.UNKNOWN_TYPE


def test_text_that_is_no_unicode_is_refused_when_written() -> None:
    with pytest.raises(ProtocolError, match="text"):
        codec.encode(messages.Hello("sfumato/1", "half a pair: \ud800"))


def test_a_whole_chunk_fits_a_frame_and_no_more() -> None:
    chunk = messages.Chunk(2**31 - 1, 2**31 - 1, bytes(CHUNK_BYTES))
    assert len(codec.encode(chunk)) <= MAX_FRAME
    with pytest.raises(ProtocolError):
        messages.Chunk(1, 0, bytes(CHUNK_BYTES + 1))


def test_frames_over_the_limit_are_refused_unread() -> None:
    with pytest.raises(ProtocolError) as caught:
        codec.decode(b"\xc1" * (MAX_FRAME + 1))
    assert caught.value.code == errors.TOO_LARGE


def test_messages_over_the_limit_are_not_sent() -> None:
    recipe = messages.RecipeInfo("a", "", "x" * 2000, (messages.PassSpec("whole", 0.5),))
    welcome = messages.Welcome("", "", (), (recipe,) * 200, messages.Limits(1, 1, 1))
    with pytest.raises(ProtocolError) as caught:
        codec.encode(welcome)
    assert caught.value.code == errors.TOO_LARGE


@pytest.mark.parametrize(
    "frame",
    [
        b"\xdd\xff\xff\xff\xff",  # an array of 2^32 - 1 items
        b"\xdf\xff\xff\xff\xff",  # a map of as many
        b"\xc6\xff\xff\xff\xff",  # bytes of 4 GiB
        b"\xdb\xff\xff\xff\xff",  # text of 4 GiB
        b"\xc9\xff\xff\xff\xff\x01",  # an extension of 4 GiB
        b"\x91" * 3000,  # lists in lists
        b"\x81\xa1a" * 3000,  # maps in maps
        b"\x81\xc0\x01",  # a key that is no text
        b"\xd6\xff\x00\x00\x00\x00",  # a timestamp
        b"\xa2\xff\xfe",  # text that is no UTF-8
        b"",
    ],
)
def test_hostile_sizes_cost_nothing(frame: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        codec.decode(frame)
    assert caught.value.code in (errors.BAD_MESSAGE, errors.TOO_LARGE)


def test_whole_numbers_count_as_numbers_and_booleans_do_not() -> None:
    content = {**NAMED["job_done"], "seconds": 3}
    decoded = codec.decode(msgpack.packb(content))
    assert getattr(decoded, "seconds", None) == 3.0
    for wrong in (True, "3", float("nan"), float("inf"), -1):
        with pytest.raises(ProtocolError):
            codec.decode(msgpack.packb({**content, "seconds": wrong}))


def test_numbers_beyond_their_range_are_refused() -> None:
    for number in (2**63, -1, 1 << 40):
        with pytest.raises(ProtocolError):
            codec.decode(msgpack.packb({**NAMED["chunk"], "offset": number}))


def test_an_error_never_echoes_much() -> None:
    content = {**NAMED["cancel"], "job": "x" * 60_000}
    with pytest.raises(ProtocolError) as caught:
        codec.decode(msgpack.packb(content))
    assert len(str(caught.value)) < 300


def test_bytes_are_raw_on_the_wire() -> None:
    """No base64, no text: 4 bytes of pixels take 4 bytes."""
    frame = codec.encode(messages.Chunk(1, 0, b"\x00\x01\x02\x03"))
    assert b"\xc4\x04\x00\x01\x02\x03" in frame
    assert len(frame) < 48 + struct.calcsize("4B")
