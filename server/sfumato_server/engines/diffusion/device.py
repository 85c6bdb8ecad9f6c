"""Where a model runs and in which number format, each with the reason in words."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import Any

import torch

from ..base import EngineError
from .description import Model

ROOM = 1.25  # memory needed over the weights alone: activations, latents, the VAE's work


@dataclass(frozen=True)
class Placement:
    """device: as torch names it. dtype: "float32", "float16" or "bfloat16". offload: "never",
    "model" or "sequential". reason: a sentence for people."""

    device: str
    dtype: str
    offload: str
    reason: str


def describe() -> str:
    """What a model would run on here, for `sfumato doctor`. Imports torch."""
    device, why = _device("auto")
    return f"models run on {device}: {why}"


def place(model: Model) -> Placement:
    """Where `model` goes. Raises `EngineError` for a device that is not here."""
    settings = model.settings
    device, why = _device(settings.device)
    dtype, dtype_why = _dtype(settings.precision, device, model.family.half)
    offload, offload_why = _offload(settings.offload, device, _needed(model, dtype))
    return Placement(device, dtype, offload, "; ".join(filter(None, (why, dtype_why, offload_why))))


def _device(wanted: str) -> tuple[str, str]:
    here: dict[str, tuple[bool, str]] = {
        "cuda": (torch.cuda.is_available(), "a CUDA or ROCm GPU is here"),
        "xpu": (hasattr(torch, "xpu") and torch.xpu.is_available(), "an Intel GPU is here"),
        "mps": (torch.backends.mps.is_available(), "an Apple GPU is here"),
        "cpu": (True, "torch sees no GPU"),
    }
    if wanted == "auto":
        return next((name, why) for name, (found, why) in here.items() if found)
    kind = wanted.partition(":")[0]
    if kind not in here or not here[kind][0]:
        found = ", ".join(name for name, (is_here, _) in here.items() if is_here)
        raise EngineError(f'The model\'s settings ask for the device "{wanted}"; here is {found}.')
    return wanted, "its settings say so"


def _dtype(wanted: str, device: str, half: str) -> tuple[str, str]:
    if wanted != "auto":
        names = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}
        return names[wanted], f"{names[wanted]} by its settings"
    if device.startswith("cpu"):
        return "float32", "float32, since half precision is slower on most CPUs"
    if half == "bfloat16" and device.startswith("cuda") and not torch.cuda.is_bf16_supported():
        return "float16", "float16, since this GPU has no bfloat16"
    return half, f"{half}, the family's format on GPUs"


def _needed(model: Model, dtype: str) -> float:
    """Bytes of memory: the weights in `dtype` with room. Those on disk are half precision when
    they have a variant that says so; else the larger format is assumed."""
    on_disk = 2 if model.variant == "fp16" else 4
    wanted = 4 if dtype == "float32" else 2
    return ROOM * model.weight_bytes * min(wanted / on_disk, 1.0)


def _offload(wanted: str, device: str, needed: float) -> tuple[str, str]:
    if device.startswith("cpu"):
        return "never", ""
    if wanted != "auto":
        return wanted, f"offload {wanted} by its settings"
    free = _free_bytes(device)
    if free is None or needed <= free:
        return "never", ""
    amount = f"it needs about {needed / 2**30:.1f} GB and {free / 2**30:.1f} GB are free"
    if needed <= 3 * free:
        return "model", f"one part at a time on the GPU, since {amount}"
    return "sequential", f"layer by layer on the GPU, since {amount}"


def _free_bytes(device: str) -> float | None:
    if device.startswith("cuda"):
        return float(torch.cuda.mem_get_info(device)[0])
    if device.startswith("mps"):
        return float(torch.mps.recommended_max_memory())
    return None


def settle(pipe: Any, placement: Placement) -> None:
    """Bring a loaded pipeline to its place."""
    if placement.offload == "model":
        pipe.enable_model_cpu_offload(device=placement.device)
    elif placement.offload == "sequential":
        pipe.enable_sequential_cpu_offload(device=placement.device)
    else:
        pipe.to(placement.device)


def empty_caches() -> None:
    """Give back memory that torch keeps for later."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, of a GPU or of the machine."""
    # Only CUDA has a kind of error for it; Apple's GPUs and CPUs say it in words.
    words = ("out of memory", "can't allocate memory", "not enough memory")
    kinds = (torch.OutOfMemoryError, MemoryError)
    return isinstance(error, kinds) or any(word in str(error).lower() for word in words)
