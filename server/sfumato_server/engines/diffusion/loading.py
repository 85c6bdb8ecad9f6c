"""A model on disk as a diffusers pipeline, with no look at the network."""

from __future__ import annotations

import json
import logging
import warnings
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from ..base import EngineError
from . import schedulers
from .configurations.unfold import unfolded
from .description import NOT_LOADED, Model, configuration_at
from .device import Placement, settle

log = logging.getLogger(__name__)


def load(model: Model, placement: Placement) -> Any:
    """The pipeline, in its place and ready. Raises `EngineError`: which model, what is wrong."""
    # They warn of what they do themselves and of packages that nothing here needs; what they raise
    # is told in our words.
    diffusers.utils.logging.set_verbosity(logging.CRITICAL)
    transformers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
    kind = getattr(diffusers, model.family.pipeline, None)
    if kind is None:
        raise EngineError(
            f"{model.path}: diffusers {diffusers.__version__} has no {model.family.pipeline}. "
            "Update it: pip install -U diffusers"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # diffusers' own, about itself
            pipe = _read(kind, model, placement)
    except EngineError:
        raise
    except Exception as error:  # readers raise anything at all for a file that is not as it should
        raise EngineError(
            f"{model.path}: cannot be loaded as {model.family.title} "
            f"({type(error).__name__}: {_brief(error)}). "
            "Download it again, or choose another model."
        ) from error
    _prepare(pipe, model)
    settle(pipe, placement)
    log.info("%s: %s", model.path, placement.reason)
    return pipe


def _brief(error: Exception) -> str:
    """The first sentence of an error; what readers advise after it is for programmers."""
    return " ".join(str(error).split()).partition(". ")[0][:300].rstrip(".")


def _read(kind: Any, model: Model, placement: Placement) -> Any:
    common: dict[str, Any] = {"local_files_only": True}
    dtype = getattr(torch, placement.dtype)
    if model.family.checker:
        common |= {"safety_checker": None, "requires_safety_checker": False}
    if model.is_file:
        with _configuration(model) as folder:
            return kind.from_single_file(
                str(model.path), config=str(folder), torch_dtype=dtype, **common
            )
    if model.variant:
        common["variant"] = model.variant
    common |= _left_out(kind, model)
    return kind.from_pretrained(str(model.path), use_safetensors=True, dtype=dtype, **common)


def _left_out(kind: Any, model: Model) -> dict[str, None]:
    """Parts that are never loaded, and those that the folder lacks and the pipeline can do without,
    as SD3 its third encoder."""
    index = json.loads((model.path / "model_index.json").read_text(encoding="utf-8"))
    expected, _ = kind._get_signature_keys(kind)
    spare = [part for part in ("text_encoder_3", "tokenizer_3") if not _is_there(index.get(part))]
    return {part: None for part in (*NOT_LOADED, *spare) if part in expected}


def _is_there(entry: Any) -> bool:
    return isinstance(entry, list) and entry[0] is not None


def _configuration(model: Model) -> AbstractContextManager[Path]:
    """The folder of configuration files by which a single file is read."""
    own = model.settings.config
    if own is None:
        return unfolded(model.family.key, model.channels)
    return nullcontext(configuration_at(own))


def _prepare(pipe: Any, model: Model) -> None:
    pipe.set_progress_bar_config(disable=True)
    wanted = schedulers.wanted(model.family, model.settings.scheduler)
    if wanted is not None:
        kind, changes = wanted
        pipe.scheduler = getattr(diffusers, kind).from_config(pipe.scheduler.config, **changes)
    denoiser = getattr(pipe, "unet", None) or pipe.transformer
    for entry in model.family.unsaid:
        if entry not in denoiser.config:
            denoiser.register_to_config(**{entry: False})
    if model.settings.channels_last:
        denoiser.to(memory_format=torch.channels_last)
    if model.settings.compile:
        denoiser.compile(mode="default", dynamic=False)
