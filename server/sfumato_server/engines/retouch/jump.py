"""How far light and colour step where a line runs, told apart from the picture's own edges.

Per px t of the line, in logarithmic light: a robust local regression over both sides,

    X(t, d) = c + s d + J [d > 0],   |d| = 1.5 ... 8.5,

its sums smoothed along t. A step that was pasted is AT the line; a hairline or a cheek's edge that
runs near by is not. So the step extrapolated from the nearest px, J_l, must agree with J, or the
place is not trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...imaging.arrays import Float, Numbers
from .outline import Strips, smooth_along

SIGMA = 0.45  # of a ramp, in px of its reach to either side
ALONG = 4.0  # px along the line that share one regression
_REACH = 5.6
_RIDGE = 12.0
_ROUNDS = 4
_AGREE = 0.2
_NEAR = 0.25
_BESIDE = np.arange(-4, 4.5).astype(np.float32)
_OFF = 0.25


@dataclass(frozen=True)
class Jump:
    """step: (N, C) inside less outside, log light. trust: (N,) 0..1."""

    step: Float
    trust: Float


def trusted(residual: Numbers, scale: Numbers | float) -> Numbers:
    """Weight (1 + (r / s)^2)^-2 of Geman and McClure, "Statistical methods", 1987."""
    weight: Numbers = (1 + (residual / scale) ** 2) ** -2
    return weight


def ramp(across: Float, sigma: float) -> Float:
    """The share of a px `across` px inside the line that was pasted with an edge blurred by `sigma`
    px: P(d / s), P the normal distribution; a step for 0.

    P(t) = (1 + tanh(sqrt(2 / pi) (t + .044715 t^3))) / 2 to within .0004 (E. Page, 1977).
    """
    if sigma <= 0:
        return np.asarray(across > 0, np.float32)
    t = across / np.float32(sigma)
    odds = np.tanh(np.float32(0.797885) * (t + np.float32(0.044715) * t**3))
    return np.asarray((1 + odds) / 2, np.float32)


def depths(feather: float) -> Float:
    """px off the line that are looked at on either side."""
    return np.asarray(np.arange(0.5, feather + 9), np.float32)


def jump(strips: Strips, luma: Float, feather: float) -> Jump:
    """The jump along a line. strips: of log light at `depths`. luma: (N,) 0..1."""
    d, samples = _across(strips)
    far = np.abs(d) >= feather + 1.4
    wide, spread = _regressed(d[far], samples[:, far], feather)
    near = np.abs(d) <= feather + 2.6
    at_line = _at_line(d[near], samples[:, near], feather)
    trust = strips.sound**4 * np.sqrt(0.01 / (spread + 0.01))
    trust *= np.exp(-0.5 * np.abs(_fineness(strips)) / 2)
    trust *= np.minimum(1, luma / 0.2)
    trust *= trusted(np.linalg.norm(wide - at_line, axis=1), _AGREE)
    if feather > 0:
        trust *= trusted(_off_line(d, samples, feather), _OFF)
    step = _NEAR * wide + (1 - _NEAR) * at_line
    return Jump(step.astype(np.float32), trust.astype(np.float32))


def _off_line(d: Float, samples: Float, feather: float) -> Float:
    """(N,) by how much a ramp beside the line fits better than one on it: 0 where none does."""
    errors = []
    for beside in _BESIDE:
        terms = np.stack([np.ones_like(d), d, ramp(d - beside, SIGMA * feather)], 1)
        left = np.eye(len(d)) - terms @ np.linalg.pinv(terms)
        rest = samples.transpose(0, 2, 1) @ left.astype(np.float32)
        errors.append(smooth_along((rest**2).sum((1, 2)), ALONG))
    least, on_line = np.min(errors, axis=0), errors[len(errors) // 2]
    return np.asarray(np.sqrt((on_line + 1e-6) / (least + 1e-6)) - 1, np.float32)


def _across(strips: Strips) -> tuple[Float, Float]:
    """d (K,) from outside in, and X (N, K, C) there."""
    d = np.concatenate([-strips.depths[::-1], strips.depths])
    return d, np.concatenate([strips.outer[:, ::-1], strips.inner], axis=1)


def _at_line(d: Float, samples: Float, feather: float) -> Float:
    """(N, C) the step in the nearest px: least squares over a line on each side of the ramp."""
    right = (d > 0).astype(np.float32)
    slopes = [d] if feather > 0 else [d * (1 - right), d * right]
    terms = np.stack([np.ones_like(d), *slopes, ramp(d, SIGMA * feather)], 1)
    row = np.linalg.pinv(terms)[-1].astype(np.float32)
    return smooth_along(samples.transpose(0, 2, 1) @ row, ALONG)


def _regressed(d: Float, samples: Float, feather: float) -> tuple[Float, Float]:
    """J (N, C) and the weighted variance (N,) that the fit leaves."""
    terms = np.stack([np.ones_like(d), d, (d > 0).astype(np.float32)], axis=1)
    near = np.exp(-0.5 * ((np.abs(d) - feather - 1.5) / _REACH) ** 2)
    weight = np.broadcast_to(near, samples.shape[:2]).astype(np.float32)
    ridge = np.diag([1e-4, _RIDGE, 1e-4])
    products = np.einsum("ki,kj->kij", terms, terms)
    for _ in range(_ROUNDS):
        left = smooth_along(np.tensordot(weight, products, (1, 0)), ALONG) + ridge
        right = smooth_along(np.einsum("nk,ki,nkc->nic", weight, terms, samples), ALONG)
        fitted = np.linalg.solve(left, right)
        rest = np.linalg.norm(samples - np.einsum("ki,nic->nkc", terms, fitted), axis=2)
        usual = 2 * 1.48 * np.median(rest, axis=1, keepdims=True) + 1e-3
        weight = (near * trusted(rest, usual)).astype(np.float32)
    power = (weight * rest**2).sum(1) / weight.sum(1) / samples.shape[2]
    return fitted[:, 2].astype(np.float32), smooth_along(power, ALONG)


def _fineness(strips: Strips) -> Float:
    """(N,) log2 of the fine detail inside over that outside."""
    powers = []
    for side in (strips.inner, strips.outer):
        fine = side - smooth_along(side, 2.0)
        powers.append(smooth_along((fine**2).mean((1, 2)), 2 * ALONG))
    return np.log2((powers[0] + 1e-5) / (powers[1] + 1e-5)).astype(np.float32)
