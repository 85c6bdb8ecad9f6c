"""A ladder in hand as a recipe that a server keeps."""

import unicodedata
from dataclasses import replace
from typing import Optional, Tuple

from sfumato_protocol.messages import RecipeInfo, Welcome

from .choices import Choices

LONGEST_TITLE = 60
_LONGEST_NAME = 48


def name_of(title: str) -> str:
    """The name that a title is kept under: lower-case ASCII letters, digits and single hyphens."""
    flat = unicodedata.normalize("NFKD", title.lower().replace("ß", "ss"))
    words = "".join(one if one.isascii() and one.isalnum() else " " for one in _bare(flat)).split()
    return "-".join(words)[:_LONGEST_NAME].strip("-") or "recipe"


def holder(welcome: Welcome, title: str) -> Optional[RecipeInfo]:
    """The listed recipe that one with this title would take the place of."""
    wanted = title.strip().casefold()
    same = [one for one in welcome.recipes if one.title.casefold() == wanted]
    same += [one for one in welcome.recipes if one.name == name_of(title)]
    return same[0] if same else None


def kept_as(title: str, recipe: RecipeInfo, choices: Choices, welcome: Welcome) -> RecipeInfo:
    """What will run now of a recipe, as a recipe of its own; in place of the `holder` of its title.

    The choices must have a pass that runs.
    """
    title = title.strip()[:LONGEST_TITLE]
    before = holder(welcome, title)
    return replace(
        recipe,
        name=before.name if before is not None else name_of(title),
        title=title,
        description=recipe.description if before is not None and before == recipe else "",
        passes=choices.passes(recipe),
        own=True,
    )


def renamed(recipe: RecipeInfo, title: str) -> RecipeInfo:
    """The same recipe by another title. Its name stays, for the records that tell of it."""
    return replace(recipe, title=title.strip()[:LONGEST_TITLE])


def listed(welcome: Optional[Welcome], name: str) -> Optional[RecipeInfo]:
    """The recipe of that name, the first for "", None if it is not there."""
    recipes: Tuple[RecipeInfo, ...] = welcome.recipes if welcome is not None else ()
    return next((one for one in recipes if name in ("", one.name)), None)


def _bare(text: str) -> str:
    return "".join(one for one in text if not unicodedata.combining(one))
