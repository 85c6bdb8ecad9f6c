"""Recipes that clients save: written as the files that people write by hand."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from sfumato_protocol import errors
from sfumato_protocol.errors import InvalidField, ProtocolError
from sfumato_protocol.messages import PassSpec, RecipeInfo

from .recipes import parse

MOST_OWN = 100
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
# Names that Windows keeps for devices, whatever their suffix.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)
_BACK = "Give it another name."


def save(folder: Path, recipe: RecipeInfo) -> None:
    """Write a recipe, in place of one of that name. Raises `ProtocolError` for one that cannot be
    kept, `OSError` where the disk will not take it; nothing has changed then."""
    place = _place(folder, recipe.name)
    text = to_toml(recipe)
    if parse(recipe.name, text, recipe.name) != replace(recipe, own=False):
        raise InvalidField("recipe", recipe.name, "a recipe that can be written down")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    others = {file.stem for file in folder.glob("*.toml")} - {recipe.name}
    if len(others) >= MOST_OWN:
        got, want = f"{len(others)} recipes of your own", f"fewer than {MOST_OWN}"
        raise ProtocolError(errors.TOO_LARGE, got, want, "Delete one that you do not use.")
    alike = [name for name in others if name.casefold() == recipe.name.casefold()]
    if alike:
        raise InvalidField("name", recipe.name, f"another one than {alike[0]}", _BACK)
    write(place, text)


def delete(folder: Path, name: str) -> None:
    """Remove a saved recipe. Raises `ProtocolError` where there is none, `OSError`."""
    place = _place(folder, name)
    if name not in {file.stem for file in folder.glob("*.toml")}:  # some disks mix up case
        want = "one that was saved; those that come with Sfumato stay"
        raise ProtocolError(errors.UNKNOWN_RECIPE, f"the recipe {name}", want)
    place.unlink()


@contextlib.contextmanager
def undone(folder: Path, name: str) -> Iterator[None]:
    """Puts the recipe back as it was before if something is raised."""
    place = _place(folder, name)
    before = _content(place)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            if before is None:
                place.unlink(missing_ok=True)
            elif _content(place) != before:
                write(place, before)
        raise


def _content(place: Path) -> bytes | None:
    return place.read_bytes() if place.is_file() else None


def to_toml(recipe: RecipeInfo) -> bytes:
    """The file that `recipes.parse` reads as `recipe`; what is as by default is left out."""
    lines = [f"title = {_word(recipe.title)}", f"description = {_word(recipe.description)}"]
    if recipe.engine:
        lines.append(f"engine = {_word(recipe.engine)}")
    if recipe.draws:
        lines.append("draws = true")
    for place, spec in enumerate(recipe.passes):
        lines += ["", "[[pass]]", *_settings(spec, place)]
    return ("\n".join(lines) + "\n").encode()


def write(place: Path, content: bytes) -> None:
    """Have a file with that content or, where it raises `OSError`, as it was."""
    descriptor, beside = tempfile.mkstemp(suffix=".part", dir=place.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, place)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _settings(spec: PassSpec, place: int) -> Iterator[str]:
    usual = replace(PassSpec(spec.zone, spec.strength), seed_offset=place)
    for field in fields(spec):
        setting = getattr(spec, field.name)
        if field.name in ("zone", "strength") or setting != getattr(usual, field.name):
            yield f"{field.name} = {_word(setting)}"


def _word(setting: str | float | bool) -> str:
    if isinstance(setting, str):  # JSON's escapes are TOML's; it leaves DEL, which TOML does not
        return json.dumps(setting, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(setting).lower() if isinstance(setting, bool) else repr(setting)


def _place(folder: Path, name: str) -> Path:
    if not _FILE.match(name) or _DEVICE.match(name):
        raise InvalidField("name", name, "letters, digits and . _ -, no name of a device", _BACK)
    return folder / f"{name}.toml"
