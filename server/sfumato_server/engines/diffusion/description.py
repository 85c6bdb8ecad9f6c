"""What a model on disk is, found without torch: its family, size and native resolution.

A model is a diffusers folder (model_index.json), one .safetensors file, or a .toml file that names
one of these with settings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfumato_protocol import small_files
from sfumato_protocol.errors import shorten
from sfumato_protocol.plain_text import encodable

from ..base import EngineError, EngineTraits
from . import schedulers
from . import settings as model_settings
from .families import BY_CLASS, FAMILIES, UNET_IN, Family
from .safetensors_header import refuse_pickle, shapes
from .settings import Settings

COMPILED_MULTIPLE = 64  # few sizes, so that what is compiled for one is used again
LARGEST_FACTOR = 2  # no side longer than this times the native one: models repeat themselves
_MOST_BYTES = 4 * 1024 * 1024  # of a configuration file
_LIBRARIES = ("diffusers", "transformers")
_LARGEST_NUMBER = 1024  # of cells along a side, and of channels
NOT_LOADED = ("safety_checker", "feature_extractor", "image_encoder")  # parts nobody asks for


@dataclass(frozen=True)
class Model:
    """A model on disk. channels: that its denoiser takes in; 9 (or more than the latents have)
    means that it sees the mask. weight_bytes: of all its weights. variant: "" or "fp16"."""

    path: Path
    family: Family
    native: int
    channels: int
    weight_bytes: int
    variant: str
    settings: Settings

    @property
    def is_file(self) -> bool:
        """One .safetensors file rather than a folder."""
        return self.path.suffix == ".safetensors"

    @property
    def shows_masked(self) -> bool:
        """Whether its denoiser is shown the picture without what is masked."""
        most = self.family.plain_channels
        return most is not None and self.channels > most

    def traits(self, name: str) -> EngineTraits:
        """What an engine with this model is; `name` as listed."""
        family = self.family
        mask_input = " inpainting" if family.denoiser == "unet" and self.shows_masked else ""
        bucket = COMPILED_MULTIPLE if self.settings.compile else 1
        title = self.settings.title or f"{self.path.stem} ({family.title}{mask_input})"
        return EngineTraits(
            name=name,
            title=encodable(title)[:200],
            native=self.native,
            cell=family.cell,
            multiple=min(max(family.multiple, bucket), self.native),
            largest=self.native * LARGEST_FACTOR,
            honours=("prompt", "soft_mask", "seed", "strength"),
        )


def describe(place: Path) -> Model:
    """What lies at `place`. Raises `EngineError`: what was got, what was expected, what to do."""
    path, settings = place, Settings()
    if place.suffix == ".toml":
        path, settings = model_settings.read(place)
    if path.is_dir():
        model = _folder(path, settings)
    elif path.is_file():
        model = _file(path, settings)
    else:
        raise EngineError(
            f"There is no model at {path}. Expected a diffusers folder or .safetensors file."
        )
    if place != path:
        _check_settings(place, model)
    return model


def _check_settings(file: Path, model: Model) -> None:
    """What is said of a model must suit it and be there: sooner than when a job needs it."""
    try:
        schedulers.check(model.family, model.settings.scheduler)
        for lora in model.settings.loras:
            shapes(lora.file)
    except EngineError as error:
        raise EngineError(f"{file}: {error}") from error


def configuration_at(folder: Path) -> Path:
    """`folder`, if it holds the configuration files of a diffusers folder, else `EngineError`."""
    if not (folder / "model_index.json").is_file():
        raise EngineError(
            f"{folder}: no model_index.json; expected a diffusers folder's configuration files, "
            "weights not needed."
        )
    return folder


def _folder(path: Path, settings: Settings) -> Model:
    index_file = path / "model_index.json"
    if not index_file.is_file():
        raise EngineError(
            f"{path} is no model: it has no model_index.json. Expected a folder in diffusers' "
            "format, or name a .safetensors file itself."
        )
    index, family = read_index(index_file, str(path))
    check_libraries(index, path)
    _check_parts(path, index)
    denoiser = path / family.denoiser
    config = _json(denoiser / "config.json")
    variant, weight_bytes = _weights(path, index)
    native = family.native
    if family.denoiser == "unet":
        native = 8 * _whole(denoiser, config, "sample_size", family.native // 8)
    channels = _whole(denoiser, config, "in_channels", 4)
    return Model(path, family, native, channels, weight_bytes, variant, settings)


def read_index(file: Path, holder: str) -> tuple[dict[str, Any], Family]:
    """What the model_index.json `file` says, and the family that runs it.

    holder: what the model is called in the refusal, an `EngineError`, when nothing runs it.
    """
    index = _json(file)
    name = index.get("_class_name", "a pipeline without a name")
    family = BY_CLASS.get(name) if isinstance(name, str) else None
    if family is None:
        raise EngineError(
            f"{holder} holds {name}, which cannot inpaint here. Supported are "
            f"{', '.join(one.title for one in FAMILIES)}."
        )
    return index, family


def needed_parts(index: Mapping[str, Any]) -> list[str]:
    """The folders of an index's model that are loaded; a safety checker, say, is not."""
    return [
        part
        for part, kind in index.items()
        if isinstance(kind, list) and kind and kind[0] is not None and part not in NOT_LOADED
    ]


