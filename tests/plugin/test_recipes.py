"""Recipes that the server keeps: how one is made of a ladder, asked for and answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt5.QtWidgets import QApplication, QInputDialog

from fakes.flat_server import WELCOME
from fakes.qt_waiting import Recorder
from sfumato.core import keeping
from sfumato.core.choices import Choices
from sfumato.core.ladder import rungs
from sfumato.recipes import Recipes
from sfumato.ui.recipe_bar import RecipeBar
from sfumato_protocol.messages import (
    DeleteRecipe,
    Failed,
    Message,
    Offer,
    PassSpec,
    RecipeInfo,
    SaveRecipe,
)
from sfumato_protocol.offers import RECIPES

TWO = WELCOME.recipes[0]
OWN = RecipeInfo("skin", "Skin", "", (PassSpec("whole", 0.3),), own=True)
SERVER = replace(WELCOME, recipes=(TWO, OWN), features=(RECIPES,))


class Line:
    """As much of a line as recipes need."""

    def __init__(self) -> None:
        self.welcome = SERVER
        self.said: list[Message] = []

    def say(self, message: Message) -> None:
        self.said.append(message)


class Kept:
    """Recipes with a line, and what they told."""

    def __init__(self) -> None:
        self.recipes, self.line = Recipes(), Line()
        self.said, self.chosen = Recorder(self.recipes.said), Recorder(self.recipes.kept)
        self.recipes.attach(self.line)  # type: ignore[arg-type]

    def request(self) -> str:
        message = self.line.said[-1]
        assert isinstance(message, SaveRecipe | DeleteRecipe)
        return message.request

    def offered(self, *listed: RecipeInfo) -> None:
        self.recipes.offered(Offer(SERVER.engines, listed))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("My skin", "my-skin"),
        ("Öl & Größe – 2", "ol-grosse-2"),
        ("../../etc/passwd", "etc-passwd"),
        ("面", "recipe"),
        ("x" * 90, "x" * 48),
    ],
)
def test_a_title_gives_a_plain_name(title: str, name: str) -> None:
    assert keeping.name_of(title) == name


def test_what_runs_now_is_what_is_kept() -> None:
    off, on = rungs(TWO)
    choices = Choices(ladder=(replace(off, on=False), on), overall=0.5)
    kept = keeping.kept_as(" Soft ", TWO, choices, SERVER)
    assert (kept.name, kept.title, kept.own) == ("soft", "Soft", True)
    assert kept.passes == (replace(TWO.passes[1], strength=0.2),)


def test_the_title_of_a_listed_one_takes_its_place() -> None:
    assert keeping.holder(SERVER, "skin") == OWN
    assert keeping.kept_as("SKIN", TWO, Choices(), SERVER).name == "skin"
    assert keeping.holder(SERVER, "other") is None


def test_a_kept_recipe_is_chosen_once_the_server_offers_it() -> None:
    kept = Kept()
    kept.recipes.save(OWN)
    assert kept.line.said == [SaveRecipe(kept.request(), OWN)]
    kept.offered(TWO)
    assert kept.said.seen == []
    kept.offered(TWO, OWN)
    kept.offered(TWO, OWN)
    assert kept.chosen.seen == ["skin"]
    assert kept.said.seen == ["The server keeps the recipe “Skin”."]


def test_a_rename_is_not_chosen_and_told_when_it_is_there() -> None:
    kept = Kept()
    kept.recipes.save(keeping.renamed(OWN, "Pores"), choose=False)
    kept.offered(TWO, OWN)
    assert kept.said.seen == []
    kept.offered(TWO, replace(OWN, title="Pores"))
    assert (kept.said.seen, kept.chosen.seen) == (["The server keeps the recipe “Pores”."], [])


def test_a_deleted_recipe_is_gone_or_built_in_again() -> None:
    for after in ((TWO,), (TWO, replace(OWN, own=False))):
        kept = Kept()
        kept.recipes.delete(OWN)
        assert kept.line.said == [DeleteRecipe(kept.request(), "skin")]
        kept.offered(*after)
        assert kept.said.seen == ["The recipe “Skin” is deleted."]


def test_a_refusal_says_why_and_others_are_not_ours() -> None:
    kept = Kept()
    kept.recipes.save(OWN)
    assert not kept.recipes.refused(Failed("", "x", "x", "", "", "f" * 32))
    why = Failed("", "not_kept", "a full disk", "room", "Delete one.", kept.request())
    assert kept.recipes.refused(why)
    assert kept.said.seen == [
        "The recipe “Skin” stays as it was. got a full disk; expected room. Delete one."
    ]
    kept.offered(TWO, OWN)
    assert len(kept.said.seen) == 1


def test_a_lost_connection_says_that_nothing_is_known() -> None:
    kept = Kept()
    kept.recipes.save(OWN)
    kept.recipes.detach()
    assert "not known" in kept.said.seen[0]
    kept.recipes.save(OWN)
    assert kept.said.seen[1] == "No server is connected that keeps recipes."


def test_a_server_that_keeps_none_is_not_asked() -> None:
    kept = Kept()
    kept.line.welcome = WELCOME
    kept.recipes.delete(OWN)
    assert (kept.line.said, len(kept.said.seen)) == ([], 1)


@pytest.fixture
def bar(application: QApplication) -> Iterator[RecipeBar]:
    made = RecipeBar()
    made.show()
    made.show_choices(Choices("two"), SERVER, connected=True)
    yield made
    made.close()


def test_what_can_be_done_with_a_recipe(bar: RecipeBar) -> None:
    def can() -> list[bool]:
        return [button.isEnabled() for button in (bar.save, bar.rename, bar.delete)]

    assert can() == [True, False, False]
    bar.show_choices(Choices("skin"), SERVER, connected=True)
    assert can() == [True, True, True]
    bar.show_choices(Choices("skin"), SERVER, connected=False)
    assert can() == [False, False, False]
    bar.show_choices(Choices("skin"), replace(SERVER, features=()), connected=True)
    assert can() == [False, False, False]


def test_saving_asks_for_a_title_and_before_it_replaces_one(
    bar: RecipeBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, typed, sure, asked = Recorder(bar.kept), "Soft", False, []

    def certain(question: str) -> bool:
        asked.append(question)
        return sure

    monkeypatch.setattr(QInputDialog, "getText", lambda *_asked: (typed, bool(typed)))
    monkeypatch.setattr(bar, "_certain", certain)
    bar.save.click()
    assert asked == []
    assert kept.seen[-1] == (keeping.kept_as("Soft", TWO, Choices(), SERVER), True)
    typed = "Skin"
    bar.save.click()
    assert "“Skin” already" in asked[0]
    assert len(kept.seen) == 1
    sure = True
    bar.save.click()
    assert kept.seen[-1][0].name == "skin"
    typed = ""
    bar.save.click()
    assert len(kept.seen) == 2
