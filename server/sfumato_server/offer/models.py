"""The models folder: what lies in it, listed without torch.

A model is a diffusers folder, a .safetensors file, or a .toml file that names one of these with
settings. The sub-folder `loras` is for LoRAs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..engines.base import EngineError, EngineTraits
from ..engines.diffusion.description import Model, describe
from ..engines.diffusion.naming import name_of
from ..engines.diffusion.safetensors_header import PICKLES

log = logging.getLogger(__name__)

LORAS = "loras"
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
    """Something in the folder that cannot be used; reason: a sentence for people."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Shelf:
    """What a models folder holds, by name."""

    models: tuple[Listed, ...]
    refused: tuple[Refused, ...]


def scan(folder: Path) -> Shelf:
    """Look at everything in `folder`; one that is not there holds nothing. Reads headers only."""
    models: list[Listed] = []
    refused: list[Refused] = []
    for path in _candidates(folder):
        name = _unused(name_of(path), {one.name for one in models})
        try:
            model = describe(path)
            models.append(Listed(name, path, model, model.traits(name)))
        except EngineError as error:
            refused.append(Refused(path, str(error)))
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
    named: set[Path] = set()
    for file in entries:
        if file.suffix == ".toml":
            named |= _names(file)
            yield file
    for path in entries:
        is_file = path.suffix.lower() in (".safetensors", *PICKLES)
        is_folder = path.is_dir() and path.name != LORAS and not path.name.startswith(".")
        if (is_file or is_folder) and path.resolve() not in named:
            yield path


def _names(file: Path) -> set[Path]:
    try:
        return {describe(file).path.resolve()}
    except EngineError:  # said when it is listed
        return set()


def _unused(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free = f"{name[:60]}-{number}"
        number += 1
    return free
