"""A spotted or scratched region in pieces that each fit into one place near by."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float, Window, bounds, window
from ...imaging.smooth_fill import membrane
from . import spot

WHOLE, LONGEST = 60, 40  # px of a part that is one piece, and of the pieces of a longer one
_SEEN, _ALIKE = 6 / 255, 0.35
_TIGHT = 0.9  # share of an island that is like itself if it was drawn too tight
_TRACE = 0.025
ROOM = 150  # px around a piece that are looked at


def healed(image: Float, hole: Flags, unknown: Flags, seed: int) -> Iterator[Float]:
    """Yield `image` (H, W, 3) with one piece more of `hole` (H, W) healed, until all are.

    unknown: (H, W), all that may not be copied from, the hole included. seed: which of places that
    fit about as well is taken.
    """
    left = unknown.copy()
    rng = np.random.default_rng(seed % 2**63)
    picture = image
    for at, piece in _pieces(hole):
        picture = picture.copy()
        picture[at] = spot.healed(picture[at], piece, left[at], rng)
        left[at] &= ~piece
        yield picture


def count(hole: Flags) -> int:
    """How many pieces there are."""
    return len(_pieces(hole))


def grown(image: Float, hole: Flags, reach: Flags) -> Flags:
    """The hole (H, W) and, where it was drawn too tight, what in `reach` (H, W) is like it.

    With b the smooth fill and c the mean of image - b in the half of an island where it is most, a
    px is as much like the island as (image - b) . c / |c|^2. An island was drawn too tight if it is
    so nearly everywhere; one drawn around a blemish has skin in it, and hair, a lip or a wrinkle
    that meets it is no reason to replace those. Then all rims of a px go that hold some of it
    nearly all round, for a blemish is soft, and what is left of it would stain what is healed.
    """
    frame = bounds(reach)
    if frame is None or not (reach & ~hole).any():
        return hole
    at = window(frame, 4)
    apart = image[at] - membrane(image[at], reach[at])
    count, labels = cv2.connectedComponents(reach[at].astype(np.uint8), connectivity=8)
    grown = hole.copy()
    for label in range(1, count):
        island = labels == label
        core = island & hole[at]
        if core.any():
            grown[at] |= _with_rims(core, island, _likeness(apart, core))
    return grown


def _likeness(apart: Float, core: Flags) -> Float:
    """(H, W) how much of the core's difference a px has; 0 where that could not be seen."""
    inside = apart[core]
    far = np.linalg.norm(inside, axis=1)
    like = inside[far >= np.median(far)].mean(0)
    size = float(like @ like)
    return np.asarray(apart @ like / size if size > _SEEN**2 else np.zeros(core.shape), np.float32)


def _with_rims(core: Flags, island: Flags, likeness: Float) -> Flags:
    grown = core
    if (likeness[core] > _ALIKE).mean() < _TIGHT:
        return core
    while (rim := _rim(grown) & island).any() and _holds(likeness[rim]):
        grown = grown | rim
    return grown


def _holds(likeness: Float) -> bool:
    quarter, middle = np.percentile(likeness, (25, 50))
    return bool(quarter > _TRACE and middle > 2 * _TRACE)


def _rim(region: Flags) -> Flags:
    wider = cv2.dilate(region.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray((wider > 0) & ~region)


def _pieces(hole: Flags) -> list[tuple[Window, Flags]]:
    found = []
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        hole.astype(np.uint8), connectivity=8
    )
    for label in range(1, count):
        x, y, width, height = (int(v) for v in stats[label][:4])
        down, across = (1 if n <= WHOLE else -(-n // LONGEST) for n in (height, width))
        for row in range(down):
            for column in range(across):
                frame = (
                    x + column * width // across,
                    y + row * height // down,
                    -(-width // across),
                    -(-height // down),
                )
                cell = np.zeros(hole.shape, bool)
                cell[window(frame)] = True
                part = cell & (labels == label)
                if part.any():
                    at = window(frame, ROOM)
                    found.append((at, part[at]))
    return found
