"""What servers write is understood in every language that the plugin speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fakes import wording
from sfumato.core import words
from sfumato.core.understood import recipe_title, understood
from sfumato_protocol.messages import PassSpec, RecipeInfo


@pytest.fixture(params=["de", "fr"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    code: str = request.param
    words.use(code)
    yield code
    words.use("C")


def test_every_sentence_of_the_server_is_known(language: str) -> None:
    del language
    assert len(wording.servers()) > 60
    assert wording.servers() - words.servers().keys() == set()


def test_recipes_have_names_that_artists_understand() -> None:
    heal = RecipeInfo("heal", "Heal", "", (PassSpec("whole", 1.0),))
    words.use("de")
    try:
        assert recipe_title(heal) == "Heilen"
        assert recipe_title(replace(heal, own=True)) == "Heal"
        assert recipe_title(replace(heal, title="")) == "heal"
    finally:
        words.use("C")
    assert recipe_title(heal) == "Heal"


def test_what_varies_stands_in_the_sentence() -> None:
    words.use("de")
    try:
        said = understood("At strength 0.90 what was there is replaced, not corrected.")
        assert said == "Bei Stärke 0.90 wird ersetzt, was da war, nicht korrigiert."
        nested = understood("The edge shows 1.50 times as much as before: look along it.")
        assert nested == "Die Kante zeigt sich 1.50-mal so viel wie vorher: an ihr entlangsehen."
        assert understood("The grain fits.") == "Das Korn passt."
        strange = "A sentence {} of a newer server."
        assert understood(strange) == strange
    finally:
        words.use("C")
    assert understood("The grain fits.") == "The grain fits."
