"""Engines whose result is no picture, or whose process ends in ways beyond their control."""

from __future__ import annotations

import os
import resource
import signal

import numpy as np

from fakes.engines import Painter, _traits
from sfumato_server.engines.base import DenoiseJob, Denoising


class NotFinite(Painter):
    """Returns a picture with one pixel that is no number, as half precision may."""

    traits = _traits("not-finite")

    def denoise(self, job: DenoiseJob) -> Denoising:
        result = (yield from super().denoise(job)).copy()
        result[3, 4, 1] = np.nan
        return result


class WrongSize(Painter):
    """Returns a picture that is one row short."""

    traits = _traits("wrong-size")

    def denoise(self, job: DenoiseJob) -> Denoising:
        return (yield from super().denoise(job))[1:]


class WrongKind(Painter):
    """Returns bytes where float32 is expected."""

    traits = _traits("wrong-kind")

    def denoise(self, job: DenoiseJob) -> Denoising:
        return (255 * (yield from super().denoise(job))).astype(np.uint8)


class Nothing(Painter):
    """Returns nothing at all."""

    traits = _traits("nothing")

    def denoise(self, job: DenoiseJob) -> Denoising:
        yield from super().denoise(job)
        return None  # type: ignore[return-value]


class Greedy(Painter):
    """Asks for more memory than its process may have."""

    traits = _traits("greedy")

    def before_step(self, index: int) -> None:
        limits = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (2**34, limits[1]))
        try:
            np.ones(2**35, np.uint8)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, limits)


class Killed(Painter):
    """Its process is killed by the system, as one that takes too much memory is."""

    traits = _traits("killed")

    def before_step(self, index: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
