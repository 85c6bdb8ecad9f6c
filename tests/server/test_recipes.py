"""Recipes are data: the built-in ones, the user's own, and what is wrong with a bad one."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from fakes.places import ROOT
from sfumato_protocol.messages import PassSpec
from sfumato_server.offer.recipes import RecipeError, load, parse

# In the order in which they are offered.
LADDERS = {
    "heal": [("whole", 1.0)],
    "artefact-fix": [("whole", 0.6)],
    "seam": [("wide", 0.4), ("ring", 0.5)],
    "face-swap-boundary": [("whole", 0.7), ("ring", 0.4), ("wide", 0.25)],
    "expression": [("whole", 0.65), ("wide", 0.3)],
    "face-replace": [("whole", 0.95), ("ring", 0.4), ("wide", 0.25)],
}


def test_the_built_in_ladders_are_those_of_the_craft() -> None:
    found = {
        name: [(spec.zone, spec.strength) for spec in recipe.passes]
        for name, recipe in load().items()
    }
    assert list(found.items()) == list(LADDERS.items())
    assert [one.name for one in load().values() if one.draws] == ["expression", "face-replace"]


def test_a_pasted_face_is_graded_by_the_built_in_engine_where_there_is_one() -> None:
    def engines(*there: str) -> list[str]:
        return [one.engine for one in load(engines=there)["face-swap-boundary"].passes]

    assert engines("sd", "patch-diffusion") == ["", "", "patch-diffusion"]
    assert engines("sd") == ["", "", ""]
    assert (load()["heal"].engine, load(engines=("sd",))["heal"].engine) == ("patch-diffusion", "")


def test_every_built_in_recipe_says_what_it_does_in_a_few_plain_words() -> None:
    for recipe in load().values():
        assert 40 < len(recipe.description) < 160
        assert recipe.description.endswith(".")
        assert not re.search(r"pass|denois|strength|ladder", recipe.description)


def test_each_pass_has_its_own_seed_unless_told_otherwise() -> None:
    recipe = load()["face-swap-boundary"]
    assert [spec.seed_offset for spec in recipe.passes] == [0, 1, 2]


def test_a_users_recipe_joins_and_replaces(tmp_path: Path) -> None:
    body = '[[pass]]\nzone = "wide"\nstrength = 0.2\n'
    (tmp_path / "grade.toml").write_text(body)
    (tmp_path / "heal.toml").write_text('title = "My heal"\n' + body)
    (tmp_path / "notes.txt").write_text("not a recipe")
    recipes = load([tmp_path, tmp_path / "missing"])
    assert recipes["grade"].title == "grade"
    assert recipes["heal"].title == "My heal"
    assert list(recipes) == [*LADDERS, "grade"], "what replaces a recipe takes its place"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("zone = ", "not TOML"),
        ("title = 'no passes'", "at least one pass"),
        ("[[pass]]\nzone = 'whole'", "no strength"),
        ("[[pass]]\nzone = 'halo'\nstrength = 0.5", "one of whole, ring, wide"),
        ("[[pass]]\nzone = 'ring'\nstrength = 1.5", "0.01 to 1"),
        (f"[[pass]]\nzone = 'ring'\nstrength = 1{400 * '0'}", "0.01 to 1"),
        ("[[pass]]\nzone = 'ring'\nstrength = nan", "0.01 to 1"),
        ("[[pass]]\nzone = 'ring'\nstrenght = 0.5", "strenght"),
        ("colour = 'red'\n[[pass]]\nzone = 'ring'\nstrength = 0.5", "colour"),
        ("[pass]\nzone = 'ring'\nstrength = 0.5", "[[pass]]"),
        ("draws = 1\n[[pass]]\nzone = 'ring'\nstrength = 0.5", "draws"),
        ("[[pass]]\nzone = 'ring'\nstrength = 0.5\nengine = '../x'", "engine"),
        ("title = 5\n[[pass]]\nzone = 'ring'\nstrength = 0.5", "text"),
    ],
)
def test_a_bad_recipe_names_its_file_and_its_fault(content: str, complaint: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse("mine", content.encode(), "/home/me/mine.toml")
    assert "/home/me/mine.toml" in str(caught.value)
    assert complaint in str(caught.value)


def test_the_manual_names_every_field_and_its_examples_work() -> None:
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", page.split("## The built-in")[0], re.MULTILINE))
    assert listed == {field.name for field in fields(PassSpec)} | {"title", "description", "draws"}
    examples = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    first, second = (parse("mine", one.encode(), "docs/recipes.md") for one in examples)
    assert [spec.zone for spec in first.passes] == ["whole", "ring"]
    assert [spec.engine for spec in second.passes] == ["", "patch-diffusion"]
    offered = re.findall(r"^\| `([\w-]+)` \|", page.split("## The built-in ones")[1], re.MULTILINE)
    assert offered == list(LADDERS)
