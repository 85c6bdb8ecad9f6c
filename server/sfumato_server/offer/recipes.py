"""Recipes: named ladders, read from TOML files, one recipe a file.

title = "Seam"
description = "Works on the selection's edge only."
engine = "patch-diffusion"     # optional
draws = false                  # optional: needs an engine that draws what is not in the picture

[[pass]]
zone = "ring"                  # whole, ring or wide
strength = 0.5                 # denoising strength
feather = 1.0                  # optional factors on the job's mask lengths
width = 1.0
steps = 0                      # optional, 0: the engine's own number
guidance = -1                  # optional, -1: the engine's own
seed_offset = 0                # optional, by default the pass's place in the ladder, from 0
prompt = ""                    # optional, "": the job's prompt
grain = true                   # optional: give a smooth result the grain around it
engine = ""                    # optional, "": the job's engine
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from sfumato_protocol import small_files
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import PassSpec, RecipeInfo
from sfumato_protocol.plain_text import printable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_BUILT_IN = Path(__file__).parent / "builtin_recipes"
_MOST_BYTES = 1024 * 1024  # of a recipe
MOST_WORDS = 1000  # of a refusal
_PASS_FIELDS = {field.name for field in fields(PassSpec)}
_RECIPE_FIELDS = {"title", "description", "engine", "draws", "pass"}
# From what a first-time user wants to what needs thought; the user's own follow by title.
_ORDER = ("heal", "artefact-fix", "seam", "face-swap-boundary", "expression", "face-replace")


class RecipeError(Exception):
    """A recipe file that cannot be used; the text names the file, what was got and expected."""


@dataclass(frozen=True)
class Ladders:
    """recipes: by name, in the order in which they are offered. refused: a sentence for each file
    that is none, one line."""

    recipes: Mapping[str, RecipeInfo]
    refused: tuple[str, ...] = ()


def load(
    folders: Iterable[Path] = (), engines: Collection[str] | None = None
) -> Mapping[str, RecipeInfo]:
    """As `look`, without the refused ones."""
    return look(folders, engines).recipes


def look(folders: Iterable[Path] = (), engines: Collection[str] | None = None) -> Ladders:
    """The built-in recipes and those of `folders`; a later one replaces an earlier one.

    engines: those that there are; built-in recipes that name others take the job's instead. None:
    whatever they name. A folder that is not there holds none, and whatever is wrong with a file
    costs that file alone.
    """
    built_in, refused = _in(_BUILT_IN)
    found = {recipe.name: _with(recipe, engines) for recipe in built_in}
    for folder in folders:
        own, bad = _in(folder)
        found |= {recipe.name: replace(recipe, own=True) for recipe in own}
        refused += bad
    return Ladders(dict(sorted(found.items(), key=_place)), tuple(refused))


def _in(folder: Path) -> tuple[list[RecipeInfo], list[str]]:
    found: list[RecipeInfo] = []
    refused: list[str] = []
    try:
        files = sorted(folder.glob("*.toml"))
    except OSError as error:
        return [], [printable(f"The recipes in {folder} cannot be read: {error.strerror}.")]
    for file in files:
        try:
            found.append(parse(file.stem, _content(file), str(file)))
        except RecipeError as error:
            refused.append(printable(str(error)[:MOST_WORDS]))
        except Exception as error:  # noqa: BLE001 - anything at all may lie there
            text = f"{file}: is no recipe ({type(error).__name__}: {error})."
            refused.append(printable(text[:MOST_WORDS]))
    return found, refused


def _place(entry: tuple[str, RecipeInfo]) -> tuple[int, str, str]:
    name, recipe = entry
    place = _ORDER.index(name) if name in _ORDER else len(_ORDER)
    return place, recipe.title.casefold(), name


def _with(recipe: RecipeInfo, engines: Collection[str] | None) -> RecipeInfo:
    def known(name: str) -> str:
        return name if engines is None or name in engines else ""

    passes = tuple(replace(spec, engine=known(spec.engine)) for spec in recipe.passes)
    return replace(recipe, engine=known(recipe.engine), passes=passes)


def _content(file: Path) -> bytes:
    try:
        return small_files.read(file, _MOST_BYTES)
    except OSError as error:
        raise RecipeError(f"{file}: cannot be read: {error.strerror or error}.") from error


def parse(name: str, content: bytes, origin: str) -> RecipeInfo:
    """One recipe from the bytes of its file. `origin` names the file in errors, `RecipeError`."""
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
    except RecursionError as error:
        raise RecipeError(f"{origin}: is nested too deep. Correct or remove the file.") from error
    except ValueError as error:  # TOML's errors and UTF-8's
        raise RecipeError(f"{origin}: not TOML: {error}. Correct or remove the file.") from error
    _known(table, _RECIPE_FIELDS, origin)
    passes = table.get("pass", [])
    if not isinstance(passes, list) or not all(isinstance(entry, dict) for entry in passes):
        raise RecipeError(f"{origin}: got one [pass] table; expected [[pass]] for each pass.")
    try:
        return RecipeInfo(
            name=name,
            title=table.get("title", name),
            description=table.get("description", ""),
            passes=tuple(_pass(entry, place, origin) for place, entry in enumerate(passes)),
            engine=table.get("engine", ""),
            draws=table.get("draws", False),
        )
    except ProtocolError as error:
        raise RecipeError(f"{origin}: {error}") from error


def _pass(entry: Mapping[str, Any], place: int, origin: str) -> PassSpec:
    _known(entry, _PASS_FIELDS, origin)
    missing = {"zone", "strength"} - set(entry)
    if missing:
        raise RecipeError(f"{origin}: pass {place + 1} has no {' and no '.join(sorted(missing))}.")
    return PassSpec(**{"seed_offset": place, **entry})


def _known(table: Mapping[str, Any], known: set[str], origin: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise RecipeError(
            f"{origin}: got {', '.join(unknown)}; expected only {', '.join(sorted(known))}."
        )
