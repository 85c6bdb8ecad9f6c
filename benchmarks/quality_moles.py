"""Whether healing copies a feature onto skin: a mole drawn at many places near features, healed.

Skin is where a face has no strong outline of its own. A feature was copied where an outline appears
that the truth has not near there (`quality_figures.appeared`), stronger than `FEATURE` in L*.
Smooth fills reach 2 on plain skin, patches of skin 5; a mole that was left has 8 to 14, a mouth's
corner, lid or nostril cloned onto a cheek 8 to 10.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.quality_case import coverage, ellipse, levels
from benchmarks.quality_faces import PORTRAITS, Portrait, framed
from benchmarks.quality_figures import appeared
from benchmarks.quality_holes import with_spot
from benchmarks.quality_ours import inpainted
from sfumato_server.client.client import Client
from sfumato_server.imaging.arrays import Float

PLACES = 84  # at most a portrait; wrinkled ones have fewer
SEEDS = (1, 2, 3)
RADIUS, SELECTED = 3.5, (7.5, 11.5)  # px, of the mole and of what is selected around it, in turn
BROWN = (0.28, 0.17, 0.12)
FEATURE = 5.5  # L*
CALM = 8.0  # L*, the most that skin's own 2.5 px blur differs from its 12 px blur
_TILE = 96  # px


@dataclass(frozen=True)
class Mole:
    """One healed mole. feature: `quality_figures.appeared`, in L*."""

    portrait: str
    y: int
    x: int
    seed: int
    feature: float
    tile: Float

    @property
    def copied(self) -> bool:
        return self.feature > FEATURE


def moles(client: Client, places: int = PLACES, seeds: tuple[int, ...] = SEEDS) -> Iterator[Mole]:
    """Every place with every seed, on all portraits with skin."""
    for portrait in PORTRAITS:
        if portrait.places:
            truth = framed(portrait)[0]
            for number, (y, x) in enumerate(skin(portrait, places)):
                for seed in seeds:
                    radius = SELECTED[number % len(SELECTED)]
                    yield _healed(client, portrait, truth, (y, x), radius, seed)


def skin(portrait: Portrait, places: int) -> list[tuple[int, int]]:
    """So many places (y, x) on a grid over the face's skin, evenly chosen from all there are."""
    truth, middle, half = framed(portrait)
    inside = ellipse(truth.shape, *middle, 0.9 * half[0], 0.9 * half[1])
    lightness = cv2.cvtColor(truth, cv2.COLOR_RGB2LAB)[..., 0]
    detail = cv2.GaussianBlur(lightness, (0, 0), 2.5) - cv2.GaussianBlur(lightness, (0, 0), 12)
    size = round(2 * max(SELECTED))
    strongest = cv2.dilate(
        np.abs(detail), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    )
    calm = (strongest < CALM) & (inside > 0)
    ys, xs = np.nonzero(calm[::5, ::5])
    chosen = np.linspace(0, len(ys) - 1, min(places, len(ys))).round().astype(int)
    return [(5 * int(ys[at]), 5 * int(xs[at])) for at in chosen]


def _healed(
    client: Client, portrait: Portrait, truth: Float, at: tuple[int, int], radius: float, seed: int
) -> Mole:
    image = with_spot(truth, *at, RADIUS, BROWN)
    selected = ellipse(truth.shape, *at, radius, radius)
    job = inpainted(client, image, coverage(selected), "heal", seed=seed)
    result = job.flattened.astype(np.float32) / np.float32(255)
    reach = ellipse(truth.shape, *at, radius + 6, radius + 6) > 0
    y, x = (int(np.clip(each - _TILE // 2, 0, 512 - _TILE)) for each in at)
    tile = result[y : y + _TILE, x : x + _TILE]
    return Mole(portrait.photograph, *at, seed, appeared(result, truth, reach), tile)


def write_worst(path: Path, found: list[Mole], most: int = 40) -> None:
    """The results with the strongest features, strongest first, as one picture."""
    worst = sorted(found, key=lambda mole: -mole.feature)[:most]
    tiles = []
    for mole in worst:
        tile = cv2.resize(levels(mole.tile), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        cv2.putText(
            tile, f"{mole.feature:.1f}", (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 0)
        )
        tiles.append(tile)
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 8)
    rows = [np.hstack(tiles[at : at + 8]) for at in range(0, len(tiles), 8)]
    cv2.imwrite(str(path), np.ascontiguousarray(np.vstack(rows)[..., ::-1]))
