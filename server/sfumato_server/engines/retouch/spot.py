"""Spots, specks and scratches healed with what the picture near by says of them.

With plate(x) the smooth fill of a picture x from around the piece, x_c the picture moved by the
offset of the c-th of the best places (`places`), d_c = x_c - plate(x_c) its detail inside and r_c
its fine structure x_c - G3 * x_c in the ring, with a plane taken off:

    u = plate(x) + s Σ a_c d_c + grain,    a = argmin Σ w |r - Σ a_c r_c|² + λ |a|²

which is locally linear embedding (S. Roweis, L. Saul, 2000; for inpainting C. Guillemot and others,
2013) with a ridge instead of weights that sum to 1: a line, a fold or a weave that the ring
confirms goes on inside, and what nothing confirms shrinks to the smooth fill, so that no feature
comes to where none was and shading never travels. s, 0..1, is how far the ring's parts are foretold
by a fit to the other parts. w = exp(-d / 4.8) on the ring's px at d px from the piece.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging.arrays import Flags, Float, Numbers, bounds, window
from ...imaging.exact_plate import exact_plates
from ...imaging.masks.region import inscribed
from ...imaging.smooth_fill import membrane
from . import places

RING = 8
ROOM = 12
_DECAY = 4.8
_THIN, _WIDE, _MOST = 5.0, 8.0, 0.7  # px, inscribed radius, and the membrane's share
_FINE = 3.0  # px, of the Gaussian over which structure is fine
_RIDGE = 2.0  # of the mean energy of a place's ring
_FOLDS, _FOLD = 4, 8  # parts of the ring that foretell each other; squares of so many px
_GRAIN, _GRAIN_SIZE = 0.35, 2.0  # share of one place's grain; px
_PLAIN = 20.0  # levels squared, of the ring's grain, over which it is structure
_DONORS = 4  # places of which a seed chooses the one that gives the grain


def healed(given: Float, hole: Flags, unknown: Flags, rng: np.random.Generator) -> Float:
    """(H, W, 3) `given`, 0..1, with the piece `hole` (H, W) healed.

    unknown: (H, W), all that may not be copied from, the piece included. Where no place near by
    fits, the smooth fill. rng: chooses the place that the grain is from.
    """
    ring = _ring(hole, unknown)
    image = membrane(np.where(unknown[..., None], np.float32(0), given), unknown)
    frame = bounds(hole)
    assert frame is not None
    at = window(frame, ROOM)
    offsets = places.best(image, hole, ring, unknown)
    moved = [np.roll(image, (-dy, -dx), (0, 1))[at] for dy, dx in offsets]
    stack = np.concatenate([image[at], *moved], axis=2)
    off, weight = unknown[at], ring[at]
    plates = _smooth(stack, off, inscribed(np.pad(hole[at], 1)))
    filled = plates[..., :3]
    if moved:
        details = (stack - plates)[..., 3:].reshape(*off.shape, -1, 3)
        filled = filled + _detail(details, _fine(stack, off), weight, rng)
    healed = given.copy()
    healed[at] = np.where(hole[at][..., None], np.clip(filled, 0, 1), given[at])
    return healed


def _smooth(stack: Float, off: Flags, radius: float) -> Float:
    """A plate through what is known, in wide pieces nearer to a membrane: a plate overshoots."""
    if off.all():
        return stack
    share = np.float32(np.clip((radius - _THIN) / _WIDE, 0, _MOST))
    plates = exact_plates(stack, off)
    return plates if share == 0 else plates + share * (membrane(stack, off) - plates)


def _detail(details: Float, fine: Float, weight: Float, rng: np.random.Generator) -> Float:
    """(H, W, 3) to be added to the smooth fill.

    details: of the places, (H, W, K, 3). fine: the picture's fine structure and theirs,
    (H, W, 3 + 3 K), 0..1. weight: the ring's, (H, W).
    """
    on = weight > 0
    share = np.sqrt(weight[on] / weight[on].sum())
    ys, xs = np.nonzero(on)
    plane = np.stack([np.ones(len(ys)), ys - ys.mean(), xs - xs.mean()], 1) * share[:, None]
    seen = fine[on] * (255 * share[:, None])
    base, _ = np.linalg.qr(plane)
    seen = (seen - base @ (base.T @ seen)).reshape(len(ys), -1, 3)
    fold = (ys // _FOLD * 3 + xs // _FOLD * 5) % _FOLDS
    factors, sure = _weights(seen), _foretold(seen, fold)
    confirmed = np.einsum("yxkc,k->yxc", details, factors * sure)
    given = min(sure * float(np.abs(factors).max()), 1.0)
    donor = details[:, :, rng.integers(min(_DONORS, details.shape[2]))]
    grain = donor - cv2.GaussianBlur(donor, (0, 0), _GRAIN_SIZE)
    much = _GRAIN * min(1.0, _PLAIN / (_energy(fine, weight) + 1e-6)) ** 0.5
    return np.asarray(confirmed + much * (1 - given) * grain, np.float32)


def _weights(seen: Numbers) -> NDArray[np.float64]:
    """a, (K,), of seen (n, 1 + K, 3): the ring's own structure and that of the places."""
    own, others = seen[:, 0], seen[:, 1:]
    products = np.einsum("nkc,nlc->kl", others, others, optimize=True).astype(np.float64)
    price = _RIDGE * np.trace(products) / len(products) + 1e-6
    wanted = np.einsum("nkc,nc->k", others, own)
    return np.asarray(np.linalg.solve(products + price * np.eye(len(products)), wanted))


def _foretold(seen: Numbers, fold: NDArray[np.int64]) -> float:
    """s: the slope of the ring's structure on what the other folds foretell of it, 0..1."""
    told = np.zeros_like(seen[:, 0])
    for number in range(_FOLDS):
        here = fold == number
        if here.any() and not here.all():
            told[here] = np.einsum("nkc,k->nc", seen[here, 1:], _weights(seen[~here]))
    slope = float((told * seen[:, 0]).sum()) / (float((told**2).sum()) + 1e-6)
    return float(np.clip(slope, 0, 1))


def _fine(pictures: Float, off: Flags) -> Float:
    """x - G3 * x of known px, the Gaussian of known px only."""
    known = (~off).astype(np.float32)
    parts = []
    near = np.maximum(cv2.GaussianBlur(known, (0, 0), _FINE), np.float32(1e-4))[..., None]
    for part in np.split(pictures, pictures.shape[2] // 3, axis=2):
        soft = cv2.GaussianBlur(part * known[..., None], (0, 0), _FINE) / near
        parts.append(part - soft)
    return np.concatenate(parts, axis=2)


def _energy(fine: Float, weight: Float) -> float:
    """Variance of the ring's own fine structure, levels squared, channels summed."""
    own = fine[..., :3] * np.float32(255)
    return float(((own**2).sum(2) * weight).sum() / weight.sum())


def _ring(hole: Flags, unknown: Flags) -> Float:
    """(H, W) weights of the known px around the piece."""
    apart = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    near = (apart > 0) & (apart <= RING) & ~unknown
    return np.where(near, np.exp(-apart / _DECAY), 0).astype(np.float32)
