"""One run of the patch sampler: coarse to fine, each level by Euler's method."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...imaging.arrays import Flags, Float
from ...imaging.masks.region import inscribed
from ..base import DenoiseJob, Denoising, EngineError, Step
from . import schedule
from .denoiser import Estimate, Noisy, estimate, known_windows, make_dictionary, settled
from .handover import Handed, coarse_start, handed_over, seam_membrane
from .pyramid import Level, build_level, detail
from .render import copied, render
from .schedule import LevelPlan
from .search import Dictionary, Shortlist

KNOWN_BELOW = 0.5  # of the mask's largest value: below, a pixel may be copied from at strength 1
LEAST_SHARE = 0.4  # of a region's radius, that a feather leaves of it when levels are chosen
FULL_RUN = 34  # steps that the engine takes of its own at strength 1
COPIED_UP_TO = 4  # scale to which estimates are copies: a mean of windows loses grain
LARGE = 600_000  # px of a level above which windows are 5 × 5, to bound memory
SHORTLIST = {1: 4, 2: 4}


@dataclass(frozen=True)
class Stage:
    """One level made ready: its pictures, its plan, its windows' side in px, the noise (h, w) that
    old content is put under, and the run's strength."""

    level: Level
    plan: LevelPlan
    patch: int
    blur: Tensor
    strength: float


@dataclass(frozen=True)
class Done:
    """A finished level: its picture (h, w, C) and the windows that it was made of."""

    book: Dictionary
    picture: Tensor
    last: Estimate


def steps_of(stages: list[Stage]) -> int:
    """How many steps a run of these stages takes."""
    return sum(len(stage.plan.sigmas) for stage in stages)


def sampled(job: DenoiseJob, stages: list[Stage]) -> Denoising:
    """Yield every step; return (H, W, 3) float32 0..1, the input wherever the mask is 0.

    stages: as `prepared` has made them of this job.
    """
    generator = torch.Generator().manual_seed(job.seed % 2**63)
    total = steps_of(stages)
    done: Done | None = None
    index = 0
    for stage in stages:
        book = make_dictionary(stage.level, stage.patch)
        handed = _start(stage, book, done, generator)
        done = None  # its windows are the most of the memory
        done = yield from _sample(stage, book, handed, generator, index, total)
        index += len(stage.plan.sigmas)
    assert done is not None
    out = np.asarray(done.picture[..., :3].add(1).div(2).clamp(0, 1).numpy(), dtype=np.float32)
    return np.where(job.mask[..., None] > 0, out, job.image).astype(np.float32)


def prepared(job: DenoiseJob) -> list[Stage]:
    """The levels of the job, coarse first; some pixel of its mask must be above 0.

    Raises `EngineError` when nothing is left to copy from.
    """
    image = torch.from_numpy(np.ascontiguousarray(job.image, dtype=np.float32)) * 2 - 1
    mask = torch.from_numpy(np.ascontiguousarray(job.mask, dtype=np.float32))
    factor = job.steps / FULL_RUN if job.steps > 0 else 1.0
    levels: list[tuple[Level, int]] = []
    unknown = _unknown(job)
    known = torch.from_numpy(~unknown)
    redrawn = np.asarray(job.mask > 0)
    for scale in _scales(redrawn, unknown if job.strength >= 1 else redrawn):
        level = build_level(image, mask, mask == 0, known, scale)
        patch = _patch(level)
        levels = [*levels, (level, patch)] if patch else []
    if not levels or levels[-1][0].scale != 1:
        raise EngineError(
            f"The mask leaves too little of the {mask.shape[1]} × {mask.shape[0]} px crop to copy "
            "texture from; this engine needs at least a 3 × 3 px patch outside it. "
            "Make the selection smaller, or give it more surrounding picture."
        )
    plans = tuple(
        schedule.plan_level(level.scale, level is levels[0][0], job.strength, detail(level), factor)
        for level, _ in levels
    )
    table = schedule.blur_by_mask(plans, job.strength)
    return [
        Stage(level, plan, patch, _blur(level, table), job.strength)
        for plan, (level, patch) in zip(plans, levels, strict=True)
    ]


def _unknown(job: DenoiseJob) -> Flags:
    """(H, W): what may not be copied from. At strength 1 a feather's outer half may.

    A weaker run has its old content to go by, and leaves a quieter edge without.
    """
    if job.strength < 1:
        return np.asarray(job.mask > 0)
    return np.asarray(job.mask >= KNOWN_BELOW * float(job.mask.max()))


