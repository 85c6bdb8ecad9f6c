"""Taking back the colour shift that an engine puts over its whole output.

Where nothing was to change (D = 0) the shift E = context - result is known. It varies over the
frame and with the level v of what it lies on, so one mean and deviation for all of it (a global
match) cannot undo it, and would pull a fill that is meant to differ towards its surround. Here E is
averaged in cells and fitted robustly, in each channel, by a gain and an offset that vary over the
frame, in two readings:

    offset   E = q(x, y) + s(x, y) (v - m)
    gain     E = q(x, y) v / m + s(x, y) (v - m)

with q quadratic, s linear in x and y, m the mean level by the mask. What that leaves is extended
under the mask as a membrane, the u that minimises

    integral of  w (u - e)^2 + length^2 |grad u|^2

with w = 1 where the shift is known and 0 under the mask. Where the surroundings have many levels
both readings are one. Where they have few, those under the mask differ: darkened by 3 %, a bright
wall has lost much and a dark face before it little. If one gain and offset also explain the shift
under the mask, the engine has left that alone, and they are taken. Else the reading that leaves
clearly less of the known shift; else the offset, but not far above twice the gain, which puts the
engine right in the one case and leaves it no worse in the other. A shift that no smooth field
explains is not taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from .arrays import Flags, Float
from .smooth_fill import smooth_fill

_CELLS = 96
_LENGTH = 12.0
_NEAR = 0.15
_LEAST_KNOWN = 0.01
_LEVEL = 1 / 255
_EXPLAINED = (0.1, 0.3)  # share of the shift that a smooth field explains: none to all taken back
_CLEARLY = 0.7  # of what a reading leaves of the known shift, against the other's
_AGREES = 0.6  # score of a fit that holds under the mask, too

_STEEPEST = 0.2  # gain that an engine may have by mistake
_REACH = 0.5  # how far beyond the levels that were seen a gain is followed, in their span
_SLACK = 0.5 / 255
# Prices of q's and s's terms, so that cells on one side of the mask only do not bend them.
_PRICES = (1e-6, 1e-4, 1e-4, 1e-3, 1e-3, 1e-3, 2e-4, 1e-3, 1e-3)


def known_share(denoise: Float) -> float:
    """Share of the crop where D = 0, from which the shift is known: at 0 nothing is corrected."""
    return 1.0 - cv2.countNonZero(denoise) / denoise.size


def correct(result: Float, context: Float, denoise: Float, margin: float = 0.0) -> Float:
    """`result` without the smooth colour shift it has where nothing was to change.

    result: the engine's whole output, before it is laid over anything; context: what the engine
    was given; both (H, W, 3) float32, sRGB-encoded 0..1. denoise: D, (H, W) float32. margin: px
    around D > 0 into which the engine's changes reach. Returns (H, W, 3) float32 clamped to 0..1.
    Where less than 1 % of the crop is known (a mask over all of it), `result` itself: see
    `known_share`.
    """
    if known_share(denoise) < _LEAST_KNOWN:
        return result
    corrected = result + shift_field(result, context, denoise, margin)
    return np.clip(corrected, 0, 1, out=corrected)


def shift_field(result: Float, context: Float, denoise: Float, margin: float = 0.0) -> Float:
    """The smooth context - result, (H, W, 3) float32, known where D = 0 and extended elsewhere."""
    known = _Cells.of(result, context, _known(denoise, margin))
    if not known.error.any():
        return np.zeros_like(result)
    masked = _Cells.of(result, context, denoise > 0)
    level = np.clip(result, 0, 1)
    whole = _Reading.of(known, is_gain=False, also=masked)
    if whole.explains(known, masked):
        return whole.at(level)
    offset, gain = (_Reading.of(known, is_gain) for is_gain in (False, True))
    added, scaled = offset.at(level), gain.at(level)
    most = np.maximum(2 * scaled * np.sign(added), np.float32(0)) + np.float32(_SLACK)
    safe = np.sign(added) * np.minimum(np.abs(added), most)
    safe = np.where(offset.left < _CLEARLY * gain.left, added, safe)
    return np.where(gain.left < _CLEARLY * offset.left, scaled, safe)


def _known(denoise: Float, margin: float) -> Flags:
    """Where the shift is known: D = 0, `margin` px from D > 0 if there is room."""
    known = (denoise == 0).astype(np.uint8)
    radius = min(round(margin), min(denoise.shape) // 4)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    farther = cv2.erode(known, kernel, borderValue=1)
    enough = cv2.countNonZero(farther) >= _LEAST_KNOWN * known.size
    return (farther if enough else known).view(np.bool_)


@dataclass(frozen=True)
class _Cells:
    """Means over cells: shift and level of the result (h, w, 3), share that counted (h, w).

    side: of a cell, px.
    """

    error: Float
    level: Float
    weight: Float
    side: float

    @classmethod
    def of(cls, result: Float, context: Float, region: Flags) -> _Cells:
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

    def joined(self, other: _Cells) -> _Cells:
        """The means over both regions."""
        weight = self.weight + other.weight
        share = (self.weight / np.maximum(weight, np.float32(1e-6)))[..., None]
        error = share * self.error + (1 - share) * other.error
        level = share * self.level + (1 - share) * other.level
        return _Cells(error, level, weight, self.side)

    def range(self, values: str, percent: float) -> tuple[Float, Float]:
        """The (3,) lowest and highest error or level, but for `percent` at each end."""
        counts = self.weight > (0.5 if (self.weight > 0.5).any() else 0)
        ends = np.percentile(getattr(self, values)[counts], (percent, 100 - percent), axis=0)
        low, high = ends.astype(np.float32)
        return low, high


@dataclass(frozen=True)
class _Reading:
    """One reading of the shift. trend: q and what the membrane adds, (h, w, 3); slope: s, the same.

    middle: m, (3,). lowest, highest: levels beyond which s is not followed, (3,). left: mean of the
    known shift's size by the mask that q and s leave, (3,).
    """

    is_gain: bool
    trend: Float
    slope: Float
    middle: Float
    lowest: Float
    highest: Float
    left: Float

    @classmethod
    def of(cls, known: _Cells, is_gain: bool, also: _Cells | None = None) -> _Reading:
        """Fitted to what is known; and to masked cells too, as far as they agree."""
        near = known.weight * _nearness(known.weight)
        middle = np.average(known.level, (0, 1), near)
        middle = np.maximum(middle, _LEVEL).astype(np.float32)
        cells, weight = known, near
        if also is not None:
            cells, weight = known.joined(also), near + also.weight
        trend, slope, trust = _fitted(cells, weight, middle, is_gain)
        low, high = cells.range("level", 2)
        reach = _REACH * (high - low)
        left = np.zeros(3, np.float32)
        found = cls(is_gain, trend, slope, middle, low - reach, high + reach, left)
        rest = known.error - found.at(known.level)
        pull = known.weight * np.float32((known.side / _LENGTH) ** 2)
        # A quadratic can run away where it is not held from all sides.
        low, high = cells.range("error", 1)
        slack = (high - low) / 4 + np.float32(2 * _LEVEL)
        trend = np.clip(trend + smooth_fill(rest, pull), low - slack, high + slack)
        left = np.average(np.abs(rest), (0, 1), near * trust) + np.float32(0.1 * _LEVEL)
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

    def explains(self, known: _Cells, masked: _Cells) -> bool:
        """Whether there is a shift that masked cells of levels not seen elsewhere have as well: the
        mean of their (1 + (r / level)^2)^-2 is high in each channel, r what is left of theirs."""
        if not (np.abs(known.error) * known.weight[..., None]).mean((0, 1)).max() > _SLACK:
            return False
        low, high = known.range("level", 2)
        unseen = ((masked.level < low) | (masked.level > high)).any(axis=2) * masked.weight
        if not unseen.any() or float(np.abs(self.slope).max()) > _STEEPEST:
            return False
        left = masked.error - self.at(masked.level)
        scores = np.average((1 + (left / _LEVEL) ** 2) ** -2, (0, 1), unseen)
        return bool(scores.min() > _AGREES)

    def _as_explained(self, cells: _Cells, near: Float) -> _Reading:
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
    cells: _Cells, weight: Float, middle: Float, is_gain: bool
) -> tuple[Float, Float, Float]:
    """q and s, (h, w, 3), and how much each cell is trusted, (h, w) 0..1.

    Weighted least squares, then twice again with Cauchy weights at three times the median residual
    (P. Huber, "Robust Statistics", 1981).
    """
    rows, columns = weight.shape
    y, x = (np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in (rows, columns))
    one = np.ones((rows, columns))
    x, y = x * one, y[:, None] * one
    plane = np.stack([one, x, y, x * y, x * x, y * y], axis=-1).reshape(-1, 6)
    wanted = cells.error.reshape(-1, 3).astype(np.float64)
    level = cells.level.reshape(-1, 3).astype(np.float64)
    scaled = level / middle if is_gain else np.ones_like(level)
    terms = [
        np.concatenate([plane * by[:, None], plane[:, :3] * off[:, None]], axis=1)
        for by, off in zip(scaled.T, (level - middle).T, strict=True)
    ]
    known = weight.ravel().astype(np.float64)
    price = np.diag(_PRICES) * known.sum()
    trust = np.ones_like(known)
    for _ in range(3):
        factors = [
            np.linalg.solve((t.T * (known * trust)) @ t + price, (t.T * (known * trust)) @ e)
            for t, e in zip(terms, wanted.T, strict=True)
        ]
        made = np.stack([t @ f for t, f in zip(terms, factors, strict=True)], axis=1)
        off = np.linalg.norm(wanted - made, axis=1)
        usual = 3 * float(np.median(off[known > 0])) + 1e-4
        trust = 1 / (1 + (off / usual) ** 2)
    found = np.stack(factors, axis=1)
    shape = (rows, columns, 3)
    trend = (plane @ found[:6]).reshape(shape).astype(np.float32)
    slope = (plane[:, :3] @ found[6:]).reshape(shape).astype(np.float32)
    return trend, slope, trust.reshape(rows, columns).astype(np.float32)
