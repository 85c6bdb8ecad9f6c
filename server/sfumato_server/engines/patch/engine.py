"""What the built-in engine is; see the package for how it works."""

from __future__ import annotations

from ..base import DenoiseJob, Denoising, EngineTraits


class PatchDiffusion:
    """Texture heal. Any picture size with at least a 3 × 3 px patch unmasked."""

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
