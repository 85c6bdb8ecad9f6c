"""Several tries at one job, of which the best is kept.

At strength 1 nothing of the old content is read and where a run ends depends on its noise. So
more than one is made: of holes and spots with other noise, of a stroke (a scratch, the band along
a boundary) also from a smooth fill, which is nearly right there and needs little noise. A weaker
run has the old content to go by, and is made once.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import cv2
import numpy as np

from ...imaging.arrays import Flags
from ...imaging.masks.region import inscribed
from ...imaging.smooth_fill import plate
from ..base import DenoiseJob, Denoising, EngineError
from .choice import best
from .quiet import with_quiet_edges
from .run import Stage, prepared, sampled, steps_of

FIXED_UP_TO = 0.02  # denoise mask up to which a pixel stays as it is
THIN = 10.0  # px, inscribed radius up to which a region may be a stroke
LONG = 3.0  # area, over that of the inscribed disc, from which it is one
FROM_SMOOTH = (0.5, 0.3)  # strengths of the tries that start from a smooth fill
AREAS = (8_000, 40_000)  # px of a hole up to which there are three tries, and two
FULL = 0.98  # denoise mask from which a pixel is redrawn wholly
OTHER_SEED = 1_000_003


def run(job: DenoiseJob) -> Denoising:
    """Yield every step of every try; return the best picture, as `run.sampled` does."""
    acting = np.where(job.mask > FIXED_UP_TO, job.mask, np.float32(0))
    if not acting.any():
        return job.image.copy()
    job = replace(job, mask=acting)
    tries = _prepared(tries_at(job))
    total = sum(steps_of(stages) for _, stages in tries)
    pictures, before = [], 0
    for each, stages in tries:
        pictures.append((yield from _numbered(sampled(each, stages), before, total)))
        before += steps_of(stages)
    healed = best(pictures, job.mask)
    if job.strength >= 1:
        healed = with_quiet_edges(healed, job.mask, FULL)
    return np.where(job.mask[..., None] > 0, healed, job.image)


def _prepared(jobs: list[DenoiseJob]) -> list[tuple[DenoiseJob, list[Stage]]]:
    """Each with its levels, which those of the first's strength share: they differ in seed only.

    A weaker one may copy from less than the first; if that is nothing, it is left out. Raises
    `EngineError` when the first finds nothing to copy from.
    """
    first, *others = jobs
    stages = prepared(first)
    ready = [(first, stages)]
    for each in others:
        with suppress(EngineError):
            ready.append((each, stages if each.strength == first.strength else prepared(each)))
    return ready


def _numbered(run: Denoising, before: int, total: int) -> Denoising:
    """The run's steps, counted on from `before` to `total`."""
    while True:
        try:
            step = next(run)
        except StopIteration as end:
            return np.asarray(end.value, dtype=np.float32)
        yield replace(step, index=before + step.index, total=total)


def tries_at(job: DenoiseJob) -> list[DenoiseJob]:
    """The jobs to run for this one, of which one's result is kept; some of its mask is above 0."""
    if job.strength < 1:
        return [job]
    full = job.mask >= FULL
    if _is_stroke(full):
        image = plate(job.image, full)
        return [job, *(replace(job, image=image, strength=each) for each in FROM_SMOOTH)]
    area = int((job.mask > 0).sum())
    count = 1 + sum(area <= most for most in AREAS)
    return [replace(job, seed=job.seed + turn * OTHER_SEED) for turn in range(count)]


def _is_stroke(region: Flags) -> bool:
    """Whether the parts of `region` (H, W) are long and thin."""
    radius = inscribed(region)
    parts = cv2.connectedComponents(region.astype(np.uint8), connectivity=8)[0] - 1
    return 0 < radius <= THIN and region.sum() > LONG * np.pi * radius**2 * parts
