"""From where a hole may be filled: the offsets (dy, dx) at which its surroundings repeat.

Dominant offsets after He and Sun, "Statistics of patch offsets for image completion", ECCV 2012:
each known patch near the hole looks for its like, at least some way off; the offsets that most
agree on are the period of a texture, the direction of a line. Patches with edges have more to say.
Beside them those at which the known half of a patch across the hole's rim is found again.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging.arrays import Flags, Float
from .pyramid import Level

Offsets = NDArray[np.int64]  # (K, 2): dy, dx
Index = NDArray[np.int64]

PAIRS = 16_000_000  # patches compared with patches, at most
QUERIES, ASKED = 3000, 400
COMPONENTS = 24  # of a patch, that are compared
NOT_NEARER = 0.35  # of the hole's inscribed radius, and 3 px
DISTANCE = 0.02  # cost of an offset across the window, as mean square
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Patches:
    """The side × side windows of a level. known, rim, within: (N,) flat places of their top left
    px, of those wholly known, of those a quarter to two thirds in the hole, and of all that reach
    into it. pairs: of patches that are compared, at most."""

    level: Level
    side: int
    known: Index
    rim: Index
    within: Index
    pairs: int = PAIRS

    @classmethod
    def of(cls, level: Level, side: int) -> Patches:
        """All windows of the level."""
        total = cv2.integral(level.hole.astype(np.uint8)).astype(np.int64)
        inside = total[side:, side:] - total[:-side, side:] - total[side:, :-side]
        share = (inside + total[:-side, :-side]) / side**2
        places = np.arange(level.hole.size).reshape(level.size)[: share.shape[0], : share.shape[1]]
        rim = (share > 0.25) & (share < 0.65)
        return cls(level, side, places[share == 0], places[rim], places[share > 0])

    def rows(self, places: Index, field: Float) -> Float:
        """(N, side · side · C): the windows of `field` (h, w, C), px by px."""
        steps = np.arange(self.side)
        within = (steps[:, None] * self.level.size[1] + steps).ravel()
        flat = field.reshape(self.level.hole.size, -1)
        return flat[places[:, None] + within].reshape(places.size, -1)

    def yx(self, places: Index) -> tuple[Index, Index]:
        """Rows and columns of the windows' top left px."""
        y, x = np.divmod(places, self.level.size[1])
        return y, x


def side_of(level: Level) -> int:
    """The side in px of the patches that are compared; 0 where too few are known."""
    return next((side for side in (7, 5, 3) if _enough(level, side)), 0)


