"""Filling holes with what is around them.

    u = fill(image, hole, seed, anchor)

Where the surroundings are smooth the fill is (`clear`). Else a shift map: offsets at which the
surroundings repeat (`offsets`), shared out at a coarse level so that cuts cost least (`labels`),
brought to full resolution level by level (`cuts`), rendered with the cuts closed (`render`).

With an anchor a > 0 the low frequencies of the old content are kept to that share: with f the fill,
c the old content, and v the minimum of  Σ |∇v|² + Σ (v − (c − f))² / ℓ²,  0 at the hole's edge,

    u = f + a v,     ℓ a sixth of the hole's inscribed radius, at least 2 px.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float, Window, bounds, window
from ...imaging.masks.region import inscribed
from ...imaging.smooth_fill import HELD, smooth_fill
from ..base import EngineError, Step
from .clear import clear
from .cuts import NUDGES, Cuts, finer
from .labels import SWEEPS, assigned
from .offsets import Index, Patches, improved, proposed, side_of
from .pyramid import Level, build_level
from .render import PARTS, closed, copied

TOGETHER = 24  # px: parts of a hole nearer than this are filled as one
CONTEXT, LEAST_CONTEXT = 2, 64  # times the hole's longer side, and px, looked at on each side
NODES = 4000  # px of the coarsest level's hole, about
COSTS = 12_000_000  # numbers that say what two copies differ by
MOST_OFFSETS, LEAST_OFFSETS = 56, 12
THIN = 1.5  # px, inscribed radius that a hole has at its coarsest level
ROUNDS, QUICK = 3, 24  # of proposals; px, inscribed radius of a part up to which one will do
SETTLING = 6  # rounds at each finer level

Progress = Generator[Float | None, None, Float]


@dataclass(frozen=True)
class Part:
    """A window of the picture, and the part of the hole in it that is filled from it; other parts
    are unknown there too. smooth: the window filled, where a smooth surface is right. scales: its
    levels otherwise, coarse first. rounds: of proposals."""

    at: Window
    inside: Flags
    smooth: Float | None
    scales: tuple[int, ...]
    rounds: int

    @property
    def steps(self) -> int:
        """How many steps it takes."""
        if self.smooth is not None:
            return 1
        coarse = self.rounds * (1 + SWEEPS)
        return coarse + len(self.scales) * (1 + self.nudges + SETTLING) + PARTS

    @property
    def nudges(self) -> int:
        """Regions that were shared out at full resolution already need no px more."""
        return NUDGES if len(self.scales) > 1 else 0


@dataclass(frozen=True)
class Work:
    """What a hole takes: its parts, the smallest first, and the chance that they go on with."""

    parts: tuple[Part, ...]
    rng: np.random.Generator

    @property
    def steps(self) -> int:
        """How many steps all parts take."""
        return sum(part.steps for part in self.parts)


def planned(image: Float, hole: Flags, seed: int) -> Work:
    """What filling `hole` (H, W) of `image` (H, W, 3) takes."""
    rng = np.random.default_rng(seed % 2**63)
    return Work(tuple(_parts(image, hole, rng)), rng)


def fill(image: Float, hole: Flags, seed: int, anchor: float = 0.0) -> Generator[Step, None, Float]:
    """Yield steps; return (H, W, 3) float32 0..1, exactly `image` outside `hole` (H, W).

    image: (H, W, 3) float32 sRGB 0..1; with no anchor nothing of it in the hole is read. anchor:
    0 to 1, the share of the old content's low frequencies that stay. Closing the generator cancels
    within a step. Raises `EngineError` when nothing is left to copy from.
    """
    work = planned(image, hole, seed)
    picture = yield from worked(image, hole, work, 0, work.steps)
    return anchored(picture, image, hole, anchor) if anchor > 0 else picture


def worked(
    image: Float, hole: Flags, work: Work, before: int, total: int
) -> Generator[Step, None, Float]:
    """The hole filled as `planned`; its steps are counted on from `before` to `total`."""
    picture, unknown, index = image.copy(), hole.copy(), before
    for part in work.parts:
        run = _filled(picture[part.at], unknown[part.at], part, work.rng)
        while True:
            try:
                preview = next(run)
            except StopIteration as end:
                picture[part.at][part.inside] = end.value[part.inside]
                unknown[part.at][part.inside] = False
                break
            index += 1
            yield Step(index, total, preview)
    return picture


def anchored(filled: Float, old: Float, hole: Flags, anchor: float) -> Float:
    """u of the module's docstring, of f `filled` and c `old`, both (H, W, 3)."""
    length = max(2.0, inscribed(hole) / 6)
    weight = np.where(hole, np.float32(length**-2), HELD)
    drawn = smooth_fill(np.where(hole[..., None], old - filled, np.float32(0)), weight)
    mixed = np.clip(filled + np.float32(anchor) * drawn, 0, 1)
    return np.where(hole[..., None], mixed, old).astype(np.float32)


