"""What the built-in engine is; see the package for how it works."""

from __future__ import annotations

import numpy as np

from ...imaging.arrays import Float
from ..base import DenoiseJob, Denoising, EngineTraits
from .fill import fill

FIXED_UP_TO = 0.02  # denoise mask up to which a px stays as it is
HALF = 0.5  # of the mask's largest value, from which a px is filled
ANCHORED = 0.75  # strength from which the fill replaces the old content


class PatchDiffusion:
    """Texture heal. Any picture size with at least a 3 × 3 px patch unmasked.

    The hole is where the denoise mask D is at least half of its largest value D₀; a ramp's outer
    half stays, for the fill joins it. With s′ = s · D₀, so that a mask that is nowhere full makes a
    weaker pass, and f(a) the fill that keeps a share a of the old content's low frequencies
    (`fill`), the result is

        s′ ≥ 0.75:  f((1 − s′) / 0.25)          s′ < 0.75:  c + (s′ / 0.75)² (f(1) − c)

    of the old content c. Both agree at 0.75, and the change grows with s′.
    """

    traits = EngineTraits(
        name="patch-diffusion",
        title="Texture heal (built in)",
        native=0,
        cell=1,
        multiple=1,
        largest=1024,
        honours=("soft_mask", "seed", "strength"),
        weights=False,
    )

    def load(self) -> None:
        """Nothing to do: there are no weights."""

    def denoise(self, job: DenoiseJob) -> Denoising:
        """Yield each step, return (H, W, 3) float32 0..1; pixels with mask 0 exactly the input.

        Raises `EngineError` when the mask leaves nothing to copy from.
        """
        most = float(job.mask.max())
        if most <= FIXED_UP_TO:
            return job.image.copy()
        strength = job.strength * most
        anchor = min(1.0, (1 - strength) / (1 - ANCHORED))
        hole = np.asarray(job.mask >= HALF * most)
        filled: Float = yield from fill(job.image, hole, job.seed, anchor)
        if strength >= ANCHORED:
            return filled
        share = np.float32((strength / ANCHORED) ** 2)
        return job.image + share * (filled - job.image)

    def close(self) -> None:
        """Nothing is held between jobs."""
