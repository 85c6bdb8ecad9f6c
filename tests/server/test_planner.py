"""Plans: numbers, seeds, lengths and prompts of the passes that will run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.conftest import submission
from sfumato_protocol.errors import UNKNOWN_RECIPE, ProtocolError
from sfumato_protocol.geometry import island_extent
from sfumato_protocol.messages import PassSpec
from sfumato_server.offer.planner import find_recipe, plan
from sfumato_server.offer.recipes import load


def test_a_recipe_becomes_passes_in_canvas_px() -> None:
    submit, _ = submission(prompt="skin")
    first, ring, wide = plan(submit, load()["face-swap-boundary"])
    assert [one.index for one in (first, ring, wide)] == [1, 2, 3]
    assert [one.seed for one in (first, ring, wide)] == [7, 8, 9]
    assert (first.extent.feather, first.extent.grow) == (10, 4)
    assert (ring.extent.feather, ring.extent.width) == (10, 10)
    assert wide.extent.feather == 32
    assert [one.extent.fit for one in (first, ring, wide)] == [1, 1, 1]
    assert first.prompt == "skin"


def test_own_passes_factors_and_prompts_go_before_the_recipe() -> None:
    own = PassSpec("ring", 0.5, feather=2.0, width=0.5, prompt="cloth", seed_offset=3)
    submit, _ = submission(prompt="skin", passes=(own,), seed=2**32 - 1)
    (only,) = plan(submit, load()["heal"])
    assert (only.extent.feather, only.extent.width) == (20, 5)
    assert only.prompt == "cloth"
    assert only.seed == 2, "seeds wrap around at 2^32"


def test_lengths_nobody_chose_are_wide_enough_for_the_model() -> None:
    submit, _ = submission()
    assert submit.masks.auto
    recipe = load()["face-swap-boundary"]
    plain = [one.extent for one in plan(submit, recipe)]
    wider = [one.extent for one in plan(submit, recipe, narrowest=lambda _: 24.0)]
    assert [one.feather for one in plain] == [10, 10, 32]
    assert [one.feather for one in wider] == [24, 24, 32]
    assert [replace(one, feather=10, narrowest=0) for one in wider] == [
        replace(one, feather=10) for one in plain
    ]
    for extent in wider:
        assert island_extent(extent, 3.0).feather == 24, "a small island's ramp too"
    for masks in (replace(submit.masks, auto=False), replace(submit.masks, keep_inside=True)):
        chosen = replace(submit, masks=masks)
        passes = plan(chosen, recipe, narrowest=lambda _: 24.0)
        assert [one.extent.feather for one in passes] == [10, 10, 32]


def test_an_unknown_recipe_is_answered_with_the_known_ones() -> None:
    submit, _ = submission(recipe="sorcery")
    with pytest.raises(ProtocolError) as caught:
        find_recipe(submit, load())
    assert caught.value.code == UNKNOWN_RECIPE
    assert "face-swap-boundary" in str(caught.value)
    assert caught.value.job == submit.job
