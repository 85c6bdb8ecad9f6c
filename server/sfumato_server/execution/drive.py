"""Drives an engine through one pass: crop px to model px, step by step, and back.

Of what comes back the crop's own detail is kept where the engine changed none of it, and a colour
shift over all of it is taken back; in each window by itself where the crop is divided.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np

from ..engines.base import DenoiseJob, Engine, EngineError, Step
from ..imaging import colour_field
from ..imaging.arrays import Float
from ..imaging.kept_detail import leave_with_detail
from ..imaging.preview import Preview
from .windows import View, views

PREVIEW_SECONDS = 0.25


@dataclass(frozen=True)
class Stepped:
    """Step `step` of `steps` of pass `index` is done."""

    index: int
    step: int
    steps: int


@dataclass(frozen=True)
class Previewed:
    """The crop as it stands within pass `index`, a small JPEG."""

    index: int
    jpeg: bytes


Driving = Generator[Stepped | Previewed, None, Float]


def denoise(engine: Engine, job: DenoiseJob, index: int, alpha: Float) -> Driving:
    """Run pass `index`. job: in crop px. alpha: A, (H, W) float32 0..1, for previews.

    Returns what the engine made, without its colour shift, (H, W, 3) float32 0..1: all of the
    crop, or only what is masked where the crop is divided into windows.
    `close()` cancels within one step. Raises `EngineError`; what an engine raises passes through.
    """
    return (yield from _Pass(engine, job, index, alpha).run())


class _Pass:
    def __init__(self, engine: Engine, job: DenoiseJob, index: int, alpha: Float) -> None:
        self._engine, self._job, self._index = engine, job, index
        self._preview = Preview(job.image, alpha)
        self._views = views(job.mask, engine.traits)
        self._done = 0  # windows
        self._steps = 0  # of the first window, which stand for those of each
        self._previewed = 0.0

    def run(self) -> Driving:
        if len(self._views) == 1:
            return (yield from self._window(self._views[0]))
        matched = self._job.image.copy()
        for view in self._views:
            part = yield from self._window(view)
            np.copyto(matched[view.at], part, where=view.own[..., None])
            self._preview.keep(part, view.at, view.own)
            self._done += 1
        return matched

    def _window(self, view: View) -> Driving:
        """Drive the engine in one window.

        Neighbours in the window are masked as well: their content is no context. What becomes of
        them there is left.
        """
        job, traits, frame = _cut(self._job, view), self._engine.traits, view.frame
        space = traits.space(frame.width, frame.height)
        assert job.selection is not None
        seen = replace(
            job,
            image=space.enter(job.image),
            mask=space.enter(job.mask),
            selection=space.enter(job.selection),
            continues=job.continues or self._done > 0,
        )
        steps = self._engine.denoise(seen)
        try:
            while True:
                try:
                    step = next(steps)
                except StopIteration as stop:
                    made = _sound(stop.value, seen.image.shape, traits.name)
                    break
                yield self._counted(step)
                if step.preview is not None and self._is_time():
                    shown = space.content_of(step.preview)
                    yield Previewed(self._index, self._preview.jpeg(shown, view.at, view.own))
        finally:
            steps.close()
        whole = leave_with_detail(space, made, seen.image, job.image)
        margin = traits.cell / space.scale
        return colour_field.correct(whole, job.image, job.mask, margin)

    def _counted(self, step: Step) -> Stepped:
        """The step among those of all windows."""
        if len(self._views) == 1:
            return Stepped(self._index, step.index, step.total)
        self._steps = self._steps or step.total
        here = step.index * self._steps // step.total
        total = self._steps * len(self._views)
        return Stepped(self._index, self._done * self._steps + here, total)

    def _is_time(self) -> bool:
        now = time.monotonic()
        due = now - self._previewed >= PREVIEW_SECONDS
        if due:
            self._previewed = now
        return due


def _cut(job: DenoiseJob, view: View) -> DenoiseJob:
    assert job.selection is not None
    frame = view.frame
    return replace(
        job,
        image=np.ascontiguousarray(job.image[view.at]),
        mask=np.ascontiguousarray(job.mask[view.at]),
        selection=np.ascontiguousarray(job.selection[view.at]),
        view=(frame.x, frame.y, frame.width, frame.height),
    )


def _sound(result: object, shape: tuple[int, ...], engine: str) -> Float:
    """What an engine returned, if it is a picture. Raises `EngineError` if it is not."""
    remedy = f"The engine {engine} is at fault: update it or take another."
    if not isinstance(result, np.ndarray):
        raise EngineError(f"got {type(result).__name__} instead of a picture. {remedy}")
    if result.dtype != np.float32 or result.shape != shape:
        got, want = f"{result.dtype} {result.shape}", f"float32 {shape}"
        raise EngineError(f"got a picture of {got}; expected {want}. {remedy}")
    broken = result.size - int(np.count_nonzero(np.isfinite(result)))
    if broken:
        got, want = f"{broken} values that are no numbers", "a picture"
        remedy = f"Try another seed; if it stays so, {engine} needs full precision (float32)."
        raise EngineError(f"got {got}; expected {want}. {remedy}")
    return result
