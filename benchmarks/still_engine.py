"""An engine that gives the picture back, so that what is measured is everything but an engine."""

from __future__ import annotations

from sfumato_server.engines.base import DenoiseJob, Denoising, EngineTraits, Step


class Still:
    """One step, no change."""

    traits = EngineTraits(
        name="still", title="Still", native=0, cell=1, multiple=1, largest=8192, honours=()
    )

    def load(self) -> None:
        """Nothing to load."""

    def denoise(self, job: DenoiseJob) -> Denoising:
        """The image as it came."""
        yield Step(1, 1)
        return job.image

    def close(self) -> None:
        """Nothing to free."""