def check_libraries(index: Mapping[str, Any], holder: Path) -> None:
    """Raise `EngineError` where an index names a part that is run by code from anywhere but the
    libraries that are ours: a module beside the model, say."""
    for part, kind in index.items():
        if not isinstance(kind, list) or not kind or kind[0] is None:
            continue
        known = kind[0] in _LIBRARIES or (part in NOT_LOADED and kind[0] == "stable_diffusion")
        if not known or not part.isidentifier():
            raise EngineError(
                f"{holder}: its part {shorten(part)} is run by {shorten(kind[0])}; expected "
                f"{' or '.join(_LIBRARIES)}. No code comes with a model: get one that needs none."
            )


def _check_parts(path: Path, index: Mapping[str, Any]) -> None:
    for part in needed_parts(index):
        if not (path / part).is_dir():
            raise EngineError(f"{path} is not whole: it has no folder {part}. Download it again.")


def _weights(path: Path, index: Mapping[str, Any]) -> tuple[str, int]:
    """The variant of the weights and their bytes, each file's header checked."""
    total, plain, half = 0, False, False
    for part in needed_parts(index):
        folder = path / part
        files = sorted(folder.glob("*.safetensors"))
        pickles = [*folder.glob("*.bin"), *folder.glob("*.ckpt"), *folder.glob("*.pt")]
        if pickles and not files:
            refuse_pickle(pickles[0])
        fp16 = [file for file in files if ".fp16." in file.name or ".fp16-" in file.name]
        chosen = fp16 if len(fp16) == len(files) else [file for file in files if file not in fp16]
        if files:
            half, plain = half or chosen == fp16, plain or chosen != fp16
        for file in chosen:
            shapes(file)
            total += file.stat().st_size
    if not total:
        raise EngineError(f"{path} holds no weights in .safetensors files. Download it again.")
    return ("fp16" if half and not plain else ""), total


def _file(path: Path, settings: Settings) -> Model:
    found = shapes(path)
    family = _family_of(path, found)
    channels = _channels(path, found[UNET_IN])
    native = family.native
    if settings.config is not None:
        folder = configuration_at(settings.config)
        check_libraries(_json(folder / "model_index.json"), folder)
        unet = folder / "unet"
        native = 8 * _whole(unet, _json(unet / "config.json"), "sample_size", native // 8)
    return Model(path, family, native, channels, path.stat().st_size, "", settings)


def _channels(path: Path, shape: tuple[int, ...]) -> int:
    """What the denoiser takes in, from the shape of its first weights."""
    if len(shape) != 4 or not 1 <= shape[1] <= _LARGEST_NUMBER:
        raise EngineError(
            f"{path}: its first weights have the shape {shorten(list(shape))}; expected four "
            f"sides, the second from 1 to {_LARGEST_NUMBER}. Download it again."
        )
    return shape[1]


def _family_of(path: Path, found: Mapping[str, tuple[int, ...]]) -> Family:
    if any("lora" in name for name in found):
        raise EngineError(
            f"{path} is a LoRA, no model. Put it into the loras folder beside the models and write "
            f"<lora:{path.stem}:1> in the prompt."
        )
    for family in reversed(FAMILIES):  # XL before SD: an odd merge has the marks of both
        if any(found.keys() >= {*group} for group in family.keys):
            return family
    raise EngineError(
        f"{path}: cannot tell what it is. As single files, Stable Diffusion 1.5 and XL with their "
        "text encoders and VAE are supported; other models as diffusers folders."
    )


def _whole(part: Path, config: Mapping[str, Any], key: str, usual: int) -> int:
    """A number of a part's configuration, `usual` where it is not there."""
    value = config.get(key, usual)
    if type(value) is not int or not 1 <= value <= _LARGEST_NUMBER:
        raise EngineError(
            f"{part / 'config.json'}: {key} is {shorten(value, 40)}; expected a whole number from "
            f"1 to {_LARGEST_NUMBER}. Download the model again."
        )
    return value


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(small_files.read_text(file, _MOST_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise EngineError(f"{file}: cannot be read ({error}). Download the model again.") from error
    if not isinstance(content, dict):
        raise EngineError(f"{file}: expected a JSON object. Download the model again.")
    return content
