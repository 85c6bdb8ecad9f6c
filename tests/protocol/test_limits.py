"""What is refused before it takes memory, and what of a newer peer is left out."""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import replace

import msgpack
import pytest

from fakes.sample_messages import SAMPLES, WELCOME
from sfumato_protocol import codec
from sfumato_protocol.blobs import RAW, Assembler, BlobInfo, Room
from sfumato_protocol.errors import QUEUE_FULL, TOO_LARGE, InvalidField, ProtocolError, shorten
from sfumato_protocol.lifecycle import CLIENT, SERVER
from sfumato_protocol.messages import Chunk, Failed, Hello, Message, PassDone, RecipeInfo, Submit
from sfumato_protocol.peer import Peer


@pytest.mark.parametrize("deep", [20, 400, 1000, 100_000])
@pytest.mark.parametrize("head", [b"", b"\x81\xa4type", b"\x82\xa4type\xa5hello\xa1x"])
def test_a_frame_nested_deep_is_refused_as_any_other_fault(head: bytes, deep: int) -> None:
    for level, floor in ((b"\x91", b"\xc0"), (b"\x81\xa1a", b"\xc0")):
        with pytest.raises(ProtocolError):
            codec.decode(head + level * deep + floor)


def test_what_cannot_be_shown_is_named_by_its_kind() -> None:
    nested: list[object] = []
    for _ in range(sys.getrecursionlimit() * 2):
        nested = [nested]
    assert "list" in shorten(nested)
    assert "int" in shorten(1 << 50_000)


def content(message: Message) -> dict[str, object]:
    return {**codec.to_map(message), "type": message.type}


def test_an_offer_that_is_not_understood_costs_only_itself() -> None:
    welcome = content(WELCOME)
    good = welcome["recipes"][0]  # type: ignore[index]
    strange = {**good, "name": "spiral", "passes": [{"zone": "spiral", "strength": 0.5}]}
    welcome["recipes"] = [strange, good, {"name": "strong", "passes": 7}, 5]
    welcome["engines"] = [{"name": "wide", "title": "", "native": 10**6}, *welcome["engines"]]  # type: ignore[misc]
    welcome["limits"] = {"crop_pixels": 2**40, "pending_bytes": 2**41, "jobs": 10**6}
    read = codec.decode(msgpack.packb(welcome))
    assert (read.recipes, read.engines) == (WELCOME.recipes, WELCOME.engines)  # type: ignore[attr-defined]
    said = read.dropped  # type: ignore[attr-defined]
    for name, sentence in zip(("wide", "spiral", "strong", "5"), said, strict=True):
        assert name in sentence
    assert "whole, ring, wide" in said[1]
    assert codec.decode(codec.encode(read)) == read


def test_a_figure_or_note_that_is_not_understood_is_left_out() -> None:
    done = next(one for one in SAMPLES if isinstance(one, PassDone))
    told = content(done)
    told["figures"] = [*told["figures"], {"name": "glow", "value": "much"}]  # type: ignore[misc]
    told["unmeasured"] = [{"rule": "a rule!", "sentence": ""}]
    assert codec.decode(msgpack.packb(told)) == replace(done, unmeasured=())


def test_records_are_read_as_strictly_as_ever() -> None:
    done = next(one for one in SAMPLES if isinstance(one, PassDone))
    told = content(done)
    told["figures"] = [{"name": "glow", "value": "much"}]
    with pytest.raises(InvalidField):
        codec.from_map(PassDone, told, "record")


@pytest.mark.parametrize("engine", [5, 0, False, None, ["a"]])
def test_a_recipe_names_its_engine_in_text(engine: object) -> None:
    with pytest.raises(InvalidField, match="engine"):
        RecipeInfo("a", "A", "", WELCOME.recipes[0].passes, engine)  # type: ignore[arg-type]


def test_an_error_can_be_told_whatever_it_quotes() -> None:
    error = ProtocolError("storage", "m\udcff.safetensors", "", "\ud83d" * 3000)
    told = codec.decode(codec.encode(Failed.of(error, "")))
    assert told.got == "m\\udcff.safetensors"  # type: ignore[attr-defined]


def blob(number: int, side: int) -> BlobInfo:
    return BlobInfo(number, side, side, "RGBA", "u8", "", RAW, 4 * side * side)


def test_what_is_announced_takes_memory_as_it_comes() -> None:
    assembler = Assembler(1 << 30)
    tracemalloc.start()
    assembler.announce(tuple(blob(number, 4096) for number in range(10)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000
    assert assembler.pending_bytes == 10 << 26


def test_all_connections_share_one_room_and_each_has_a_little_of_its_own() -> None:
    room = Room(most=5 << 20, own=1 << 20)
    first, second = Assembler(1 << 30, room), Assembler(1 << 30, room)
    first.announce((blob(1, 1024),))
    with pytest.raises(ProtocolError) as caught:
        second.announce((blob(1, 1024),))
    assert caught.value.code == QUEUE_FULL
    second.announce((blob(1, 512),))
    assert room.taken == 5 << 20
    first.close()
    second.add(1, 0, bytes(1 << 20))
    second.take((blob(1, 512),))
    assert room.taken == 0


def test_a_picture_that_is_not_admitted_is_refused_at_its_announcement() -> None:
    def admit(message: Message) -> None:
        raise ProtocolError(TOO_LARGE, "a crop", "a smaller one")

    client, server = Peer(CLIENT), Peer(SERVER, admit=admit)
    for frame in client.send(Hello("sfumato/1", "tests")):
        server.receive(frame)
    for frame in server.send(WELCOME):
        client.receive(frame)
    submit = next(one for one in SAMPLES if isinstance(one, Submit))
    with pytest.raises(ProtocolError) as caught:
        server.receive(codec.encode(submit))
    assert (caught.value.code, caught.value.job) == (TOO_LARGE, submit.job)
    assert server.receive(codec.encode(Chunk(submit.image.id, 0, b"x"))) is None
