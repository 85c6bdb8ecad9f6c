"""From strength and steps to what a pipeline is called with.

Strength is defined on the noise scale of Stable Diffusion: s starts at its training timestep
1000·s, where the noise is σ times the signal, σ² = (1 − ᾱ)/ᾱ. Flow models mix (1 − τ)·signal with
τ·noise, so the same ratio of signal to noise is at τ = σ / (1 + σ); the run starts at the step of
the model's own schedule whose τ is nearest (on the scale of log σ). Strength 1 is pure noise.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..base import EngineError
from .families import Family
from .settings import MOST_STEPS

LEAST_STEPS = 4
_LONGEST = 1000  # steps of a full schedule: diffusion models have no more noise levels
_BETA = (0.00085, 0.012)  # of Stable Diffusion, scaled linear over 1000 timesteps


@dataclass(frozen=True)
class Plan:
    """full: steps of a full run. strength: as the pipeline takes it. runs: steps that will run."""

    full: int
    strength: float
    runs: int


def noise_over_signal(strength: float) -> float:
    """σ of the reference scale at `strength`, 0 < strength <= 1."""
    root = np.linspace(_BETA[0] ** 0.5, _BETA[1] ** 0.5, 1000) ** 2
    kept = np.cumprod(1 - root)
    alpha = np.interp(1000 * strength - 1, np.arange(1000), kept)
    return float(math.sqrt((1 - alpha) / alpha))


def plan(
    pipe: Any, family: Family, size: tuple[int, int], strength: float, steps: int, native: bool
) -> Plan:
    """The schedule for a pass on `size` (width, height) model px.

    steps: of a full run; more are taken where fewer than 4 would run. native: `strength` goes to
    the model as it is. Raises `EngineError` for steps or strength out of bounds.
    """
    if not 1 <= steps <= MOST_STEPS:
        raise EngineError(
            f"Got {steps} steps; expected 1 to {MOST_STEPS}. 20 to 30 are enough for most models, "
            "4 to 8 for distilled ones."
        )
    if not 0 < strength <= 1:
        raise EngineError(f"Got strength {strength:g}; expected above 0, at most 1.")
    longest = _longest(pipe)
    if strength == 1:
        full = max(steps, LEAST_STEPS)
        return Plan(full, 1.0, full)
    if family.flow and not native:
        return _calibrated(pipe, size, noise_over_signal(strength), steps)
    full = min(max(steps, math.ceil(LEAST_STEPS / strength - 1e-9)), longest)
    exact = full * strength
    runs = math.ceil(exact - 1e-9) if family.flow else math.floor(exact + 1e-9)
    return _exactly(family, full, max(runs, 1), strength)


def _exactly(family: Family, full: int, runs: int, strength: float) -> Plan:
    """`strength` itself where the pipeline's own rounding gives `runs`, else one that does."""
    at_most = min(full * strength, full)
    stock = full - int(max(full - at_most, 0)) if family.flow else min(int(full * strength), full)
    if stock != runs:
        strength = (runs - 0.5 if family.flow else runs + 0.5) / full
    return Plan(full, strength, runs)


def _calibrated(pipe: Any, size: tuple[int, int], sigma: float, steps: int) -> Plan:
    full, start = steps, 0
    for _ in range(8):  # with more steps the nearest start moves a little: settle
        levels = flow_levels(pipe, size, full)
        odds = np.log(levels / np.maximum(1 - levels, 1e-6))
        start = int(np.argmin(np.abs(odds - math.log(sigma))))
        start = max(start, 1)  # the first level is pure noise, which is for strength 1 alone
        if full - start >= LEAST_STEPS:
            break
        full = min(_LONGEST, math.ceil(full * (LEAST_STEPS + 0.5) / max(full - start, 1)))
    runs = full - start
    return Plan(full, (runs - 0.5) / full, runs)


def flow_levels(pipe: Any, size: tuple[int, int], full: int) -> NDArray[np.float64]:
    """τ at the start of each of `full` steps, as the pipeline itself will set them."""
    scheduler = type(pipe.scheduler).from_config(pipe.scheduler.config)
    width, height = size
    rows = (height // 16) * (width // 16)
    module = sys.modules[type(pipe).__module__]
    arguments: dict[str, Any] = {"mu": None}
    if hasattr(module, "compute_empirical_mu"):
        arguments["mu"] = module.compute_empirical_mu(image_seq_len=rows, num_steps=full)
    elif scheduler.config.use_dynamic_shifting:
        bounds = [
            scheduler.config.get(key, usual)
            for key, usual in (
                ("base_image_seq_len", 256),
                ("max_image_seq_len", 4096),
                ("base_shift", 0.5),
                ("max_shift", 1.15),
            )
        ]
        arguments["mu"] = module.calculate_shift(rows, *bounds)
    if "StableDiffusion3" in type(pipe).__name__:
        scheduler.set_timesteps(full, **arguments)
    else:
        scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / full, full), **arguments)
    return np.asarray(scheduler.sigmas[:full].cpu(), dtype=np.float64)


def _longest(pipe: Any) -> int:
    # A latent consistency model's schedule is thinned from a given one, of 50 steps.
    few = pipe.scheduler.config.get("original_inference_steps")
    return min(_LONGEST, int(few)) if few else _LONGEST
