"""What the artist chose in the docker, and the ladder it stands for."""

import random
from dataclasses import dataclass, replace
from typing import Optional

from sfumato_protocol.messages import MAX_SEED, EngineInfo, RecipeInfo, Welcome

from . import sentences
from .types import Refusal


@dataclass(frozen=True)
class Choices:
    """recipe: a name the server lists, "" for its first. seed: 0..2^32-1.

    seed_locked: use the same seed again; otherwise every click draws a new one.
    engine: a name the server lists, "" for the recipe's own or the server's first.
    """

    recipe: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    seed: int = 0
    seed_locked: bool = False
    engine: str = ""

    def drawn(self) -> "Choices":
        """These choices with the seed the next job will use."""
        return self if self.seed_locked else replace(self, seed=random.randint(0, MAX_SEED))


def recipe_named(welcome: Welcome, name: str) -> RecipeInfo:
    """The recipe of that name, the server's first for "". Raises `Refusal` if it is not listed."""
    for recipe in welcome.recipes:
        if name in ("", recipe.name):
            return recipe
    raise Refusal(sentences.no_recipe(name, [recipe.name for recipe in welcome.recipes]))


def engine_for(welcome: Welcome, recipe: RecipeInfo, chosen: str = "") -> Optional[EngineInfo]:
    """The engine that a recipe runs on: the `chosen` one, else its own, else the server's first."""
    wanted = chosen or recipe.engine
    for engine in welcome.engines:
        if wanted in ("", engine.name):
            return engine
    return None
