"""Recipes: named ladders, read from TOML files, one recipe a file.

title = "Seam"
description = "Works on the selection's edge only."
engine = "patch-diffusion"     # optional

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
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import PassSpec, RecipeInfo

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_BUILT_IN = Path(__file__).parent / "builtin_recipes"
_PASS_FIELDS = {field.name for field in fields(PassSpec)}
_RECIPE_FIELDS = {"title", "description", "engine", "pass"}


class RecipeError(Exception):
    """A recipe file that cannot be used; the text names the file, what was got and expected."""


def load(folders: Iterable[Path] = ()) -> Mapping[str, RecipeInfo]:
    """The built-in recipes and those of `folders`, by name; a later one replaces an earlier one.

    Raises `RecipeError` for a file that cannot be used; a folder that is not there holds none.
    """
    found: dict[str, RecipeInfo] = {}
    for folder in (_BUILT_IN, *folders):
        for file in sorted(folder.glob("*.toml")):
            found[file.stem] = parse(file.stem, _content(file), str(file))
    return found


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RecipeError(f"{file}: cannot be read: {error.strerror or error}.") from error


def parse(name: str, content: bytes, origin: str) -> RecipeInfo:
    """One recipe from the bytes of its file. `origin` names the file in errors."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
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
