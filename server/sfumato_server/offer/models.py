"""The models folder: what lies in it, listed without torch.

A model is a diffusers folder, a .safetensors file, or a .toml file that names one of these with
settings. The sub-folder `loras` is for LoRAs.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sfumato_protocol.plain_text import printable

from ..engines.base import EngineError, EngineTraits
from ..engines.diffusion.description import Model, describe
from ..engines.diffusion.naming import name_of
from ..engines.diffusion.safetensors_header import PICKLES

log = logging.getLogger(__name__)

LORAS = "loras"
MOST_WORDS = 1000  # of a reason
ENGINE = "sfumato_server.engines.diffusion.engine:DiffusersEngine"


@dataclass(frozen=True)
class Listed:
    """A model that can be used. spec: its engine, as the registry takes it."""

    name: str
    path: Path
    model: Model
    traits: EngineTraits

    @property
    def spec(self) -> str:
        """As `engines.registry.load_class` takes it."""
        return f"{ENGINE}#{self.name}={self.path}"


@dataclass(frozen=True)
class Refused:
    """Something in the folder that cannot be used; reason: a sentence for people, one line."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Shelf:
    """What a models folder holds, by name."""

    models: tuple[Listed, ...]
    refused: tuple[Refused, ...]


def scan(folder: Path) -> Shelf:
    """Look at everything in `folder`; one that is not there holds nothing. Reads headers only, and
    whatever is wrong with a file costs that file alone."""
    models: list[Listed] = []
    refused: list[Refused] = []
    for path in _candidates(folder):
        name = _unused(name_of(path), {one.name for one in models})
        try:
            model = describe(path)
            models.append(Listed(name, path, model, model.traits(name)))
        except Exception as error:  # noqa: BLE001 - anything at all may lie there
            refused.append(Refused(path, _reason(path, error)))
    return Shelf(tuple(models), tuple(refused))


def _candidates(folder: Path) -> Iterator[Path]:
    """Settings files first: a model that one of them names is not listed a second time."""
    if not folder.is_dir():
        return
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name.lower())
    except OSError as error:
        log.warning("the models folder %s cannot be read: %s", folder, error.strerror)
        return
    named: set[str] = set()
    for file in entries:
        if file.suffix == ".toml":
            named |= _names(file)
            yield file
    for path in entries:
        is_file = path.suffix.lower() in (".safetensors", *PICKLES)
        is_folder = path.is_dir() and path.name != LORAS and not path.name.startswith(".")
        if (is_file or is_folder) and _real(path) not in named:
            yield path


def _names(file: Path) -> set[str]:
    try:
        return {_real(describe(file).path)}
    except Exception:  # noqa: BLE001 - said when it is listed
        return set()


def _real(path: Path) -> str:
    return os.path.realpath(path)  # where links lead round in a ring, `Path.resolve` raises


def _reason(path: Path, error: Exception) -> str:
    text = str(error)
    if not isinstance(error, EngineError):
        text = f"{path}: cannot be read ({type(error).__name__}: {error})."
    elif path.name not in text:  # what settings name is at fault
        text = f"{path.name}: {text}"
    return printable(text[:MOST_WORDS])


def _unused(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free = f"{name[:60]}-{number}"
        number += 1
    return free
