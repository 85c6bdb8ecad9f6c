"""`sfumato recipes`: what a server offers to run, and on what."""

from __future__ import annotations

import textwrap
from pathlib import Path

import click

from sfumato_protocol.messages import RecipeInfo

from ..config import Config
from ..engines.base import EngineError
from ..offer.catalogue import Catalogue


def show(home: Path | None) -> int:
    """Print the recipes in the order in which they are offered; 1 if they cannot be read."""
    try:
        catalogue = Catalogue.of(Config(home=home) if home else Config())
    except EngineError as error:
        click.echo(f"sfumato recipes: {error}", err=True)
        return 1
    offered = {recipe.name for recipe in catalogue.welcome().recipes}
    for recipe in catalogue.recipes.values():
        click.echo(f"{recipe.name}: {_ladder(recipe)}")
        missing = "" if recipe.name in offered else " Not offered yet: sfumato models add."
        words = recipe.description + missing
        click.echo(textwrap.indent(textwrap.fill(words, 76), "    "))
    for reason in catalogue.refused_recipes:
        click.echo(f"cannot be used: {reason}", err=True)
    return int(bool(catalogue.refused_recipes))


def _ladder(recipe: RecipeInfo) -> str:
    """Its passes, each with the engine that the recipe names for it."""
    engines = (one.engine or recipe.engine for one in recipe.passes)
    return " → ".join(
        f"{one.strength:.2f} {one.zone}" + (f" on {engine}" if engine else "")
        for one, engine in zip(recipe.passes, engines, strict=True)
    )
