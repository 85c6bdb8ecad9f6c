"""The built-in engine: a diffusion sampler whose denoiser is the picture's own patches.

No weights, no download. It copies texture from the same crop and cannot invent what is not there;
prompts have no effect. The parts: `tries` makes several runs and keeps the best by
`choice`, `schedule` says what strength means, `run` samples, `denoiser` is the
denoiser, `search` finds patches, `render` makes the last picture.
"""

from __future__ import annotations

from ..base import DenoiseJob, Denoising, EngineTraits


class PatchDiffusion:
    """Texture heal; see the module. Any picture size with at least a 3 × 3 px patch unmasked."""

    traits = EngineTraits(
        name="patch-diffusion",
        title="Texture heal (built in)",
        native=0,
        cell=1,
        multiple=1,
        largest=1024,
        honours=("soft_mask", "seed", "strength"),
    )

    def load(self) -> None:
        """Import torch, which takes seconds; there are no weights to read."""
        from . import tries

        self._run = tries.run

    def denoise(self, job: DenoiseJob) -> Denoising:
        """Yield each step, return (H, W, 3) float32 0..1; pixels with mask 0 exactly the input.

        Raises `EngineError` when the mask leaves nothing to copy from.
        """
        return self._run(job)

    def close(self) -> None:
        """Nothing is held between jobs."""
