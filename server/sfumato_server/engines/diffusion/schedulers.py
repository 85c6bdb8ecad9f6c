"""Schedulers by the names that people know them by."""

from __future__ import annotations

from typing import Any

from ..base import EngineError
from .families import Family

# Name: the diffusers class and what it is made with over the model's own noise schedule.
_DIFFUSION: dict[str, tuple[str, dict[str, Any]]] = {
    "dpm++ 2m": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": False}),
    "dpm++ 2m karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "dpm++ 2m sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler a": ("EulerAncestralDiscreteScheduler", {}),
    "ddim": ("DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": False}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "lcm": ("LCMScheduler", {}),
    "lightning": ("EulerDiscreteScheduler", {"timestep_spacing": "trailing"}),
}
_FLOW: dict[str, tuple[str, dict[str, Any]]] = {
    "euler": ("FlowMatchEulerDiscreteScheduler", {}),
    "lcm": ("FlowMatchLCMScheduler", {}),
}


def names(family: Family) -> tuple[str, ...]:
    """The schedulers that a family can have."""
    return tuple(_FLOW if family.flow else _DIFFUSION)


def check(family: Family, name: str) -> None:
    """Raise `EngineError` unless a family can have the scheduler `name`, or "" for its own."""
    if name and name.lower() not in names(family):
        listed = ", ".join(names(family))
        raise EngineError(f'There is no scheduler "{name}" for {family.title}; there are {listed}.')


def wanted(family: Family, name: str) -> tuple[str, dict[str, Any]] | None:
    """The diffusers class of the scheduler `name` and what it is made with; None for the model's
    own, "". Raises `EngineError`."""
    check(family, name)
    return (_FLOW if family.flow else _DIFFUSION)[name.lower()] if name else None