def proposed(patches: Patches, count: int, rng: np.random.Generator) -> Offsets:
    """At most `count` offsets, none twice: four of seven dominant, the others from the rim."""
    found = _dominant(patches, -(-count * 4 // 7), rng)
    known = (~patches.level.hole).astype(np.float32)
    others = _matched(patches, _drawn(patches.rim, rng), known, patches.level.picture)
    return np.unique(np.concatenate([found, others[: count - len(found)]]), axis=0)


def improved(
    patches: Patches, fill: Float, used: Offsets, count: int, rng: np.random.Generator
) -> Offsets:
    """`used`, and up to `count` in all of those at which patches of a fill are found again.

    fill: (h, w, 5), the level with the hole filled. This is the search of the E-step of Wexler,
    Shechtman and Irani, "Space-time completion of video", 2007.
    """
    whole = np.ones(patches.level.size, np.float32)
    found = _matched(patches, _drawn(patches.within, rng), whole, fill)
    fresh = [each for each in found if not (used == each).all(axis=1).any()]
    return np.concatenate([used, np.array(fresh, np.int64).reshape(-1, 2)])[:count]


def _drawn(places: Index, rng: np.random.Generator) -> Index:
    return rng.permutation(places)[:ASKED]


def _enough(level: Level, side: int) -> bool:
    least = 1 if side == 3 else 200 if level.scale < 8 or side < 7 else np.inf
    return min(level.size) > side and Patches.of(level, side).known.size >= least


def _dominant(patches: Patches, count: int, rng: np.random.Generator) -> Offsets:
    known = patches.known
    wanted = max(1, min(QUERIES, patches.pairs // known.size))
    odds, radius = _odds(patches)
    asked = rng.choice(known.size, min(wanted, int((odds > 0).sum())), replace=False, p=odds)
    rows = _principal(patches, rng)
    squares, (y, x) = (rows * rows).sum(1), patches.yx(known)
    near = max(3.0, NOT_NEARER * radius) ** 2
    tally = np.zeros([2 * side + 1 for side in patches.level.size], np.float32)
    for part in np.array_split(asked, -(-asked.size * known.size // 3_000_000)):
        gap = squares - 2 * (rows[part] @ rows.T)
        apart = (y - y[part, None]) ** 2 + (x - x[part, None]) ** 2
        gap[apart < near] = np.inf
        best = gap.argmin(1)
        _count(tally, y[best] - y[part], x[best] - x[part])
    return _peaks(tally + tally[::-1, ::-1], 1.0, 5, count)


def _odds(patches: Patches) -> tuple[NDArray[np.float64], float]:
    """How likely each known patch is asked: near the hole and with edges more; and the hole's
    inscribed radius."""
    level, middle = patches.level, patches.side // 2
    apart, inner = (
        cv2.distanceTransform(np.pad(part, 1).astype(np.uint8), cv2.DIST_L2, 5)
        for part in (~level.hole, level.hole)
    )
    radius = float(inner.max())
    slope = np.hypot(*np.gradient(cv2.GaussianBlur(level.picture[..., :3] @ LUMA, (0, 0), 1)))
    edges = cv2.blur(slope, (patches.side, patches.side)).ravel()
    centre = patches.known + middle * (level.size[1] + 1)
    strong = np.minimum(edges[centre] / (np.median(edges[centre]) + 1e-6), 4) + 0.3
    y, x = patches.yx(patches.known)
    odds = np.exp(-apart[y + middle + 1, x + middle + 1].astype(np.float64) / radius) * strong
    return odds / odds.sum(), radius


def _principal(patches: Patches, rng: np.random.Generator) -> Float:
    """(N, about 24): the known patches by their principal components."""
    known = patches.known
    sample = rng.choice(known, min(2000, known.size), replace=False)
    drawn = patches.rows(sample, patches.level.picture)
    mean = drawn.mean(0)
    _, axes = np.linalg.eigh((drawn - mean).T @ (drawn - mean))
    kept = axes[:, ::-1][:, :COMPONENTS].astype(np.float32)
    parts = np.array_split(known, -(-known.size // 8192))
    field = patches.level.picture
    return np.concatenate([(patches.rows(part, field) - mean) @ kept for part in parts])


def _matched(patches: Patches, asked: Index, share: Float, picture: Float) -> Offsets:
    """Offsets to the two best places of each asked patch of `picture` (h, w, 5), those most agreed
    on first. share: (h, w) 0 or 1, the px to go by."""
    level, known = patches.level, patches.known
    if not asked.size:
        return np.zeros((0, 2), np.int64)
    asked = asked[: max(1, patches.pairs // 4 // known.size)]
    there = patches.rows(asked, share)
    weight = np.repeat(there / there.sum(1, keepdims=True), level.picture.shape[2], axis=1)
    seen = weight * patches.rows(asked, picture)
    (ty, tx), (y, x) = patches.yx(asked), patches.yx(known)
    apart = (y - ty[:, None]) ** 2 + (x - tx[:, None]) ** 2
    gap = np.asarray(DISTANCE / level.hole.size * apart, np.float32)
    for part in np.array_split(np.arange(known.size), -(-known.size // 8192)):
        rows = patches.rows(known[part], level.picture)
        gap[:, part] += weight @ (rows * rows).T - 2 * (seen @ rows.T)
    tally = np.zeros([2 * side + 1 for side in level.size], np.float32)
    for _ in range(2):
        best = gap.argmin(1)
        _count(tally, y[best] - ty, x[best] - tx)
        beside = (abs(y - y[best][:, None]) <= 2) & (abs(x - x[best][:, None]) <= 2)
        gap[beside] = np.inf
    return _peaks(tally, 0.7, 3, asked.size)


def _count(tally: Float, dy: Index, dx: Index) -> None:
    height, width = (side // 2 for side in tally.shape)
    np.add.at(tally, (dy + height, dx + width), 1)


def _peaks(tally: Float, sigma: float, side: int, count: int) -> Offsets:
    """The `count` highest peaks of the smoothed tally."""
    smooth = cv2.GaussianBlur(tally, (0, 0), sigma)
    peak: Flags = (smooth == cv2.dilate(smooth, np.ones((side, side)))) & (smooth > 1e-4)
    y, x = np.nonzero(peak)
    order = np.argsort(-smooth[y, x], kind="stable")[:count]
    return np.stack([y[order] - tally.shape[0] // 2, x[order] - tally.shape[1] // 2], axis=1)
