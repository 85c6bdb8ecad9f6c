"""One reading of a colour shift: fitted where it is known, told for every place and level.

`colour_field` says what a reading is and which is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .arrays import Flags, Float
from .smooth_fill import smooth_fill

Wide = NDArray[np.float64]

LEVEL = 1 / 255
SLACK = 0.5 / 255
_CELLS = 96
_LENGTH = 12.0
_NEAR = 0.15
_EXPLAINED = (0.1, 0.3)  # share of the shift that a smooth field explains: none to all taken back
_UNLIKE = 0.06  # how far off a level is one that was not seen
_AGREES = 0.6  # score of a fit that holds under the mask, too
_STEEPEST = 0.2  # gain that an engine may have by mistake
_REACH = 0.5  # how far beyond the levels that were seen a gain is followed, in their span
# Prices of q's and s's terms, so that cells on one side of the mask only do not bend them.
_PRICES = (1e-6, 1e-5, 1e-5, 3e-5, 3e-5, 3e-5, 1.5e-4, 3e-4, 3e-4)

_LOOSE = 0.03  # factor of s's prices where the masked part is known as well


@dataclass(frozen=True)
class Cells:
    """Means over cells: shift and level of the result (h, w, 3), share that counted (h, w).

    side: of a cell, px.
    """

    error: Float
    level: Float
    weight: Float
    side: float

    @classmethod
    def of(cls, result: Float, context: Float, region: Flags) -> Cells:
        height, width = region.shape
        side = max(1.0, max(height, width) / _CELLS)
        size = (max(1, round(width / side)), max(1, round(height / side)))
        part = region.astype(np.float32)
        weight = cv2.resize(part, size, interpolation=cv2.INTER_AREA).view(np.float32)
        pictures = (cv2.subtract(context, result), result)
        error, level = (
            cv2.resize(picture * part[..., None], size, interpolation=cv2.INTER_AREA).view(
                np.float32
            )
            / np.maximum(weight, np.float32(1e-6))[..., None]
            for picture in pictures
        )
        return cls(error.view(np.float32), level.view(np.float32), weight, side)

    @property
    def pull(self) -> Float:
        """w / length^2 of the membrane, px being cells."""
        return self.weight * np.float32((self.side / _LENGTH) ** 2)

    def freed(self) -> Cells:
        """The same with the levels as they were before a shift that varies over the frame: on a
        plain ground that would pass for a gain."""
        return replace(self, level=self.level + smooth_fill(self.error, self.pull))

    def joined(self, other: Cells) -> Cells:
        """The means over both regions."""
        weight = self.weight + other.weight
        share = (self.weight / np.maximum(weight, np.float32(1e-6)))[..., None]
        error = share * self.error + (1 - share) * other.error
        level = share * self.level + (1 - share) * other.level
        return Cells(error, level, weight, self.side)

    def tells_apart(self) -> Flags:
        """Whether levels vary enough for the two readings to differ by a level, (3,)."""
        low, high = self.range("level", 2)
        least, most = self.range("error", 2)
        shift = np.maximum(np.abs(least), np.abs(most))
        middle = np.maximum((low + high) / 2, np.float32(LEVEL))
        apart: Flags = shift * (high - low) / middle > LEVEL
        return apart

    def range(self, values: str, percent: float) -> tuple[Float, Float]:
        """The (3,) lowest and highest error or level, but for `percent` at each end."""
        counts = self.weight > (0.5 if (self.weight > 0.5).any() else 0)
        ends = np.percentile(getattr(self, values)[counts], (percent, 100 - percent), axis=0)
        low, high = ends.astype(np.float32)
        return low, high


@dataclass(frozen=True)
class Reading:
    """One reading of the shift. trend: q and what the membrane adds, (h, w, 3); slope: s, the same.

    middle: m, (3,). lowest, highest: levels beyond which s is not followed, (3,). left: mean of the
    known shift's smooth part by the mask that q and s leave, (3,).
    """

    is_gain: bool
    trend: Float
    slope: Float
    middle: Float
    lowest: Float
    highest: Float
    left: Float

    @classmethod
    def of(cls, known: Cells, is_gain: bool, also: Cells | None = None) -> Reading:
        """Fitted to what is known; and to masked cells too, as far as they agree."""
        near = known.weight * _nearness(known.weight)
        middle = np.average(known.level, (0, 1), near)
        middle = np.maximum(middle, LEVEL).astype(np.float32)
        cells, weight, least = known, near, 1.0
        if also is not None:
            cells, weight, least = known.joined(also), near + also.weight, _LOOSE
        trend, slope = _fitted(cells, weight, middle, is_gain, least)
        low, high = cells.range("level", 2)
        reach = _REACH * (high - low)
        left = np.zeros(3, np.float32)
        found = cls(is_gain, trend, slope, middle, low - reach, high + reach, left)
        rest = known.error - found.at(known.level)
        # A quadratic can run away where it is not held from all sides.
        low, high = cells.range("error", 1)
        slack = (high - low) / 4 + np.float32(2 * LEVEL)
        smooth = smooth_fill(rest, known.pull)
        trend = np.clip(trend + smooth, low - slack, high + slack)
        left = np.average(np.abs(smooth), (0, 1), near) + np.float32(0.1 * LEVEL)
        return replace(found, trend=trend, left=left)._as_explained(known, near)

    def at(self, level: Float) -> Float:
        """The shift of a result of these levels, (H, W, 3), at any size."""
        size = level.shape[1::-1]
        trend, slope = (
            cv2.resize(field, size, interpolation=cv2.INTER_LINEAR).view(np.float32)
            for field in (self.trend, self.slope)
        )
        if self.is_gain:
            trend = trend * (level / self.middle)
        held = trend + slope * (np.clip(level, self.lowest, self.highest) - self.middle)
        straight = trend + slope * (level - self.middle)
        return np.where(np.abs(held) < np.abs(straight), held, straight) * (held * straight > 0)

    def explains(self, known: Cells, masked: Cells) -> bool:
        """Whether there is a shift that masked cells of levels not seen elsewhere have as well: the
        mean of their (1 + (r / level)^2)^-2 is high in each channel, r what is left of theirs."""
        if np.average(np.abs(known.error), (0, 1), known.weight).max() < SLACK:
            return False
        low, high = known.range("level", 2)
        new = (masked.level < low - _UNLIKE) | (masked.level > high + _UNLIKE)
        unseen = new.any(axis=2) * masked.weight
        if not unseen.any():
            return False
        left = masked.error - self.at(masked.level)
        scores = np.average((1 + (left / LEVEL) ** 2) ** -2, (0, 1), unseen)
        return bool(scores.min() > _AGREES)

    def _as_explained(self, cells: Cells, near: Float) -> Reading:
        """The same as far as it explains the shift near the mask, in each channel."""
        left = np.abs(cells.error - self.at(cells.level))
        share = 1 - np.average(left, (0, 1), near) / (
            np.average(np.abs(cells.error), (0, 1), near) + 1e-6
        )
        least, enough = _EXPLAINED
        taken = np.clip((share - least) / (enough - least), 0, 1).astype(np.float32)
        return replace(self, trend=self.trend * taken, slope=self.slope * taken)


def _nearness(weight: Float) -> Float:
    """How much a cell says of the shift under the mask: what lies by the mask counts most."""
    unknown = (weight < 0.5).astype(np.float32)
    near = cv2.GaussianBlur(unknown, (0, 0), _NEAR * max(weight.shape)).view(np.float32)
    near /= np.maximum(near.max(), np.float32(1e-6))
    near += np.float32(0.02)
    return near


def _fitted(
    cells: Cells, weight: Float, middle: Float, is_gain: bool, least: float
) -> tuple[Float, Float]:
    """q and s, (h, w, 3). least: factor of s's prices.

    Where the surroundings are smooth themselves, s = -1 and q = context explain anything: a slope
    that no engine has is taken for that, and s is left out.
    """
    rows, columns = weight.shape
    y, x = (np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in (rows, columns))
    one = np.ones((rows, columns))
    x, y = x * one, y[:, None] * one
    plane = np.stack([one, x, y, x * y, x * x, y * y], axis=-1).reshape(-1, 6)
    level = cells.level.reshape(-1, 3).astype(np.float64)
    scaled = level / middle if is_gain else np.ones_like(level)
    terms = np.stack([
        np.concatenate([plane * by[:, None], plane[:, :3] * off[:, None]], axis=1)
        for by, off in zip(scaled.T, (level - middle).T, strict=True)
    ])  # fmt: skip
    shape = (rows, columns, 3)
    for stiffness in (least, 1e6):
        found = _solved(terms, cells, weight, stiffness)
        slope = (plane[:, :3] @ found[6:]).reshape(shape).astype(np.float32)
        if np.abs(slope).max() < _STEEPEST:
            break
    trend = (plane @ found[:6]).reshape(shape).astype(np.float32)
    return trend, slope


def _solved(terms: Wide, cells: Cells, weight: Float, stiffness: float) -> Wide:
    """The nine factors of each channel, (9, 3). terms: (3, N, 9).

    Weighted least squares, then twice again with Cauchy weights at three times the median residual
    and a level (P. Huber, "Robust Statistics", 1981). The less is known, the stiffer it is.
    """
    wanted = cells.error.reshape(-1, 3)
    known = weight.ravel().astype(np.float64)
    price = np.diag(_PRICES) * known.sum()
    price[1:] /= max(float(np.mean(cells.weight)), 1e-3) ** 2
    price[6:] *= stiffness
    trust = np.ones_like(known)
    for _ in range(3):
        counted = terms.transpose(0, 2, 1) * (known * trust)
        sums = counted @ wanted.T[..., None]
        found = np.linalg.solve(counted @ terms + price, sums)
        off = np.linalg.norm(wanted - (terms @ found)[..., 0].T, axis=1)
        usual = 3 * float(np.median(off[known > 0])) + LEVEL
        trust = 1 / (1 + (off / usual) ** 2)
    return found[..., 0].T
