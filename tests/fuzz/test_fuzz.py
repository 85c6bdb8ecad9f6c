"""A short run of every fuzz target, and conversations that hypothesis thinks up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.message_strategies import BY_TYPE
from fuzz import targets
from fuzz.__main__ import HANG_SECONDS, MOST_GROWTH, SHARES, cases, mutated
from sfumato_protocol import codec

RUNS = int(os.environ.get("FUZZ", "800"))


@pytest.mark.parametrize("name", list(SHARES))
def test_spoiled_input_is_refused_in_time_and_in_bounds(name: str, tmp_path: Path) -> None:
    target, seeds = cases(tmp_path)[name]
    outcome = mutated(target, seeds(), RUNS, seed=1)
    assert outcome.longest < HANG_SECONDS
    assert outcome.grown < MOST_GROWTH


messages = st.one_of(list(BY_TYPE.values())).map(codec.encode)
truncated = st.builds(lambda frame, length: frame[:length], messages, st.integers(0, 200))
any_frames = st.lists(messages | truncated | st.binary(max_size=40), max_size=12)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_frames, st.integers(0, 3))
def test_a_peer_takes_or_refuses_any_conversation(frames: list[bytes], who: int) -> None:
    targets.conversation(bytes([who]) + targets.joined([frame[:60_000] for frame in frames]))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_no_harm(data: bytes) -> None:
    for target in (targets.one_frame, targets.assembly, targets.compressed):
        target(data)
