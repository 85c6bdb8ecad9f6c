"""LoRAs: those of a model's settings, and those a prompt asks for: <lora:name:0.8>."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

from ..base import EngineError
from .safetensors_header import shapes
from .settings import MOST_WEIGHT, Lora, usable

_TAG = re.compile(r"<lora:([^:<>]+)(?::([^<>]*))?>", re.IGNORECASE)


def asked_for(prompt: str, folder: Path) -> tuple[str, tuple[Lora, ...]]:
    """The prompt without its LoRA tags, and the LoRAs it names in `folder`.

    Raises `EngineError` for a name that is not there.
    """
    found = []
    for name, weight in _TAG.findall(prompt):
        file = folder / f"{name.strip()}.safetensors"
        if file.name != f"{name.strip()}.safetensors" or not file.is_file():
            there = ", ".join(sorted(each.stem for each in folder.glob("*.safetensors")))
            raise EngineError(
                f'There is no LoRA "{name}" in {folder}; there {"are" if there else "is"} '
                f"{there or 'none'}."
            )
        found.append(Lora(file, _weight(name, weight)))
    rest = _TAG.sub("", prompt).strip()
    if "<lora:" in rest.lower():
        raise EngineError("A <lora: in the prompt has no end; expected <lora:name:0.8>.")
    return rest, tuple(found)


def _weight(name: str, words: str) -> float:
    try:
        weight = float(words or 1)
    except ValueError:
        weight = math.nan
    if not usable(weight):
        raise EngineError(
            f'The weight "{words}" in <lora:{name}:{words}> is no number from -{MOST_WEIGHT:g} to '
            f"{MOST_WEIGHT:g}; write <lora:{name}:0.8>."
        )
    return weight


class Loras:
    """The LoRAs that a pipeline has on now; weights of the base are never changed."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._on: tuple[Lora, ...] = ()

    def put_on(self, wanted: tuple[Lora, ...]) -> bool:
        """Have exactly `wanted` on; whether that was a change. Raises `EngineError`, with the base
        as it was, for a file that is no LoRA or one of another family."""
        if wanted == self._on:
            return False
        if self._on:
            self._pipe.unload_lora_weights()
            self._on = ()
        if wanted and not hasattr(self._pipe, "load_lora_weights"):
            raise EngineError(f"{type(self._pipe).__name__} takes no LoRAs.")
        names = [f"lora{place}" for place in range(len(wanted))]
        try:
            for name, lora in zip(names, wanted, strict=True):
                self._load(name, lora)
            if wanted:
                self._pipe.set_adapters(names, [lora.weight for lora in wanted])
        except EngineError:
            self._pipe.unload_lora_weights()
            raise
        self._on = wanted
        return True

    def _load(self, name: str, lora: Lora) -> None:
        if not any("lora" in key for key in shapes(lora.file)):
            raise EngineError(f"{lora.file} holds no LoRA.")
        before = self._adapters()
        try:
            self._pipe.load_lora_weights(
                str(lora.file.parent),
                weight_name=lora.file.name,
                adapter_name=name,
                use_safetensors=True,
                local_files_only=True,
            )
        except Exception as error:  # peft and diffusers raise anything for what does not fit
            raise EngineError(_misfit(lora.file, self._pipe, str(error))) from error
        if self._adapters() == before:
            raise EngineError(_misfit(lora.file, self._pipe, "none of its parts has a place"))

    def _adapters(self) -> set[str]:
        listed = self._pipe.get_list_adapters()
        return {name for names in listed.values() for name in names}


def _misfit(file: Path, pipe: Any, why: str) -> str:
    short = " ".join(why.split())[:200].rstrip(".")
    if "size mismatch" in why:
        short = "its parts are of other sizes than the model's"
    kind = type(pipe).__name__.removesuffix("Pipeline").removesuffix("Inpaint")
    return (
        f"The LoRA {file} does not fit {kind}: {short}. It was probably made for another family of "
        "models; choose one made for this."
    )