def _blur(level: Level, table: tuple[tuple[float, float], ...]) -> Tensor:
    """(h, w) noise in −1..1 units of this level that old content is put under."""
    blur = torch.zeros_like(level.mask)
    for least, noise in reversed(table):
        blur[level.mask >= least - schedule.SLACK] = noise / level.scale
    return blur


def _patch(level: Level) -> int:
    """Side of the windows in px, smaller in large pictures; 0 if too few are known."""
    sides = (5, 3) if level.scale >= 8 or level.mask.numel() > LARGE else (7, 5, 3)
    least = 1 if level.scale == 1 else 200
    for side in sides:
        if known_windows(level, side) >= least:
            return side
    return 0


def _scales(redrawn: Flags, unknown: Flags) -> list[int]:
    """Reductions, coarse first, at which the region is still about 3 px across.

    redrawn, unknown: (H, W). Where a feather is redrawn but known, coarse windows find too little
    that is near, and copy something far off instead: the region then counts as smaller by as much
    again on either side, but not below two fifths.
    """
    outer, inner = inscribed(redrawn), inscribed(unknown)
    radius = max(inner - 2 * (outer - inner), LEAST_SHARE * inner)
    return [k for k in (8, 4, 2) if radius / k > 1.5 and min(redrawn.shape) // k >= 8] + [1]


def _start(stage: Stage, book: Dictionary, done: Done | None, generator: torch.Generator) -> Handed:
    if done is None:
        return Handed(None, coarse_start(stage.level, book, stage.strength, generator))
    return handed_over(done.book, done.last.shortlist, book, stage.level)


def _sample(
    stage: Stage,
    book: Dictionary,
    handed: Handed,
    generator: torch.Generator,
    index: int,
    total: int,
) -> Generator[Step, None, Done]:
    """One level's steps, from step `index` of the run's `total`."""
    level, plan = stage.level, stage.plan
    touched = level.mask > 0
    noise = torch.randn(level.clean.shape, generator=generator)
    state = handed.start + plan.sigmas[0] * noise
    shortlist: Shortlist | None = handed.shortlist
    for turn, sigma in enumerate(plan.sigmas):
        free = schedule.freed(level.mask, index + turn, total)[..., None]
        seen = torch.where(free, state, level.content)
        noisy = Noisy(seen, free[..., 0], sigma, stage.blur)
        keep = SHORTLIST.get(level.scale, 8)
        found = estimate(book, noisy, shortlist, keep, turn == 0, generator)
        shortlist = found.shortlist
        if level.scale <= COPIED_UP_TO:
            picture = copied(book, shortlist, level, found.picture)
            found = Estimate(picture, found.covered, shortlist)
        guess = torch.where(free & found.covered[..., None], found.picture, level.content)
        held = torch.where(free, state, level.content + sigma * noise)
        # Euler's step to the next noise: x' = x + (σ' − σ) (x − x̂₀) / σ
        following = (*plan.sigmas, 0.0)[turn + 1]
        state = held + (following - sigma) * (held - guess) / sigma
        yield Step(index + turn + 1, total, _preview(level, guess) if turn % 3 == 2 else None)
    picture = torch.where(touched[..., None], guess, level.content)
    if level.scale <= 4:
        picture = picture + seam_membrane(level, found)
    if level.scale == 1:
        picture = _rendered(stage, book, picture, shortlist, generator)
    return Done(book, picture, found)


def _rendered(
    stage: Stage,
    book: Dictionary,
    picture: Tensor,
    shortlist: Shortlist | None,
    generator: torch.Generator,
) -> Tensor:
    """The last picture: copies that agree, their cuts closed."""
    assert shortlist is not None
    touched = stage.level.mask > 0
    calm = Noisy(picture, touched, 0.0, stage.blur)
    agreed = settled(book, calm, shortlist, generator)
    return render(book, agreed, stage.level, picture, stage.strength)


def _preview(level: Level, guess: Tensor) -> Float:
    """The present estimate in the crop, reduced at least twice: (h, w, 3) float32 0..1."""
    every = max(1, 2 // level.scale)
    small = guess[::every, ::every, :3].add(1).div(2).clamp(0, 1)
    return np.ascontiguousarray(small.numpy(), dtype=np.float32)
