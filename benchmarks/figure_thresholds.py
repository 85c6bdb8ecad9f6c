"""How often the words of `imaging.figures.words` are wrong, on what is right and on faults.

    python -m benchmarks.figure_thresholds [FOLDER]

Regions at chance places of photographs, which are right as they are, under masks as users get them.
FOLDER: more photographs, *.png (those whose names hold .truth, if there are any). A perfect result
is the photograph; before the job it was untouched, or a spot, a cast or a grey hole was in it. A
fault is put into an untouched photograph.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from sfumato_protocol.geometry import Extent
from sfumato_server.imaging.arrays import Float
from sfumato_server.imaging.figures.measure import Measured, Region, measure
from sfumato_server.imaging.figures.words import LOOK, VISIBLE, told
from sfumato_server.imaging.masks.zones import SelectionShape, blend_mask

from .quality_case import photograph

NAMES = ("astronaut", "chelsea", "coffee", "hopper")
REGIONS = 150
ROOM = 64  # px around a region
Change = Callable[[Float, Region, np.random.Generator], Float]


@dataclass(frozen=True)
class Scene:
    """A crop of a photograph, (H, W, 3) float32 0..1, and a region in it."""

    truth: Float
    region: Region


def scenes(photographs: list[Float], count: int = REGIONS) -> Iterator[Scene]:
    """Ovals with radii of 8 to 90 px and edges from hard to 20 px wide, at chance places."""
    chance = np.random.default_rng(4)
    while count:
        photo = photographs[chance.integers(len(photographs))]
        radii = np.exp(chance.uniform(np.log(8), np.log(90)) + chance.uniform(-0.2, 0.2, 2))
        sides = np.ceil(2 * radii).astype(int) + 2 * ROOM
        if (sides > photo.shape[:2]).any():
            continue
        y, x = (
            chance.integers(whole - side + 1)
            for whole, side in zip(photo.shape[:2], sides, strict=True)
        )
        crop = np.ascontiguousarray(photo[y : y + sides[0], x : x + sides[1]])
        yield Scene(crop, _region(radii, sides, chance))
        count -= 1


def _region(radii: Float, sides: Float, chance: np.random.Generator) -> Region:
    middle = (float(sides[1]) / 2, float(sides[0]) / 2)
    size = (float(2 * radii[1]), float(2 * radii[0]))
    selection = np.zeros((int(sides[0]), int(sides[1])), np.uint8)
    cv2.ellipse(selection, (middle, size, chance.uniform(-10, 10)), 255, -1, cv2.LINE_AA)
    feather = float(min(chance.choice([0, 3, 10, 20]), radii.min() / 2))
    extent = Extent("whole", feather / 2, feather, 0.0, keep_inside=False)
    denoise = SelectionShape(selection).denoise_mask(extent)
    return Region(denoise, blend_mask(denoise), selection > 127)


def _inside(picture: Float, other: Float, region: Region) -> Float:
    """`other` laid over `picture` with the region's A."""
    alpha = region.blend.astype(np.float32)[..., None] / np.float32(255)
    return np.clip(picture + alpha * (other - picture), 0, 1).astype(np.float32)


def untouched(truth: Float, region: Region, chance: np.random.Generator) -> Float:
    return truth


def stored_anew(truth: Float, region: Region, chance: np.random.Generator) -> Float:
    """As JPEG of quality 95."""
    pixels = np.rint(truth[..., ::-1] * 255).astype(np.uint8)
    stored = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
    read = cv2.imdecode(stored, cv2.IMREAD_COLOR)
    assert read is not None
    return _inside(truth, (read[..., ::-1] / 255).astype(np.float32), region)


def spot(truth: Float, region: Region, chance: np.random.Generator) -> Float:
    """A dark spot in the middle, an eighth of the region."""
    depth = cv2.distanceTransform(region.inside.view(np.uint8), cv2.DIST_L2, 5)
    share = np.clip((depth - 0.65 * depth.max()) / 2, 0, 1)[..., None]
    return np.asarray(truth * (1 - 0.5 * share), np.float32)


def cast(truth: Float, region: Region, chance: np.random.Generator) -> Float:
    """Darker by a seventh, warmer or cooler."""
    gain = np.array([0.9, 0.86, 0.8][:: chance.choice([1, -1])], np.float32)
    return _inside(truth, truth * gain, region)


def hole(truth: Float, region: Region, chance: np.random.Generator) -> Float:
    return np.where(region.inside[..., None], np.float32(0.5), truth)


def soft(truth: Float, region: Region, chance: np.random.Generator) -> Float:
    return _inside(truth, cv2.GaussianBlur(truth, (0, 0), 2).view(np.float32), region)


def noisy(truth: Float, region: Region, chance: np.random.Generator) -> Float:
    noise = chance.normal(0, 8 / 255, truth.shape).astype(np.float32)
    return _inside(truth, truth + noise, region)


def elsewhere(truth: Float, region: Region, chance: np.random.Generator) -> Float:
    """Other content, from 60 px beside."""
    return _inside(truth, np.roll(truth, (60, -60), (0, 1)), region)


PERFECT: tuple[Change, ...] = (untouched, stored_anew, spot, cast, hole)
FAULTS: tuple[Change, ...] = (cast, soft, noisy, elsewhere, hole)


def judged(every: list[Scene], change: Change, perfect: bool) -> list[Measured]:
    """What is measured where `change` was there before the job, or else is what the job did."""
    chance = np.random.default_rng(7)
    found = []
    for scene in every:
        changed = change(scene.truth, scene.region, chance)
        if change is stored_anew:  # the job itself did it
            first, after = scene.truth, changed
        else:
            first, after = (changed, scene.truth) if perfect else (scene.truth, changed)
        found.append(measure(first, first, after, scene.region))
    return found


def report(photographs: list[Float]) -> str:
    """A table: the share of regions, in %, with "look here" and with "visible" or "look here".

    Of those on which the figure can be told; their number where it is less than half.
    """
    every = list(scenes(photographs))
    names = ("seam", "shift", "grain", "identity", "drift")
    lines = ["| | " + " | ".join(names) + " |", "| --- |" + " ---: |" * len(names)]
    for perfect, changes in ((True, PERFECT), (False, FAULTS)):
        for change in changes:
            strength = 1.0 if perfect and change in (spot, hole) else 0.5
            words: Counter[tuple[str, str]] = Counter()
            told_of: Counter[str] = Counter()
            for measured in judged(every, change, perfect):
                for figure in told(measured, strength)[0]:
                    words[figure.name, figure.word] += 1
                    told_of[figure.name] += 1
            cells = [_cell(words, told_of, name) for name in names]
            title = f"right, {change.__name__} before" if perfect else f"fault: {change.__name__}"
            lines.append(f"| {title.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(words: Counter[tuple[str, str]], told_of: Counter[str], name: str) -> str:
    if not told_of[name]:
        return "–"
    look, seen = (100 * words[name, word] / told_of[name] for word in (LOOK, VISIBLE))
    few = f" of {told_of[name]}" if told_of[name] < REGIONS / 2 else ""
    return f"{look:.0f} / {look + seen:.0f}{few}"


def main() -> None:
    photographs = [photograph(name) for name in NAMES]
    for folder in sys.argv[1:]:
        paths = sorted(Path(folder).glob("*.truth.png")) or sorted(Path(folder).glob("*.png"))
        for path in paths:
            read = cv2.imread(str(path), cv2.IMREAD_COLOR)
            assert read is not None
            photographs.append((read[..., ::-1] / 255).astype(np.float32))
    print(report(photographs))


if __name__ == "__main__":
    main()