def _parts(image: Float, hole: Flags, rng: np.random.Generator) -> list[Part]:
    """The parts of the hole, small ones first: they are surroundings of the larger."""
    side = 2 * (TOGETHER // 2) + 1
    wide = cv2.dilate(hole.astype(np.uint8), np.ones((side, side), np.uint8))
    count, labels = cv2.connectedComponents(wide)
    found = []
    for label in range(1, count):
        inside = hole & (labels == label)
        frame = bounds(inside)
        if frame is not None:
            at = window(frame, max(LEAST_CONTEXT, CONTEXT * max(frame[2:])))
            smooth = clear(image[at], hole[at], rng)
            rounds = 1 if inscribed(inside[at]) <= QUICK else ROUNDS
            found.append(Part(at, inside[at], smooth, _scales(inside[at]), rounds))
    return sorted(found, key=lambda part: int(part.inside.sum()))


def _scales(hole: Flags) -> tuple[int, ...]:
    """Coarse first: so coarse that the hole has few enough px and is not thinner than it may be."""
    scale, radius, area = 1, inscribed(hole), int(hole.sum())
    while (
        area / scale**2 > NODES and radius / (2 * scale) > THIN and min(hole.shape) // scale >= 48
    ):
        scale *= 2
    return tuple(2**power for power in range(scale.bit_length() - 1, -1, -1))


def _filled(image: Float, unknown: Flags, part: Part, rng: np.random.Generator) -> Progress:
    """The window with its part filled; yields a preview now and then, None between."""
    if part.smooth is not None:
        yield part.smooth
        return part.smooth
    level = build_level(image, unknown, part.scales[0])
    field = yield from _shared_out(level, part.rounds, rng)
    for scale in part.scales:
        if scale != level.scale:
            coarse, level = level, build_level(image, unknown, scale)
            field = finer(coarse, field, level)
            yield None
        field = yield from _refined(level, field, part.nudges)
    picture = image
    for closer in closed(level, field):
        picture = closer
        yield None
    return np.where(unknown[..., None], np.clip(picture, 0, 1), image).astype(np.float32)


def _shared_out(
    level: Level, rounds: int, rng: np.random.Generator
) -> Generator[Float | None, None, Index]:
    """The offsets of the level's hole: of some rounds, each of which proposes anew from what the
    last has made, those of least energy."""
    side, count = side_of(level), _affordable(int(level.hole.sum()))
    if not side:
        raise EngineError(_nothing(level))
    yield None
    patches = Patches.of(level, side)
    if rounds < ROUNDS:
        patches = replace(patches, pairs=patches.pairs // 2)
    by = proposed(patches, count, rng)
    yield None
    best, least = np.zeros((*level.size, 2), np.int64), np.inf
    for turn in range(rounds):
        field = best
        for field in assigned(level, by, rng):
            yield _shown(level, field)
        energy = Cuts(level, field).energy()
        if energy < least:
            best, least = field, energy
        if turn < rounds - 1:
            used = np.unique(best[level.hole], axis=0)
            by = improved(patches, copied(level, best), used, count, rng)
            yield None
    return best


def _affordable(nodes: int) -> int:
    """How many offsets a hole of that many px can be given."""
    return int(np.clip(np.sqrt(COSTS / max(1, nodes)), LEAST_OFFSETS, MOST_OFFSETS))


def _refined(level: Level, field: Index, nudges: int) -> Generator[Float | None, None, Index]:
    cuts = Cuts(level, field)
    for part in range(nudges):
        cuts.nudge(part)
        yield None
    for turn in range(SETTLING):
        cuts.settle(turn)
        yield None
    return cuts.field


def _shown(level: Level, field: Index) -> Float:
    return np.ascontiguousarray(copied(level, field)[..., :3].clip(0, 1), dtype=np.float32)


def _nothing(level: Level) -> str:
    height, width = (level.scale * side for side in level.size)
    return (
        f"The mask leaves too little of the {width} × {height} px crop to copy texture from; "
        "this engine needs at least a 3 × 3 px patch outside it. "
        "Make the selection smaller, or give it more surrounding picture."
    )
