"""Two peers back to back: pixels interleaved, cancelled, refused; the conversation goes on."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from fakes.sample_messages import JOB, MASKS, WELCOME
from sfumato_protocol import codec, errors, messages
from sfumato_protocol.blobs import CHUNK_BYTES, ZLIB, Blob, make_blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.geometry import Rect
from sfumato_protocol.lifecycle import CLIENT, SERVER
from sfumato_protocol.peer import Peer, Received

OTHER_JOB = "f" * 32


def pair(budget: int = 1 << 26) -> tuple[Peer, Peer]:
    """A client and a server that have greeted."""
    client, server = Peer(CLIENT), Peer(SERVER, budget)
    carry(client.send(messages.Hello("sfumato/1", "test")), server)
    carry(server.send(WELCOME), client)
    return client, server


def carry(frames: Iterable[bytes], to: Peer) -> list[Received]:
    """Every complete message that the frames give."""
    return [received for frame in frames if (received := to.receive(frame))]


def submit(client: Peer, side: int, job: str = JOB) -> tuple[messages.Submit, tuple[Blob, ...]]:
    """A job of side x side px with its pixels; its crop is not checked by anybody here."""
    pixels = bytes(range(256)) * (side * side * 4 // 256 + 1)
    image = make_blob(client.next_blob_id(), pixels[: side * side * 4], (side, side), "BGRA")
    mask = make_blob(client.next_blob_id(), bytes(side * side), (side, side), "G", encoding=ZLIB)
    message = messages.Submit(
        job, "seam", "", "", "", 1, MASKS, Rect(0, 0, side, side), image.info, mask.info
    )
    return message, (image, mask)


def test_a_message_with_pixels_arrives_whole_and_once() -> None:
    client, server = pair()
    message, blobs = submit(client, 400)
    frames = list(client.send(message, blobs))
    assert len(frames) == 1 + 3 + 1
    assert all(len(frame) <= CHUNK_BYTES + 100 for frame in frames[1:])
    assert carry(frames[:-1], server) == []
    (received,) = carry(frames[-1:], server)
    assert received.message == message
    assert [bytes(blob.pixels()) for blob in received.blobs] == [
        bytes(blob.pixels()) for blob in blobs
    ]


def test_two_messages_interleave_chunk_by_chunk() -> None:
    client, server = pair()
    first, first_blobs = submit(client, 300)
    second, second_blobs = submit(client, 300, OTHER_JOB)
    one, two = client.send(first, first_blobs), client.send(second, second_blobs)
    frames = [frame for both in zip(one, two, strict=True) for frame in both]
    received = carry(frames, server)
    assert [item.message for item in received] == [first, second]
    for item, blobs in zip(received, (first_blobs, second_blobs), strict=True):
        assert bytes(item.blobs[0].data) == bytes(blobs[0].data)


def test_small_words_pass_between_the_chunks_of_a_large_one() -> None:
    client, server = pair()
    message, blobs = submit(client, 400)
    frames = list(client.send(message, blobs))
    carry(frames[:2], server)
    carry(client.send(messages.Ack(JOB, 1)), server)
    assert [item.message for item in carry(frames[2:], server)] == [message]


def test_cancelling_on_the_way_drops_the_message_and_its_late_chunks() -> None:
    client, server = pair()
    message, blobs = submit(client, 400)
    frames = list(client.send(message, blobs))
    carry(frames[:2], server)
    cancelled = carry(client.send(messages.Cancel(JOB)), server)
    assert [item.message.type for item in cancelled] == ["cancel"]
    assert carry(frames[2:], server) == []
    again, blobs = submit(client, 20)
    assert [item.message for item in carry(client.send(again, blobs), server)] == [again]


def test_a_message_over_the_budget_is_refused_and_its_chunks_swallowed() -> None:
    client, server = pair(budget=100_000)
    message, blobs = submit(client, 400)
    frames = list(client.send(message, blobs))
    with pytest.raises(ProtocolError) as caught:
        server.receive(frames[0])
    assert (caught.value.code, caught.value.job) == (errors.TOO_LARGE, JOB)
    assert carry(frames[1:], server) == []
    failed = messages.Failed(JOB, caught.value.code, caught.value.got, "", "")
    assert [item.message for item in carry(server.send(failed), client)] == [failed]
    small, blobs = submit(client, 50)
    assert [item.message for item in carry(client.send(small, blobs), server)] == [small]


def test_an_unannounced_chunk_is_refused_and_nothing_lost() -> None:
    client, server = pair()
    with pytest.raises(ProtocolError, match="expected an announced blob"):
        server.receive(codec.encode(messages.Chunk(99, 0, b"x")))
    message, blobs = submit(client, 30)
    assert len(carry(client.send(message, blobs), server)) == 1


def test_a_message_out_of_turn_never_leaves() -> None:
    client = Peer(CLIENT)
    message, blobs = submit(client, 10)
    with pytest.raises(ProtocolError) as caught:
        client.send(message, blobs)
    assert caught.value.code == errors.OUT_OF_ORDER
    assert client.lifecycle.connection == "opened"


def test_blobs_that_were_not_announced_are_the_caller_s_mistake() -> None:
    client, _ = pair()
    message, blobs = submit(client, 10)
    for wrong in ((), blobs[:1], blobs[::-1]):
        with pytest.raises(ValueError, match="not those that the message announces"):
            client.send(message, wrong)


def test_garbage_does_not_end_the_conversation() -> None:
    client, server = pair()
    message, blobs = submit(client, 300)
    frames = list(client.send(message, blobs))
    for place, frame in enumerate(frames):
        for garbage in (b"", b"\xc1", b"\x80", bytes([place]) * 50):
            with pytest.raises(ProtocolError):
                server.receive(garbage)
        received = server.receive(frame)
    assert received is not None
    assert received.message == message


def test_the_number_of_messages_without_pixels_is_bounded() -> None:
    client, server = pair()
    announcements = []
    for number in range(200):
        message, blobs = submit(client, 4, f"{number:032x}")
        announcements.append(next(iter(client.send(message, blobs))))
    refused = 0
    for frame in announcements:
        try:
            server.receive(frame)
        except ProtocolError as error:
            assert error.code == errors.TOO_LARGE  # noqa: PT017
            refused += 1
    assert 100 < refused < 200


def test_blob_ids_are_never_used_twice() -> None:
    client, _ = pair()
    ids = [client.next_blob_id() for _ in range(100)]
    assert len(set(ids)) == 100
