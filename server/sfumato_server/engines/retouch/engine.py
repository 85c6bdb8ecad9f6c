"""What the built-in engine is, and which tool a pass gets; see the package for the tools."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...imaging.arrays import Flags, Float
from ...imaging.masks.region import inscribed, parts
from ...imaging.masks.zones import SelectionShape
from ...imaging.smooth_fill import membrane, plate
from ..base import DenoiseJob, Denoising, EngineTraits, Step
from ..patch.fill import anchored, planned, worked
from . import pieces
from .grade import graded
from .seam import closed
from .spot import RING, ROOM

REPLACES = 0.75  # strength from which a region's content is replaced
ACTS = 0.02  # denoise mask up to which a px stays as it is
SPOT = 12.0  # px, inscribed radius up to which a region is healed from places near by
FORETOLD, HALF = 24.0, 0.5  # px, that up to which its light can be foretold, and how far it is
MARGIN = 40  # px around a region that its edge is compared with


class Retouch:
    """Grades, closes seams, heals and fills from the picture itself; cannot draw what is not there.

    A pass over a ring closes the seam on the selection's edge (`seam`). A whole or wide pass under
    strength 0.75 grades light and colour (`grade`); from there on it replaces the content with
    what is confirmed of the texture near by (`pieces`) or, in regions too large for that, fills it
    anew (`patch.fill`). Low frequencies of the old content, graded, stay to (1 - s) / 0.25 of them.
    A mask that is nowhere full makes a pass as much weaker, and an island that is less full than
    others changes by the square of its share.
    """

    traits = EngineTraits(
        name="patch-diffusion",
        title="Retouch (built in)",
        native=0,
        cell=1,
        multiple=1,
        largest=16384,
        honours=("soft_mask", "seed", "strength"),
        weights=False,
    )

    def load(self) -> None:
        """Nothing to do: there are no weights."""

    def denoise(self, job: DenoiseJob) -> Denoising:
        """Yield each step, return (H, W, 3) float32 0..1; px with mask 0 exactly the input.

        Raises `EngineError` when the mask leaves nothing to copy from.
        """
        acting = np.asarray(job.mask > ACTS)
        if not acting.any():
            return job.image.copy()
        fullest = float(job.mask.max())
        job = replace(job, strength=job.strength * fullest)
        if job.zone != "ring" and job.strength >= REPLACES:
            made = yield from _replaced(job, acting)
        else:
            made = yield from _retouched(job)
        for at, island in parts(acting.astype(np.float32), 0):
            part = np.float32((job.mask[at][island].max() / fullest) ** 2)
            made[at][island] = job.image[at][island] * (1 - part) + made[at][island] * part
        return np.where(acting[..., None], made, job.image).astype(np.float32)

    def close(self) -> None:
        """Nothing is held between jobs."""


def _retouched(job: DenoiseJob) -> Denoising:
    """Each region graded, or its seam closed."""
    depth = _depth(job)
    regions = list(parts((depth > 0).astype(np.float32), MARGIN))
    picture = job.image.copy()
    for index, (at, region) in enumerate(regions, 1):
        own = np.where(region, depth[at], np.minimum(depth[at], np.float32(-0.5)))
        tool = closed if job.zone == "ring" else graded
        picture[at] = tool(picture[at], own, job.strength)
        yield Step(index, len(regions), picture)
    return picture


def _graded(job: DenoiseJob) -> Float:
    run = _retouched(job)
    while True:
        try:
            next(run)
        except StopIteration as end:
            return np.asarray(end.value, np.float32)


def _depth(job: DenoiseJob) -> Float:
    """(H, W) px from the edge of the artist's selection, positive inside."""
    drawn = job.mask if job.selection is None else job.selection
    return SelectionShape(np.rint(np.clip(drawn, 0, 1) * 255).astype(np.uint8)).distance


def _replaced(job: DenoiseJob, acting: Flags) -> Denoising:
    """Small regions healed in pieces, then the large ones filled."""
    core = acting & (_depth(job) > 0)
    hole = core if core.any() else np.asarray(job.mask >= job.mask.max() / 2)
    hole = pieces.grown(job.image, hole, acting)
    small, large = _by_size(hole)
    plain = membrane(job.image, small) if small.any() and large.any() else job.image
    work, count = planned(plain, large, job.seed), pieces.count(small)
    total, picture, index = count + work.steps, job.image, 0
    for picture in pieces.healed(job.image, small, hole, job.seed):
        index += 1
        yield Step(index, total, picture)
    filled = yield from worked(picture, large, work, index, total)
    picture = _foretold(filled, picture, large)
    anchor = (1 - job.strength) / (1 - REPLACES)
    if anchor <= 0:
        return picture
    return anchored(picture, _graded(job), hole, anchor)


def _foretold(filled: Float, known: Float, hole: Flags) -> Float:
    """The light of what is not large half as a plate from around it foretells it.

    A fill has structure, but its light may be any that is found near by; a plate has the light, but
    nothing of a structure. The mean of both has less error than either, and the fill's detail.
    """
    for at, region in parts(hole.astype(np.float32), ROOM):
        if inscribed(region) <= FORETOLD:
            light = np.where(region[..., None], plate(known[at], hole[at]), filled[at])
            filled[at] = anchored(filled[at], light, region, HALF)
    return filled


def _by_size(hole: Flags) -> tuple[Flags, Flags]:
    """What places near by can heal, and what is too large for that or has no room for it."""
    small = np.zeros_like(hole)
    for at, region in parts(hole.astype(np.float32), 1):
        room = max(all_ - 2 * part for all_, part in zip(hole.shape, region.shape, strict=True))
        if inscribed(region) <= SPOT and room >= 4 * RING:
            small[at] |= region
    return small, hole & ~small
