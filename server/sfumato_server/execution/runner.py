"""Runs a ladder: pass 1..n on one context crop, each computed from the composite of those before.

C0 is the crop as sent. For pass k with denoise mask D and blend mask A:
    R = engine(C[k-1], D, prompt, strength, seed), freed of a colour shift and given grain,
    C[k] = A * R + (1 - A) * C[k-1], with the alpha of C0
A and R are rounded to what the layer can hold before C[k] is formed, so that the artist's stack of
layers is C[n]. Compositing happens in the document's own encoding, the engine sees sRGB.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sfumato_protocol.messages import Figure, Note, PlannedPass

from ..engines.base import DenoiseJob, Engine
from ..imaging import composite, grain
from ..imaging.arrays import Float, Mask, bounds
from ..imaging.encoding import Encoding, from_float, from_srgb, to_float, to_srgb
from ..imaging.figures.effect import effect
from ..imaging.figures.measure import Region, measure
from ..imaging.figures.words import told
from ..imaging.masks.distance import HALF_LEVEL
from ..imaging.masks.levels import FAINT
from ..imaging.masks.zones import SelectionShape, blend_mask
from ..imaging.transparency import backdrop, clear, opaque
from . import drive
from .drive import Previewed as Previewed
from .drive import Stepped as Stepped

Sample = TypeVar("Sample", np.float32, np.uint8)


class NothingToDo(Exception):
    """No pixel of the crop takes part in a pass; the text says which and why."""


@dataclass(frozen=True)
class Finished:
    """Pass `index` is done: R and A for the area (x, y, width, height) in crop px.

    figures: what was measured of it; unmeasured: what could not be. keeps_alpha: something
    below is partly transparent, so that a layer of it has to inherit alpha. notes: advice on it.
    """

    index: int
    area: tuple[int, int, int, int]
    result: bytes | memoryview
    mask: bytes | memoryview
    seconds: float
    figures: tuple[Figure, ...] = ()
    keeps_alpha: bool = False
    unmeasured: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """What a job asks of the runner.

    pixels: the crop in `encoding`, height x width. selection: coverage, one byte a pixel.
    done: passes of an earlier try, which are laid over the crop rather than run again.
    """

    width: int
    height: int
    encoding: Encoding
    pixels: bytes | memoryview
    selection: bytes | memoryview
    passes: tuple[PlannedPass, ...]
    negative_prompt: str
    done: tuple[Finished, ...] = ()

    def after(self, done: tuple[Finished, ...]) -> Ladder:
        """The same ladder with its first passes done already, in order."""
        return replace(self, done=done)


Running = Generator[Stepped | Previewed | Finished, None, None]


def run(ladder: Ladder, engine_for: Callable[[str], Engine]) -> Running:
    """Yield what happens, pass by pass. `close()` cancels within one denoising step.

    engine_for: the loaded engine of a `PlannedPass.engine`, asked before each pass.

    Raises `NothingToDo` for a mask without pixels; engine errors pass through.
    """
    shape = (ladder.height, ladder.width)
    crop = to_float(ladder.pixels, ladder.height, ladder.width, ladder.encoding)
    coverage = np.frombuffer(ladder.selection, np.uint8).reshape(shape)
    selection = SelectionShape(coverage)
    behind = backdrop(crop)  # one for all passes, or what is transparent would seem to change

    def see(picture: Float) -> Float:
        return to_srgb(opaque(picture, behind), ladder.encoding)

    first = see(crop)
    for earlier in ladder.done:
        crop = _laid(crop, earlier, ladder.encoding)
    for planned in ladder.passes[len(ladder.done) :]:
        engine = engine_for(planned.engine)
        crop = yield from _run_pass(ladder, planned, selection, first, crop, engine, see)


def _run_pass(
    ladder: Ladder,
    planned: PlannedPass,
    selection: SelectionShape,
    first: Float,
    crop: Float,
    engine: Engine,
    see: Callable[[Float], Float],
) -> Generator[Stepped | Previewed | Finished, None, Float]:
    started = time.monotonic()
    denoise = selection.denoise_mask(planned.extent)
    blend = blend_mask(denoise)
    shown = np.where(clear(crop), np.uint8(0), blend)
    area = bounds(shown)
    if area is None:
        raise NothingToDo(_why_nothing(planned, selection, blend))
    seen = see(crop)
    job = _job(seen, denoise, selection, planned, ladder)
    alpha = blend.astype(np.float32) / 255.0
    matched = yield from drive.denoise(engine, job, planned.index, alpha)
    if planned.grain:
        matched = grain.match(matched, seen, denoise, blend, planned.seed, planned.strength)
    result = _as_stored(from_srgb(matched, ladder.encoding), ladder.encoding)
    after = composite.atop(crop, result[..., :3], shown.astype(np.float32) / 255.0)
    region = Region(denoise, blend, selection.selection >= HALF_LEVEL)
    shown_after = see(after)
    measured = measure(first, seen, shown_after, region)
    figures, unmeasured = told(measured, _strongest(ladder.passes[: planned.index]))
    yield Finished(
        index=planned.index,
        area=area,
        result=from_float(_cut(result, area), ladder.encoding),
        mask=_cut(shown, area).tobytes(),
        seconds=time.monotonic() - started,
        figures=figures,
        keeps_alpha=bool((_cut(crop, area)[..., 3] < 1).any()),
        unmeasured=unmeasured,
        notes=effect(seen, shown_after, planned.index),
    )
    return after


def _strongest(passes: tuple[PlannedPass, ...]) -> float:
    """The greatest strength with which what is inside was painted; a ring leaves it."""
    return max((one.strength for one in passes if one.extent.zone != "ring"), default=0.0)


def _why_nothing(planned: PlannedPass, selection: SelectionShape, blend: Mask) -> str:
    if 0 < selection.brightest < FAINT:
        return (
            f"the selection is nearly black: its brightest level is {selection.brightest} of "
            "255. Expected 255 where the picture is selected: raise the selection's levels."
        )
    if blend.any():
        return (
            "all that is selected is transparent, and what is transparent stays so. Select "
            "something that shows, or put a filled layer below."
        )
    return (
        f"the selection leaves no pixel for pass {planned.index} ({planned.extent.zone}). "
        "Select more, or less where the whole picture is selected: a ring needs an edge."
    )


def _job(
    seen: Float, denoise: Float, selection: SelectionShape, planned: PlannedPass, ladder: Ladder
) -> DenoiseJob:
    return DenoiseJob(
        image=seen,
        mask=denoise,
        prompt=planned.prompt,
        negative_prompt=ladder.negative_prompt,
        strength=planned.strength,
        steps=planned.steps,
        guidance=planned.guidance,
        seed=planned.seed,
        continues=_continues(ladder, planned),
        zone=planned.extent.zone,
        selection=selection.selection * np.float32(1 / 255),
    )


def _continues(ladder: Ladder, planned: PlannedPass) -> bool:
    """Whether the pass before ran here, and on the same engine."""
    before = ladder.passes[len(ladder.done) : planned.index - 1]
    return bool(before) and before[-1].engine == planned.engine


def _laid(crop: Float, done: Finished, encoding: Encoding) -> Float:
    """The crop with a finished pass over it, exactly as right after that pass."""
    x, y, width, height = done.area
    part = (slice(y, y + height), slice(x, x + width))
    result = to_float(done.result, height, width, encoding)[..., :3]
    alpha = np.frombuffer(done.mask, np.uint8).reshape(height, width).astype(np.float32) / 255.0
    crop = crop.copy()
    crop[part] = composite.atop(crop[part], result, alpha)
    return crop


def _as_stored(rgb: Float, encoding: Encoding) -> Float:
    """`rgb` with opaque alpha, rounded to the document's depth; (H, W, 4) float32."""
    height, width = rgb.shape[:2]
    opaque_rgba = np.concatenate([rgb, np.ones((height, width, 1), np.float32)], axis=2)
    return to_float(from_float(opaque_rgba, encoding), height, width, encoding)


def _cut(pixels: NDArray[Sample], area: tuple[int, int, int, int]) -> NDArray[Sample]:
    x, y, width, height = area
    return np.ascontiguousarray(pixels[y : y + height, x : x + width])
