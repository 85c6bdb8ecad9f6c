"""What servers write, in the artist's language: they write English, and of what they may write the
catalogues in `words/servers` know the sentences, with {} for what varies."""

import re
from functools import lru_cache
from typing import Pattern, Sequence, Tuple

from sfumato_protocol.messages import RecipeInfo

from . import words


def recipe_title(recipe: RecipeInfo) -> str:
    """What a recipe is called; one that somebody saved keeps the name it was given."""
    called = recipe.title or recipe.name
    return called if recipe.own else understood(called)


def understood(text: str) -> str:
    """A server's sentence in the artist's language; as it is where no catalogue has it."""
    whole = words.servers()
    if not whole or text in whole:
        return whole.get(text, text)
    for pattern, said in _patterns(tuple(whole.items())):
        found = pattern.fullmatch(text)
        if found is not None:
            return said.format(*(whole.get(part) or _part(part) for part in found.groups()))
    return text


def _part(part: str) -> str:
    """What stands in a sentence: a number, a name, or words that vary in themselves."""
    for pattern, said in _patterns(tuple(words.servers().items())):
        found = pattern.fullmatch(part)
        if found is not None:
            return said.format(*found.groups())
    return part


@lru_cache(maxsize=1)
def _patterns(catalogue: Sequence[Tuple[str, str]]) -> Tuple[Tuple[Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.escape(text).replace(re.escape("{}"), "(.+?)"), re.DOTALL), said)
        for text, said in catalogue
        if "{}" in text
    )
