"""A zoo of engines: one that behaves, and one for each way to misbehave."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from typing import ClassVar

import numpy as np

from sfumato_server.engines.base import DenoiseJob, Denoising, EngineError, EngineTraits, Step
from sfumato_server.engines.retouch.engine import Retouch

STEPS = 4
GATE = "SFUMATO_TEST_GATE"


def _traits(name: str) -> EngineTraits:
    honours = ("strength", "soft_mask", "seed", "prompt")
    return EngineTraits(name, name, native=0, cell=8, multiple=1, largest=4096, honours=honours)


class Painter:
    """Behaves: paints a flat colour taken from the seed where the mask lets it."""

    traits = _traits("painter")

    def load(self) -> None:
        pass

    def close(self) -> None:
        pass

    def denoise(self, job: DenoiseJob) -> Denoising:
        colour = np.random.default_rng(job.seed).random(3, np.float32)
        painted = np.broadcast_to(colour, job.image.shape)
        for index in range(1, STEPS + 1):
            self.before_step(index)
            yield Step(index, STEPS, job.image)
        share = np.where(job.mask > 0, np.float32(job.strength), np.float32(0))[..., None]
        result: np.ndarray = job.image + share * (painted - job.image)
        return result

    def before_step(self, index: int) -> None:
        pass


class Adder(Painter):
    """Adds 0.1 where the mask lets it: n passes show whether each saw the one before."""

    traits = _traits("adder")

    def denoise(self, job: DenoiseJob) -> Denoising:
        yield Step(1, 1)
        added = np.where(job.mask > 0, np.float32(0.1), np.float32(0))[..., None]
        return np.clip(job.image + added, 0, 1)


class Sparing(Retouch):
    """The built-in engine, in whose process nothing may be imported that healing can do without."""

    traits = replace(Retouch.traits, name="sparing")

    def denoise(self, job: DenoiseJob) -> Denoising:
        healed = yield from super().denoise(job)
        needless = {"torch", "diffusers", "transformers", "accelerate", "huggingface_hub"} & {
            *sys.modules
        }
        if needless:
            raise EngineError(f"imported for a heal: {', '.join(sorted(needless))}")
        return healed


class Unhurried(Painter):
    """Takes its time, so that things can happen while it paints."""

    traits = _traits("unhurried")

    def before_step(self, index: int) -> None:
        threading.Event().wait(0.02)


class Endless(Painter):
    """Never gets anywhere, but yields, so that it can be cancelled."""

    traits = _traits("endless")

    def denoise(self, job: DenoiseJob) -> Denoising:
        while True:
            threading.Event().wait(0.02)
            yield Step(1, 2)


class Hanging(Painter):
    """Hangs within its second step."""

    traits = _traits("hanging")

    def before_step(self, index: int) -> None:
        if index == 2:
            threading.Event().wait()


class Dying(Painter):
    """Takes its process with it in its second pass or at its second step, whichever is first."""

    traits = _traits("dying")

    def before_step(self, index: int) -> None:
        if index == 2:
            os._exit(41)


class Raising(Painter):
    """Raises something that no engine should raise."""

    traits = _traits("raising")

    def before_step(self, index: int) -> None:
        raise ZeroDivisionError("by nothing")


class Unloadable(Painter):
    """Cannot be loaded and says why."""

    traits = _traits("unloadable")

    def load(self) -> None:
        raise EngineError("got no weights; expected some. Put them there.")


class SlowToLoad(Painter):
    """Takes four seconds to load."""

    traits = _traits("slow-to-load")

    def load(self) -> None:
        threading.Event().wait(4.0)


class NeverLoaded(Painter):
    """Hangs while it is loaded."""

    traits = _traits("never-loaded")

    def load(self) -> None:
        threading.Event().wait()


class NeverReady(NeverLoaded):
    """Hangs while it gets ready, though it has no weights to read."""

    traits = replace(_traits("never-ready"), weights=False)


class SecondPassDies(Painter):
    """Finishes one pass, then its process dies in the next."""

    traits = _traits("second-pass-dies")
    _passes = 0

    def denoise(self, job: DenoiseJob) -> Denoising:
        self._passes += 1
        if self._passes == 2:
            os._exit(42)
        return (yield from super().denoise(job))


class StallsInThirdPass(Painter):
    """Paints two passes as it should and never ends the third."""

    traits = _traits("stalls-in-third-pass")
    _passes = 0

    def denoise(self, job: DenoiseJob) -> Denoising:
        self._passes += 1
        if self._passes == 3:
            yield from Endless().denoise(job)
        return (yield from super().denoise(job))


class WaitsInSecondPass(Painter):
    """Begins its second pass only when somebody opens the named pipe in `GATE` to write."""

    traits = _traits("waits-in-second-pass")
    _passes = 0

    def denoise(self, job: DenoiseJob) -> Denoising:
        self._passes += 1
        if self._passes == 2:
            with open(os.environ[GATE], "rb"):
                pass
        return (yield from super().denoise(job))


class Gated(Adder):
    """Begins each pass only when somebody opens the named pipe in `GATE` to write."""

    traits = _traits("gated")

    def denoise(self, job: DenoiseJob) -> Denoising:
        with open(os.environ[GATE], "rb"):
            pass
        return (yield from super().denoise(job))


class Shifter(Adder):
    """Repaints everything, masked or not, with a colour cast that varies over the frame."""

    traits = _traits("shifter")

    def denoise(self, job: DenoiseJob) -> Denoising:
        painted = yield from super().denoise(job)
        width = job.mask.shape[1]
        ramp = np.linspace(-0.06, 0.06, width, dtype=np.float32)
        cast = ramp[:, None] * np.array([1, -0.5, 0.3], np.float32)
        shifted: np.ndarray = np.clip(painted + cast, 0, 1)
        return shifted


class Grader(Adder):
    """Has no weights and reads no prompts, as the built-in engine."""

    traits = replace(_traits("grader"), cell=1, honours=("strength", "soft_mask"), weights=False)


class Heavy(Painter):
    """Fits into memory only where no other of its kind is."""

    traits = _traits("heavy")
    held: ClassVar[list[str]] = []

    def load(self) -> None:
        if self.held:
            raise EngineError(f"out of memory: {self.held[0]} is loaded")
        self.held.append(self.traits.name)

    def close(self) -> None:
        self.held.remove(self.traits.name)


class OtherHeavy(Heavy):
    """Another one that needs all memory."""

    traits = _traits("other-heavy")


def spec(engine: type[Painter]) -> str:
    """The import path by which a server is told of a zoo engine."""
    return f"{engine.__module__}:{engine.__name__}"
