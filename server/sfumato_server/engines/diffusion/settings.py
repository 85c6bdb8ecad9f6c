"""A model's settings, from a TOML file in the models folder.

model = "dreams.safetensors"    # a folder or .safetensors file, relative to this file
title = "Dreams"                # optional, as all that follows
scheduler = "dpm++ 2m"          # see `schedulers`; "" for the model's own
steps = 25                      # of a full run, 0 for the family's own number
guidance = 6.0                  # -1 for the family's own
strength = "calibrated"         # or "native": strength goes to the model as it is
precision = "auto"              # or "fp32", "fp16", "bf16"
device = "auto"                 # or "cuda", "cuda:1", "mps", "xpu", "cpu"
offload = "auto"                # or "never", "model" (slower, less memory), "sequential" (least)
posterior = "mode"              # or "sample": as the stock pipelines do, no reuse of encodings
compile = false                 # torch.compile the denoiser: a slow first pass for each crop size
channels_last = false           # memory format of the UNet
config = ""                     # for a single file: folder with the family's configuration files

[[lora]]
file = "loras/ink.safetensors"
weight = 0.8
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from sfumato_protocol import small_files
from sfumato_protocol.errors import shorten

from ..base import EngineError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Lora:
    """A LoRA file and how much of it: 0 none, 1 as trained."""

    file: Path
    weight: float = 1.0


@dataclass(frozen=True)
class Settings:
    """See the module. config: None for the configuration that comes with us."""

    title: str = ""
    scheduler: str = ""
    steps: int = 0
    guidance: float = -1.0
    strength: str = "calibrated"
    precision: str = "auto"
    device: str = "auto"
    offload: str = "auto"
    posterior: str = "mode"
    compile: bool = False
    channels_last: bool = False
    config: Path | None = None
    loras: tuple[Lora, ...] = ()


MOST_STEPS = 150
_MOST_BYTES = 256 * 1024  # of a settings file
MOST_WEIGHT = 10.0  # of a LoRA, either way: beyond it there is noise, then overflow
_RANGES = {"steps": (0, MOST_STEPS), "guidance": (-1, 50)}
_DEVICE = re.compile(r"(auto|cpu|mps|(cuda|xpu)(:\d+)?)\Z")
_CHOICES = {
    "strength": ("calibrated", "native"),
    "precision": ("auto", "fp32", "fp16", "bf16"),
    "offload": ("auto", "never", "model", "sequential"),
    "posterior": ("mode", "sample"),
}
_KINDS: dict[object, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
}
_PLAIN: dict[str, type | tuple[type, ...]] = {
    one.name: _KINDS[str(one.type)] for one in fields(Settings) if one.type in _KINDS
}


def read(file: Path) -> tuple[Path, Settings]:
    """The model's place and its settings. Raises `EngineError` for what cannot be understood."""
    table = _table(file)
    place = table.pop("model", None)
    if not isinstance(place, str) or not place:
        raise EngineError(f'{file}: names no model; expected model = "a folder or file".')
    entries = table.pop("lora", [])
    if not isinstance(entries, list):
        raise EngineError(f"{file}: got lora = {shorten(entries)}; expected [[lora]] for each.")
    loras = tuple(_lora(entry, file) for entry in entries)
    config = table.pop("config", "")
    if not isinstance(config, str):
        raise EngineError(f"{file}: config = {shorten(config)}; expected a folder.")
    settings = Settings(loras=loras, config=_beside(file, config) if config else None)
    return _beside(file, place), replace(settings, **_checked(table, file))


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(small_files.read_text(file, _MOST_BYTES))
    except RecursionError as error:
        raise EngineError(f"{file}: is nested too deep; expected plain settings.") from error
    except OSError as error:
        raise EngineError(f"{file}: cannot be read: {error.strerror or error}.") from error
    except ValueError as error:  # UTF-8 and TOML have errors of their own kinds, both of this one
        raise EngineError(f"{file}: cannot be read as TOML: {error}") from error


def _checked(table: dict[str, Any], file: Path) -> dict[str, Any]:
    for key, value in table.items():
        if key not in _PLAIN:
            known = ", ".join(["model", "config", "lora", *_PLAIN])
            raise EngineError(f'{file}: "{key[:80]}" is no setting; the settings are {known}.')
        is_number = _PLAIN[key] in (int, (int, float))
        if not isinstance(value, _PLAIN[key]) or (is_number and isinstance(value, bool)):
            raise EngineError(f"{file}: {key} = {shorten(value)} is of the wrong kind.")
        if key in _CHOICES and value not in _CHOICES[key]:
            options = ", ".join(_CHOICES[key])
            raise EngineError(f"{file}: {key} = {shorten(value)}; expected one of {options}.")
        _check_value(key, value, file)
    return table


def _check_value(key: str, value: Any, file: Path) -> None:
    low, high = _RANGES.get(key, (0, 0))
    if key in _RANGES and not low <= value <= high:  # NaN is nowhere
        raise EngineError(f"{file}: {key} = {shorten(value)}; expected {low} to {high}.")
    if key == "device" and not _DEVICE.match(value):
        raise EngineError(
            f"{file}: device = {shorten(value)}; expected auto, cpu, cuda, cuda:1, mps or xpu."
        )


def _lora(entry: Any, file: Path) -> Lora:
    known = {field.name for field in fields(Lora)}
    if not isinstance(entry, dict) or not isinstance(entry.get("file"), str) or set(entry) - known:
        raise EngineError(
            f'{file}: a [[lora]] has a file = "…" and a weight = 0.8, got {shorten(entry)}.'
        )
    weight = entry.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not usable(weight):
        raise EngineError(
            f"{file}: the LoRA's weight = {shorten(weight)}; expected a number from "
            f"-{MOST_WEIGHT:g} to {MOST_WEIGHT:g}."
        )
    return Lora(_beside(file, entry["file"]), float(weight))


def usable(weight: float) -> bool:
    """Whether a LoRA may be put on with this weight."""
    return abs(weight) <= MOST_WEIGHT  # not so for NaN


def _beside(file: Path, place: str) -> Path:
    try:
        return (file.parent / Path(place).expanduser()).resolve()
    except (RuntimeError, OSError, ValueError) as error:  # no such user, a loop, no path at all
        raise EngineError(
            f"{file}: {shorten(place)} leads nowhere ({error}). Write the whole path."
        ) from error
