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
    """The hole (H, W) and what in `reach` (H, W) is like it.

    With b the smooth fill and c the mean of image - b in the half of the hole where it is most:
    px whose (image - b) . c is over `_ALIKE` of |c|^2.
    """
    frame = bounds(reach)
    if frame is None or not (reach & ~hole).any():
        return hole
    at = window(frame, 4)
    apart = image[at] - membrane(image[at], reach[at])
    count, labels = cv2.connectedComponents(reach[at].astype(np.uint8), connectivity=8)
    grown = hole.copy()
    inner = hole[at]
    for label in range(1, count):
        island = labels == label
        core = island & inner
        if not core.any():
            continue
        inside = apart[core]
        far = np.linalg.norm(inside, axis=1)
        like = inside[far >= np.median(far)].mean(0)
        alike = apart @ like > _ALIKE * float(like @ like)
        grown[at] |= island & alike & (float(like @ like) > _SEEN**2)
    return grown


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
