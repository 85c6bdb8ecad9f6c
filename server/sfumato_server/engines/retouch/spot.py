"""Spots, specks and scratches healed with texture from near by, cloned in the gradient domain.

Where the ring around a piece fits best, the texture inside is taken over. In Y'CrCb levels 0..255,
for an offset o, with weights w = exp(-d / 4.8) on the ring's px at d px from the piece:

    cost(o) = ssd(I - G10 * I) + .15 ssd(I) + 6 mean(excess^2)
              + .3 (min(n0, 60) + 2) (|o| / reach)^2

ssd: weighted mean of squares, means removed. excess: of the source's slope |grad G1.5 * Y| over 1.3
times what 85 % of the ring stay under, so that no outline is fetched where none is. n0: the ring's
own variance. The best offsets are cloned, u = I(p + o) + v with v the membrane through I - I(p + o)
on the rim (P. Perez, M. Gangnet, A. Blake, "Poisson image editing", 2003), and judged again by what
v had to bridge and by the blob they leave: the energy of G2.5 * (u - smooth fill).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ...imaging.arrays import Flags, Float, Numbers, Window, bounds, window
from ...imaging.masks.region import inscribed
from ...imaging.smooth_fill import HELD, PLATE, membrane, smooth_fill

RING = 8
_DECAY = 4.8
_CANDIDATES = 16
_APART = 3
ROOM = 12
_ALIKE = 1.2  # costs between which a seed may choose
_FEATURE = 12.0  # levels squared that plain skin hardly ever has
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Terms:
    """The parts of the cost, (H, W) over offsets; inf where the source is not wholly known."""

    fit: Numbers
    excess: Numbers
    far: Numbers
    usual: float

    @property
    def cost(self) -> Numbers:
        return self.fit + 6 * self.excess + self.far


def healed(given: Float, hole: Flags, unknown: Flags, rng: np.random.Generator) -> Float:
    """(H, W, 3) `given`, 0..1, with the piece `hole` (H, W) healed.

    unknown: (H, W), all that may not be copied from, the piece included. Where no place near by
    fits, the smooth fill. rng: chooses among places that fit about as well.
    """
    ring = _ring(hole, unknown)
    image = membrane(np.where(unknown[..., None], np.float32(0), given), unknown)
    frame = bounds(hole)
    assert frame is not None
    at = window(frame, ROOM)
    near, piece, off = image[at], hole[at], unknown[at]
    radius = inscribed(np.pad(piece, 1))
    base = _smooth(near, off, radius)
    found = _best_source(image, hole, unknown, ring, at, rng) if ring.any() else None
    if found is not None:
        cloned = found.source + _smooth(near - found.source, off, radius)
        base = base + _texture_share(found, radius) * (cloned - base)
    filled = given.copy()
    filled[at] = np.where(piece[..., None], np.clip(base, 0, 1), given[at])
    return filled


@dataclass(frozen=True)
class Found:
    """source: the picture moved by the best offset. explained: share of the ring's variance that it
    explains, 0..1. blob: what of a structure it would bring, levels squared."""

    source: Float
    explained: float
    blob: float


def _best_source(
    image: Float,
    hole: Flags,
    unknown: Flags,
    ring: Float,
    at: Window,
    rng: np.random.Generator,
) -> Found | None:
    """image: with a membrane in what is unknown."""
    terms = _terms(levels_of(image), hole, ring, unknown)
    near, piece, off = image[at], hole[at], unknown[at]
    smooth = levels_of(near)
    best, least = None, np.inf
    for dy, dx, cost in _chosen(terms.cost):
        source = np.roll(image, (-dy, -dx), (0, 1))[at]
        apart = membrane(near - source, off)
        blob = _blob(levels_of(source + apart), smooth, piece)
        judged = (cost + _bridged(apart, piece) + blob) * rng.uniform(1, _ALIKE)
        if judged < least:
            explained = 1 - float(terms.fit[dy, dx]) / (terms.usual + 1)
            best, least = Found(source, max(explained, 0.0), blob), judged
    return best


def _smooth(picture: Float, off: Flags, radius: float) -> Float:
    """A plate through what is known, a membrane in wide pieces, where a plate would overshoot."""
    share = np.float32(np.clip((radius - 5) / 6, 0, 1))
    if share == 1:
        return membrane(picture, off)
    plain = smooth_fill(picture, np.where(off, np.float32(0), HELD), PLATE)
    return plain if share == 0 else plain + share * (membrane(picture, off) - plain)


def _texture_share(found: Found, radius: float) -> np.float32:
    """How much of the source's texture is taken over the smooth fill, 0..1.

    All of it where the ring says that its structure goes on. Elsewhere what is inside cannot be
    known: enough to be no blur, less in small pieces, and nothing that would be a feature.
    """
    sure = float(np.clip((found.explained - 0.35) / 0.35, 0, 1))
    enough = 0.3 + 0.5 * float(np.clip((radius - 4) / 12, 0, 1))
    enough *= min(1.0, (_FEATURE / (found.blob + 1e-6)) ** 0.5)
    return np.float32(enough + (1 - enough) * sure)


def levels_of(image: Float) -> Float:
    return cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb).view(np.float32) * np.float32(255)


def _ring(hole: Flags, unknown: Flags) -> Float:
    """(H, W) weights of the known px around the piece."""
    apart = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    near = (apart > 0) & (apart <= RING) & ~unknown
    return np.where(near, np.exp(-apart / _DECAY), 0).astype(np.float32)


def _terms(levels: Float, hole: Flags, ring: Float, unknown: Flags) -> Terms:
    height, width = hole.shape
    fine = levels - cv2.GaussianBlur(levels, (0, 0), 10)
    fit = _ssd(fine, ring) + 0.15 * _ssd(levels, ring)
    soft = cv2.GaussianBlur(levels[..., 0], (0, 0), 1.5)
    slope = np.hypot(
        cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8),
        cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8),
    )
    most = 1.3 * float(np.percentile(slope[ring > 0], 85)) + 0.5
    inside = (hole | (ring > 0)).astype(np.float32)
    excess = _shifted_sums(np.maximum(slope - most, 0) ** 2, inside) / inside.sum()
    blocked = _shifted_sums(unknown.astype(np.float32), inside) > 0.5
    y, x = (np.fft.fftfreq(n, 1 / n) for n in (height, width))
    ys, xs = np.nonzero(inside)
    blocked |= ((y < -ys.min()) | (y > height - 1 - ys.max()))[:, None]
    blocked |= ((x < -xs.min()) | (x > width - 1 - xs.max()))[None]
    usual = float(_variance(fine, ring))
    reach = np.clip(2.5 * max(np.ptp(ys), np.ptp(xs)), 40, 110)
    distance = (y[:, None] ** 2 + x[None] ** 2) / reach**2
    far = 0.3 * (min(usual, 60) + 2) * distance
    fit = np.where(blocked | (distance > 1), np.inf, fit)
    return Terms(fit, excess, far, usual)


def _shifted_sums(field: Numbers, weight: Numbers) -> Numbers:
    """For every offset o: sum over p of weight(p) field(p + o), offsets wrapped as of an FFT."""
    spectrum = np.fft.rfft2(field) * np.conj(np.fft.rfft2(weight))
    sums: Numbers = np.fft.irfft2(spectrum, field.shape)
    return sums


def _ssd(levels: Float, ring: Float) -> Numbers:
    """For every offset the weighted mean of squared differences, their means removed."""
    total = float(ring.sum())
    found = np.zeros(ring.shape)
    for channel in np.moveaxis(levels, 2, 0).astype(np.float64):
        mean = _shifted_sums(channel, ring) / total
        square = _shifted_sums(channel**2, ring) / total
        own = float((ring * channel).sum() / total)
        both = _shifted_sums(channel, ring * channel) / total
        found += square - 2 * both + float((ring * channel**2).sum() / total) - (mean - own) ** 2
    return np.maximum(found, 0)


def _variance(levels: Float, ring: Float) -> float:
    weight = ring[..., None] / ring.sum()
    mean = (levels * weight).sum((0, 1))
    return float((((levels - mean) ** 2) * weight).sum())


def _chosen(cost: Numbers) -> list[tuple[int, int, float]]:
    """The best offsets (dy, dx, cost), some px apart from each other."""
    left, found = cost.copy(), []
    height, width = cost.shape
    for _ in range(_CANDIDATES):
        at = int(left.argmin())
        y, x = divmod(at, width)
        if not np.isfinite(left[y, x]):
            break
        found.append(
            (
                (y + height // 2) % height - height // 2,
                (x + width // 2) % width - width // 2,
                float(cost[y, x]),
            )
        )
        rows, columns = (
            np.arange(c - _APART, c + _APART + 1) % n for c, n in ((y, height), (x, width))
        )
        left[np.ix_(rows, columns)] = np.inf
    return found


def _bridged(apart: Float, piece: Flags) -> float:
    """Dirichlet energy of the membrane, mean a px, levels squared."""
    luma = apart @ _LUMA * 255
    down, across = np.diff(luma, axis=0), np.diff(luma, axis=1)
    energy = (down[piece[:-1]] ** 2).sum() + (across[piece[:, :-1]] ** 2).sum()
    return float(energy / piece.sum())


def _blob(clone: Float, smooth: Float, piece: Flags) -> float:
    """Mean square of what the clone adds to the smooth fill after a Gaussian of 2.5 px."""
    added = cv2.GaussianBlur(clone - smooth, (0, 0), 2.5)[piece]
    return float((added**2).sum(1).mean())
