"""Whether a ladder's later passes help: faces pasted with a hard edge, pass by pass.

The seam is that of the pasted edge itself (`imaging.figures.seam`, the pasted region as A) after
every pass, and of one pass with as many steps as the whole ladder. Colour and grain corrections
that the server adds to a pass are left out: this measures the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.quality_cases import pasted_face
from benchmarks.quality_methods import SEED, run_engine
from sfumato_protocol.geometry import Extent
from sfumato_server.imaging.arrays import Float, Mask
from sfumato_server.imaging.figures.seam import seam
from sfumato_server.imaging.masks.zones import SelectionShape, blend_mask

FACES = (
    ("astronaut", 145, 222),
    ("hopper", 245, 255),
    ("chelsea", 150, 230),
    ("coffee", 180, 300),
)  # photograph, y, x; the coffee cup has an oval of itself for a face
# Zone, strength, feather. All of it at the ring: the engine cannot paint a face anew.
LADDER = (("ring", 0.6, 10.0), ("ring", 0.4, 10.0), ("ring", 0.25, 10.0))
GROW, WIDTH = 5.0, 10.0  # px
SHOWN = 80  # px to each side of a face's middle


@dataclass(frozen=True)
class Rung:
    """A state of one face: its name, the picture (H, W, 3) float32 0..1 and the seam, 1 unseen."""

    name: str
    picture: Float
    seam: float


def climb(photograph: str, y: int, x: int) -> Iterator[Rung]:
    """The face as pasted, after each pass, after one long pass, and as it was."""
    truth, given, selection = pasted_face(photograph, y, x)
    yield Rung("pasted", given, _seam(given, selection))
    shape = SelectionShape(selection)
    picture, steps = given, 0
    for turn, (zone, strength, feather) in enumerate(LADDER):
        picture, taken = _pass(picture, shape, zone, strength, feather, turn, 0)
        steps += taken
        yield Rung(f"{zone} {strength}", picture, _seam(picture, selection))
    zone, strength, feather = LADDER[0]
    _, taken = _pass(given, shape, zone, strength, feather, 0, 0)
    single, _ = _pass(given, shape, zone, strength, feather, 0, 0)
    yield Rung(f"one pass, {steps} steps", single, _seam(single, selection))
    yield Rung("original", truth, _seam(truth, selection))


def _pass(
    picture: Float,
    shape: SelectionShape,
    zone: str,
    strength: float,
    feather: float,
    turn: int,
    steps: int,
) -> tuple[Float, int]:
    """The composite after one pass, and the steps that it took."""
    denoise = shape.denoise_mask(Extent(zone, GROW, feather, WIDTH))
    result, taken = run_engine(picture, denoise, strength, SEED + turn, steps)
    alpha = blend_mask(denoise).astype(np.float32)[..., None] / np.float32(255)
    return np.asarray(alpha * result + (1 - alpha) * picture, dtype=np.float32), taken


def _seam(picture: Float, selection: Mask) -> float:
    found = seam(picture, selection)
    return 1.0 if found is None else found


def report(folder: Path) -> str:
    """A table, and a picture of every rung as `ladder.png` in `folder`.

    The last line is the mean |log₂| of the seam over the original's own.
    """
    lines = ["| face | " + " | ".join(_names()) + " |", "| --- |" + " ---: |" * len(_names())]
    strips, seams = [], []
    for photograph, y, x in FACES:
        rungs = list(climb(photograph, y, x))
        seams.append([rung.seam for rung in rungs])
        lines.append(_line(photograph, seams[-1]))
        cut = np.s_[max(0, y - SHOWN) : y + SHOWN, max(0, x - SHOWN) : x + SHOWN]
        tiles = [cv2.resize(rung.picture[cut], (2 * SHOWN, 2 * SHOWN)) for rung in rungs]
        strips.append(np.hstack(tiles))
    octaves = np.log2(seams)
    lines.append(_line("mean off the original", list(np.abs(octaves - octaves[:, -1:]).mean(0))))
    sheet = (np.vstack(strips)[..., ::-1] * 255).clip(0, 255).round().astype(np.uint8)
    cv2.imwrite(str(folder / "ladder.png"), sheet)
    return "\n".join(lines)


def _line(name: str, values: list[float]) -> str:
    return f"| {name} | " + " | ".join(f"{value:.2f}" for value in values) + " |"


def _names() -> list[str]:
    passes = [f"{zone} {strength}" for zone, strength, _ in LADDER]
    return ["pasted", *passes, "one pass, as many steps", "original"]
