"""Advice on the recipe: whether the engine can do what it is for."""

from __future__ import annotations

from dataclasses import dataclass

from .rules import Rule


@dataclass(frozen=True)
class RecipeFacts:
    """A recipe and the engine of its first pass, which does most of the work.

    needs_drawing: the recipe is for drawing what is not in the picture. can_draw: the engine does.
    engine: its title.
    """

    needs_drawing: bool
    can_draw: bool
    engine: str


RECIPE_RULES: tuple[Rule[RecipeFacts], ...] = (
    Rule(
        "recipe.cannot-draw",
        lambda r: r.needs_drawing and not r.can_draw,
        lambda r: (
            f"{r.engine} copies and grades what is in the picture; it cannot draw a face. "
            "Choose a model for this recipe, or another recipe."
        ),
        "A tool without a model works with the pixels of the picture. It mends, blends "
        "and grades, but has never seen a face.",
    ),
)
