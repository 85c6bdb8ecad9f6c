"""Which px of a hole takes which offset, so that the cuts between copied regions cost least.

A shift map (Pritch, Kav-Venaki and Peleg, "Shift-map image editing", ICCV 2009): px p copies p + o,
the picture's colours, slopes and texture there being F(p + o). With neighbours p, q that copy from
offsets a and b the cut between them costs what the two copies differ by on both sides,

    V(a, b) = |F(p+a) − F(p+b)|² + |F(q+a) − F(q+b)|² + c [a ≠ b],

a known q being its own copy; and p + o what is loud there (`pyramid.Level`). The sum is lowered by
min-sum belief propagation, swept down, up, right and left (Tappen and Freeman, "Comparison of graph
cuts with belief propagation", ICCV 2003).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...imaging.arrays import Float
from .offsets import Index, Offsets
from .pyramid import Level

SWEEPS = 5
CUT = np.float32(0.0005)  # c: what a cut costs though nothing differs
FAR = 0.02  # cost of an offset as long as the window is wide
PLAIN = 0.1  # texture, in its channel's units, beside which a cut shows as on plain ground
CHANCE = 2e-4  # what the seed adds to an offset's cost, at most
NEVER = np.float32(1e3)
SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))


def features(level: Level) -> Float:
    """F: (h, w, 11), colours, their slopes across and down, texture."""
    colours = level.picture[..., :3]
    slopes = [np.diff(colours, axis=axis, append=np.take(colours, [-1], axis)) for axis in (1, 0)]
    return np.concatenate([colours, *slopes, level.picture[..., 3:]], axis=2)


def moved(level: Level, y: Index, x: Index, by: Index) -> tuple[Index, NDArray[np.bool_]]:
    """Flat places of px (y, x) moved by (…, 2), and whether a move leads out or into the hole."""
    height, width = level.size
    to_y, to_x = y + by[..., 0], x + by[..., 1]
    out = (to_y < 0) | (to_y >= height) | (to_x < 0) | (to_x >= width)
    place = to_y.clip(0, height - 1) * width + to_x.clip(0, width - 1)
    return place, out | level.hole.ravel()[place]


@dataclass
class Beliefs:
    """own: (N, K) what an offset costs a px by itself. differ: (N, K, K) what two copies differ by
    there. messages: four of (N, K), arrived from right, left, below and above. turns: of a sweep,
    pairs of nodes (from, to) and the side where `to` hears it."""

    own: Float
    differ: Float
    messages: list[Float]
    turns: list[tuple[Index, Index, int]]

    def sweep(self) -> None:
        """One message over every pair in every direction, in order."""
        for start, end, side in self.turns:
            opposite = side ^ 1
            heard = sum(m[start] for at, m in enumerate(self.messages) if at != opposite)
            cost = self.own[start] + heard
            gap = self.differ[start] + self.differ[end]
            said = (cost[:, :, None] + gap).min(axis=1)
            self.messages[side][end] = said - said.min(axis=1, keepdims=True)

    def best(self) -> Index:
        """(N,) the offset of each px."""
        return np.asarray((self.own + sum(self.messages)).argmin(axis=1), np.int64)


def assigned(level: Level, by: Offsets, rng: np.random.Generator) -> Iterator[Index]:
    """Yield (h, w, 2) after every sweep: the offset of every px of the hole, 0 elsewhere."""
    beliefs = _beliefs(level, by, rng)
    for _ in range(SWEEPS):
        beliefs.sweep()
        field = np.zeros((*level.size, 2), np.int64)
        field[level.hole] = by[beliefs.best()]
        yield field


def _beliefs(level: Level, by: Offsets, rng: np.random.Generator) -> Beliefs:
    y, x = np.nonzero(level.hole)
    flat = features(level).reshape(level.hole.size, -1)
    place, bad = moved(level, y[:, None], x[:, None], by[None])
    copies = flat[place]  # (N, K, 11)
    squares = np.einsum("nkc,nkc->nk", copies, copies)
    differ = copies @ copies.transpose(0, 2, 1)
    differ *= -2
    differ += squares[:, :, None] + squares[:, None, :]
    np.maximum(differ, 0, out=differ)
    busy = level.busy.ravel()[place]
    differ *= np.float32(PLAIN) / (np.float32(PLAIN) + busy[:, :, None] + busy[:, None, :])
    differ += CUT / 2 * (1 - np.eye(len(by), dtype=np.float32))
    own = np.where(bad, NEVER, _own(level, by, rng) + level.loud.ravel()[place])
    own = own.astype(np.float32)
    for dy, dx in SIDES:
        own += _at_known(level, flat, y + dy, x + dx, by)
    node = np.full(level.size, -1)
    node[y, x] = np.arange(y.size)
    return Beliefs(own, differ, [np.zeros_like(own) for _ in SIDES], _turns(node))


def _own(level: Level, by: Offsets, rng: np.random.Generator) -> Float:
    length = (by.astype(np.float32) ** 2).sum(1) / max(level.size) ** 2
    chance = CHANCE * rng.random(len(by), dtype=np.float32)
    return np.asarray(FAR * length**0.5 * CUT + chance, np.float32)


def _at_known(level: Level, flat: Float, y: Index, x: Index, by: Offsets) -> Float:
    """(N, K): what copies differ by from the known px (y, x) beside; 0 where it is not known."""
    height, width = level.size
    there = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    there[there] = ~level.hole[y[there], x[there]]
    cost = np.zeros((y.size, len(by)), np.float32)
    y, x = y[there], x[there]
    place, bad = moved(level, y[:, None], x[:, None], by[None])
    gap = ((flat[place] - flat[y * width + x][:, None]) ** 2).sum(2)
    busy = level.busy.ravel()
    gap *= np.float32(PLAIN) / (np.float32(PLAIN) + busy[place] + busy[y * width + x][:, None])
    cost[there] = 2 * np.where(bad, np.float32(0.5), gap)
    return cost


def _turns(node: Index) -> list[tuple[Index, Index, int]]:
    """The pairs of each line and the next, for the four directions of a sweep."""
    found = []
    for lines, back, ahead in ((node, 3, 2), (node.T, 1, 0)):
        pairs = []
        for first, second in pairwise(lines):
            both = (first >= 0) & (second >= 0)
            if both.any():
                pairs.append((first[both], second[both]))
        found += [(first, second, back) for first, second in pairs]
        found += [(second, first, ahead) for first, second in reversed(pairs)]
    return found
