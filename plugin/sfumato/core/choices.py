"""What the artist chose in the docker, and the ladder it stands for."""

import random
from dataclasses import dataclass, field, replace
from typing import Optional, Tuple

from sfumato_protocol import checks
from sfumato_protocol.messages import (
    MAX_PASSES,
    MAX_SEED,
    EngineInfo,
    PassSpec,
    RecipeInfo,
    Welcome,
)

from . import recipe_sentences, sentences
from .hand import MaskHand
from .ladder import Ladder, Rung, rungs, running
from .types import Refusal
from .understood import recipe_title

ABOVE, TOP = "above", "top"


@dataclass(frozen=True)
class Choices:
    """recipe: a name the server lists, "" for its first. seed: 0..2^32-1.

    seed_locked: use the same seed again; otherwise every click draws a new one.
    engine: a name the server lists, "" for the recipe's own or the server's first.
    ladder: the recipe's passes as the artist altered them, () for as they are. overall: a factor on
    the strength of all of them, above 0. hand: what the artist chose of the mask. place: layers go
    `ABOVE` the active one, and what lies above that is not read; or to the `TOP`, and the whole
    picture is read.
    """

    recipe: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    seed: int = 0
    seed_locked: bool = False
    engine: str = ""
    ladder: Tuple[Rung, ...] = ()
    overall: float = 1.0
    hand: MaskHand = field(default_factory=MaskHand)
    place: str = ABOVE

    def __post_init__(self) -> None:
        checks.count("ladder", self.ladder, MAX_PASSES)
        checks.number("overall", self.overall, 0.05, 2.0)
        checks.one_of("place", self.place, (ABOVE, TOP))

    def passes(self, recipe: RecipeInfo) -> Tuple[PassSpec, ...]:
        """The passes that will run of a recipe; none, if the artist switched all of them off."""
        return running(self.rungs(recipe), self.overall)

    def rungs(self, recipe: RecipeInfo) -> Ladder:
        """The ladder as it is in hand: the recipe's, or as the artist altered it."""
        return self.ladder or rungs(recipe)

    def altered(self, recipe: RecipeInfo) -> bool:
        """Whether other passes will run than the recipe's own."""
        return self.passes(recipe) != recipe.passes

    def with_recipe(self, name: str) -> "Choices":
        """Another recipe, as it is."""
        return replace(self, recipe=name, ladder=(), overall=1.0)

    def with_ladder(self, recipe: RecipeInfo, ladder: Ladder) -> "Choices":
        """Another ladder in place of a recipe's. One that is the recipe's follows that again."""
        return replace(self, ladder=() if ladder == rungs(recipe) else ladder)

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
    """The engine that a recipe runs on: the `chosen` one, else its own, else the server's first;
    for a recipe that draws the first that does. None if it is not listed."""
    wanted = chosen or recipe.engine
    listed = welcome.engines
    if not wanted and recipe.draws:
        listed = tuple(engine for engine in listed if engine.draws) or listed
    for engine in listed:
        if wanted in ("", engine.name):
            return engine
    return None


def caution(welcome: Welcome, recipe: RecipeInfo, chosen: str = "") -> str:
    """What the artist should know before the click: that the engine will not do what the recipe is
    for. "" where all is well."""
    engine = engine_for(welcome, recipe, chosen)
    if engine is None:
        return sentences.no_engine(chosen or recipe.engine, [one.name for one in welcome.engines])
    if recipe.draws and not engine.draws:
        return sentences.cannot_draw(engine.title or engine.name)
    own = engine_for(welcome, recipe)
    if recipe.engine and own is not None and engine.draws and not own.draws:
        return sentences.draws_anew(own.title or own.name, engine.title or engine.name)
    return ""


def _on_listed(ladder: Ladder, listed: Tuple[str, ...]) -> Ladder:
    """The ladder with its passes on the job's engine where theirs is not listed."""
    return tuple(
        rung if rung.step.engine in listed else replace(rung, step=replace(rung.step, engine=""))
        for rung in ladder
    )


def offered(welcome: Welcome, choices: Choices) -> Tuple[Choices, str]:
    """The choices that can be run here, and a sentence for what had to change, "" for nothing.

    A recipe that is not offered gives way to the server's first, an engine to the recipe's own.
    """
    said = []
    names = [recipe.name for recipe in welcome.recipes]
    if names and choices.recipe not in ("", *names):
        first = welcome.recipes[0]
        said.append(sentences.recipe_not_offered(choices.recipe, recipe_title(first)))
        choices = choices.with_recipe(first.name)
    if choices.engine not in ("", *(engine.name for engine in welcome.engines)):
        own = engine_for(welcome, recipe_named(welcome, choices.recipe)) if names else None
        said.append(
            sentences.engine_not_offered(choices.engine, own.title or own.name if own else "")
        )
        choices = replace(choices, engine="")
    listed = ("", *(engine.name for engine in welcome.engines))
    if any(rung.step.engine not in listed for rung in choices.ladder):
        said.append(recipe_sentences.pass_engine_not_offered())
        choices = replace(choices, ladder=_on_listed(choices.ladder, listed))
    return choices, " ".join(said)
