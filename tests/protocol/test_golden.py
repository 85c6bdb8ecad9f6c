"""Version 1 peers keep talking: what they wrote is read, what is written they read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgpack
import pytest

from fakes.sample_messages import SAMPLES
from sfumato_protocol import codec
from sfumato_protocol.messages import ALL, Accepted, Message, Welcome

GOLDEN = Path(__file__).parent / "golden"


def test_every_message_type_has_a_golden_file() -> None:
    names = {path.stem for path in GOLDEN.glob("*.bin")}
    assert names == {kind.type for kind in ALL} == {sample.type for sample in SAMPLES}


@pytest.mark.parametrize("message", SAMPLES, ids=lambda message: message.type)
def test_old_bytes_are_read(message: Message) -> None:
    assert codec.decode((GOLDEN / f"{message.type}.bin").read_bytes()) == message


@pytest.mark.parametrize("message", SAMPLES, ids=lambda message: message.type)
def test_an_old_peer_reads_what_is_written(message: Message) -> None:
    """Everything it knows is there, of the same type; it ignores the rest."""
    written = msgpack.unpackb(codec.encode(message))
    _assert_holds(written, msgpack.unpackb((GOLDEN / f"{message.type}.bin").read_bytes()))


@pytest.mark.parametrize("message", SAMPLES, ids=lambda message: message.type)
def test_fields_of_the_future_are_ignored(message: Message) -> None:
    content = msgpack.unpackb((GOLDEN / f"{message.type}.bin").read_bytes())
    content["from_the_future"] = {"deep": [1, 2, {"deeper": None}]}
    assert codec.decode(msgpack.packb(content)) == message


def _assert_holds(new: Any, old: Any) -> None:
    assert type(new) is type(old)
    if isinstance(old, dict):
        assert set(old) <= set(new)
        for name, value in old.items():
            _assert_holds(new[name], value)
    elif isinstance(old, list):
        assert len(new) == len(old)
        for left, right in zip(new, old, strict=True):
            _assert_holds(left, right)
    else:
        assert new == old


def test_peers_of_before_know_of_one_engine_a_job_and_of_recipes_for_every_engine() -> None:
    """What they wrote means that; what is new is left out by nobody who has something to say."""
    accepted = codec.decode((GOLDEN / "accepted.bin").read_bytes())
    assert isinstance(accepted, Accepted)
    assert [one.engine for one in accepted.plan] == [""]
    assert accepted.plan[0].title.endswith("seed 4294967295")
    named = replace(accepted, plan=(replace(accepted.plan[0], engine="patch-diffusion"),))
    assert codec.decode(codec.encode(named)) == named
    welcome = codec.decode((GOLDEN / "welcome.bin").read_bytes())
    assert isinstance(welcome, Welcome)
    assert [(one.draws, one.passes[0].engine) for one in welcome.recipes] == [(False, "")]
    assert [one.draws for one in welcome.engines] == [False]


def test_fields_with_defaults_may_be_missing() -> None:
    """They came later, or an old peer leaves them out."""
    content = msgpack.unpackb((GOLDEN / "progress.bin").read_bytes())
    del content["note"]
    decoded = codec.decode(msgpack.packb(content))
    assert decoded.type == "progress"
    assert getattr(decoded, "note", None) == ""
