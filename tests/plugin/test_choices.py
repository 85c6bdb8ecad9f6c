from dataclasses import replace

import pytest

from fakes.flat_server import WELCOME
from sfumato.core.choices import Choices, caution, engine_for, offered, recipe_named
from sfumato.core.types import Refusal
from sfumato_protocol.messages import EngineInfo


def test_a_locked_seed_stays_and_a_free_one_moves() -> None:
    locked = Choices(seed=5, seed_locked=True)
    assert locked.drawn() == locked
    drawn = {Choices(seed=5).drawn().seed for _ in range(8)}
    assert len(drawn) > 1
    assert all(0 <= seed < 2**32 for seed in drawn)


def test_no_name_is_the_servers_first_recipe() -> None:
    assert recipe_named(WELCOME, "") is WELCOME.recipes[0]


def test_an_unknown_recipe_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refusal, match=r"“nose”.*two"):
        recipe_named(WELCOME, "nose")


def test_a_server_without_recipes_is_a_refusal() -> None:
    with pytest.raises(Refusal, match="no recipes"):
        recipe_named(replace(WELCOME, recipes=()), "")


def test_a_recipe_names_its_engine_or_takes_the_first() -> None:
    other = EngineInfo("sdxl", "SDXL", 1024, 8, ("prompt",))
    welcome = replace(WELCOME, engines=(*WELCOME.engines, other))
    recipe = welcome.recipes[0]
    assert engine_for(welcome, recipe) is welcome.engines[0]
    assert engine_for(welcome, replace(recipe, engine="sdxl")) is other
    assert engine_for(welcome, replace(recipe, engine="gone")) is None


def test_a_recipe_that_draws_takes_the_first_engine_that_does() -> None:
    other = EngineInfo("sdxl", "SDXL", 1024, 8, ("prompt",))
    welcome = replace(WELCOME, engines=(*WELCOME.engines, other))
    drawing = replace(welcome.recipes[0], draws=True)
    assert engine_for(welcome, drawing) is other
    assert engine_for(welcome, drawing, "flat") is welcome.engines[0]
    assert engine_for(WELCOME, drawing) is WELCOME.engines[0]
    assert caution(welcome, drawing) == ""
    assert "cannot draw a face" in caution(WELCOME, drawing)


def test_a_recipe_that_is_not_offered_gives_way_to_the_first() -> None:
    kept = Choices("two", "skin", seed=3)
    assert offered(WELCOME, kept) == (kept, "")
    assert offered(WELCOME, replace(kept, recipe="")) == (replace(kept, recipe=""), "")
    fallen, said = offered(WELCOME, replace(kept, recipe="face-replace"))
    assert fallen == kept
    assert (
        said == "The recipe “face-replace” is not offered here, so “Two passes” is chosen instead."
    )
    lost = replace(kept, recipe="face-replace")
    assert offered(replace(WELCOME, recipes=()), lost) == (lost, "")
