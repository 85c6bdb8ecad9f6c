"""`sfumato models`: the models folder, and how a model gets into it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ..config import Config
from ..engines.base import EngineError
from ..engines.diffusion.description import describe
from ..engines.diffusion.naming import name_of
from ..offer.models import scan
from .hub import fetched
from .saying import say
from .stopping import Stopped, stoppable

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+\Z")


def show(home: Path | None) -> int:
    """Print what the models folder holds; 1 if something in it cannot be used."""
    folder = _folder(home)
    shelf = scan(folder)
    say(f"Models folder: {folder}")
    for one in shelf.models:
        size = one.model.weight_bytes / 1e9
        family = one.model.family.title
        say(f"  {one.name:<32} {family:<20} {one.model.native:>5} px  {size:5.1f} GB")
    if not shelf.models:
        say("  none. `sfumato models add FOLDER_OR_FILE` adds one.")
    for refused in shelf.refused:
        say(f"  cannot be used: {refused.reason}", error=True)
    return int(bool(shelf.refused))


def add(place: str, name: str | None, home: Path | None, hub: bool, variant: str) -> int:
    """Make a model known by a settings file in the models folder; the exit status."""
    try:
        with stoppable():
            path = fetched(place, variant) if hub else _local(place)
        model = describe(path)
        own = place.rpartition("/")[2] if hub else path.name
        file = _folder(home) / f"{name_of(Path(name or own))}.toml"
        if file.exists():
            raise EngineError(f"{file} is there already. Choose another --name, or remove it.")
        _write(file, f"model = {json.dumps(str(path), ensure_ascii=False)}\n")
    except EngineError as error:
        say(f"Not added: {error}", error=True)
        return 1
    except Stopped as stopped:
        say("Stopped. The same command goes on from here.", error=True)
        return stopped.status
    say(f"Added {file.stem}: {model.family.title}, made for {model.native} px.")
    say(f"Its settings: {file}. A running server offers it to the next connection.")
    return 0


def _folder(home: Path | None) -> Path:
    return (Config(home=home) if home else Config()).models_folder


def _local(place: str) -> Path:
    path = Path(place).expanduser().resolve()
    if not path.exists() and _HUB_NAME.match(place):
        raise EngineError(
            f"There is no model at {path}. If it is one on the Hugging Face hub: "
            f"sfumato models add --hub {place}"
        )
    return path


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EngineError(
            f"{file} cannot be written ({error.strerror or error}). Name another folder of "
            "Sfumato's own with --home."
        ) from error
