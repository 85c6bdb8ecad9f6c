"""What an engine is: a description, a way to load, and a generator that denoises.

Engines know pictures and masks, nothing of sockets, jobs or documents. torch and diffusers are
imported in engines only, and only once one is loaded.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from ..imaging.arrays import Float as Float
from ..imaging.modelspace import ModelSpace


@dataclass(frozen=True)
class EngineTraits:
    """What an engine is and honours, known without loading it.

    name: as listed to clients. native: side in model px of the square it was made for, 0 if any
    size will do. cell: model px per latent cell. multiple: sides must be multiples of this.
    largest: longest side in model px that it should be given. honours: of "prompt",
    "soft_mask", "seed", "strength" those that have an effect. weights: whether it has a model's
    weights to load; of such engines one at a time is held in memory.
    """

    name: str
    title: str
    native: int
    cell: int
    multiple: int
    largest: int
    honours: tuple[str, ...]
    weights: bool = True

    @property
    def draws(self) -> bool:
        """Whether it can draw what is not in the picture: what can be told what to draw can."""
        return "prompt" in self.honours

    def space(self, width: int, height: int) -> ModelSpace:
        """The model space of a crop of that many px."""
        return ModelSpace.of(width, height, self.native, self.multiple, self.largest)


@dataclass(frozen=True)
class DenoiseJob:
    """One pass, in model px.

    image: (H, W, 3) float32, sRGB-encoded, 0..1. mask: (H, W) float32 0..1, the denoise mask D:
    at progress t of this run's steps a pixel is free when t >= 1 - D, else held to the original
    noised to that level. strength: denoising strength, above 0 to 1; at 1 the region starts from
    pure noise. steps: of a full run, 0 for the engine's own. guidance: -1 for the engine's own.
    continues: `image` is of the same job as the one that this engine ran before, no other engine's
    pass between, so what is known of the results of that job may be used again. view: (x, y,
    width, height) of the window of the crop, in crop px, that `image` shows; where a crop is
    divided, passes go from window to window, and what is known of one is nothing to another. zone:
    of the pass, "whole", "ring" or "wide". selection: (H, W) float32 0..1, the artist's selection,
    from which the mask was drawn; None where only the mask is known.
    """

    image: Float
    mask: Float
    prompt: str
    negative_prompt: str
    strength: float
    steps: int
    guidance: float
    seed: int
    continues: bool = False
    view: tuple[int, int, int, int] = (0, 0, 0, 0)
    zone: str = "whole"
    selection: Float | None = None


@dataclass(frozen=True)
class Step:
    """Step `index` of `total` (from 1) is done. preview: (h, w, 3) float32 0..1 of any size."""

    index: int
    total: int
    preview: Float | None = None


Denoising = Generator[Step, None, Float]


class EngineError(Exception):
    """The engine cannot do the job; the text is for people: what was got, expected, what to do."""


class Engine(Protocol):
    """One engine. `traits` is a class attribute; making an instance is cheap and loads nothing."""

    traits: EngineTraits

    def load(self) -> None:
        """Make ready: import, read weights. Raises `EngineError`. Called once before `denoise`."""

    def denoise(self, job: DenoiseJob) -> Denoising:
        """Yield each step, return (H, W, 3) float32 0..1. `close()` cancels within one step.

        What is returned is all that was made, also where the mask is 0: the runner alone lays it
        over the crop, and learns there what the engine does to colours. An engine that makes
        nothing there returns the very input.
        """

    def close(self) -> None:
        """Free what was loaded."""
