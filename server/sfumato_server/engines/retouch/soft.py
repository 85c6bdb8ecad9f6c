"""What was pasted with a soft edge: how soft, and how far light and colour step across it.

Along the normal d px from the line a paste feathered by a Gaussian of s px adds J P(d / s), P the
normal distribution, to a picture whose own steps from px to px are about independent (a spectrum of
1 / f^2). The best estimate of J at a place is then its steps y(d) against those of the ramp, p(d):

    J = sum y (p - mean p) / sum p (p - mean p)

(matched filter; G. Turin, 1960), a light a + b x + c y its robust fit over the line's quiet places.
The same filter laid beside the line, at +-(3 s + 1) px, must find much less, or it is the picture's
own edge. How wide the ramp is the mean of all steps along the line shows, each in its place's
colour: p(d) over a parabola.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...imaging.arrays import Float, Numbers
from .field import Fit, smoothstep, solved
from .jump import ALONG, Jump, ramp, trusted
from .outline import Outline, smooth_along, strips

SIGMAS = (0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0)  # px, sigmas looked for
WIDTHS = (0.3, 0.5, 0.7, 1.0, 1.4, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0)
SOFT = 0.7  # px, sigma from which an edge is a feather
_QUIET = 0.012  # log light a px, noise of a place that is wholly trusted
_FREE = 14.0  # px along the line that are one place's
_LEAST, _SURE = 1.6, 1.8
_PLAIN = 0.12  # quietness from which the width of the ramp can be read
_ENOUGH, _NARROWER = 1.2, 0.6  # times the least rest and its ramp: the narrowest is taken
_CHANCE = 12.0  # what is heard on a line that has nothing
_RIDGE, _ROUNDS, _NARROW = 0.03, 20, 2.0
_DEEPEST, _SEEN = 34.0, 26.0  # px off the line that are looked at


@dataclass(frozen=True)
class Soft:
    """jumps: of every line. fit: the light. sigma: px of ramp, 0 for a hard edge. read: whether the
    line is quiet enough for sigma to be measured; else it is a guess. clear: how much more is heard
    on the line than beside it."""

    jumps: list[Jump]
    fit: Fit
    sigma: float
    read: bool
    clear: float

    def surer_than(self, other: Fit) -> bool:
        """Whether there is more evidence for it, or enough and the ramp was measured."""
        mine = self.fit.evidence
        return mine > other.evidence or (self.read and mine >= 0.5)


@dataclass(frozen=True)
class _Steps:
    """between: (K,) px from the line, of the steps y, (N, K, C) for every line, from px to px."""

    between: Float
    y: list[Float]

    def within(self, reach: float) -> _Steps:
        near = np.abs(self.between) < reach
        return _Steps(self.between[near], [each[:, near] for each in self.y])


@dataclass(frozen=True)
class _Tried:
    """step: (N, C) and weight: (N,), of all lines. quiet: 0..1. clear: how much more is found on
    the line than beside it."""

    sigma: float
    step: Float
    weight: Numbers
    factors: Numbers
    quiet: float
    clear: float


def soft(
    pair: tuple[Float, Float], lines: list[Outline], base: Numbers, radius: float
) -> Soft | None:
    """The soft paste inside `lines`, None where the region is too small for one.

    pair: `outline.sides` of log light. base: (N, 3), the terms of a light at all lines' places.
    radius: px, inscribed.
    """
    steps = _steps(pair, lines, min(_DEEPEST, 0.8 * radius))
    last = float(steps.between[-1])
    tried = [_tried(steps, base, sigma) for sigma in SIGMAS if 4.5 * sigma + 1 <= last]
    best = max(tried, key=lambda each: each.clear, default=None)
    if best is None:
        return None
    sigma, times, read = best.sigma, 1.0, best.quiet >= _PLAIN
    if read:
        sigma = _width(steps.within(min(_SEEN, 0.6 * radius)), best, base)
        near = steps.within(5.2 * best.sigma + 4)
        times = 1 / float(_filter(near, best.sigma) @ _rises(near.between, sigma))
    least = _LEAST if read else 2 * _LEAST
    evidence = smoothstep((best.clear / least - 1) / (_SURE - 1))
    places = np.cumsum([len(line.points) for line in lines])[:-1]
    trust = np.split((best.weight / best.weight.max()).astype(np.float32), places)
    step = np.split(np.float32(times) * best.step, places)
    jumps = [Jump(*both) for both in zip(step, trust, strict=True)]
    return Soft(
        jumps,
        Fit(times * best.factors, evidence, float(best.weight.mean())),
        sigma,
        read,
        best.clear,
    )


def _steps(pair: tuple[Float, Float], lines: list[Outline], depth: float) -> _Steps:
    depths = np.arange(0.5, depth + 0.6).astype(np.float32)
    found = [strips(pair, line, depths) for line in lines]
    d = np.concatenate([-depths[::-1], depths])
    samples = [np.concatenate([each.outer[:, ::-1], each.inner], axis=1) for each in found]
    return _Steps((d[1:] + d[:-1]) / 2, [np.diff(each, axis=1) for each in samples])


def _rises(between: Float, sigma: float, beside: float = 0.0) -> Numbers:
    """p (K,): by how much the ramp rises from px to px."""
    ends = np.append(between - 0.5, between[-1] + 0.5) - beside
    return np.diff(ramp(ends.astype(np.float32), sigma).astype(np.float64))


def _filter(steps: _Steps, sigma: float, beside: float = 0.0) -> Numbers:
    rises = _rises(steps.between, sigma, beside)
    own: Numbers = rises - rises.mean()
    return own / (own @ rises)


def _matched(steps: _Steps, sigma: float, beside: float = 0.0) -> Float:
    """J (N, C)."""
    own = _filter(steps, sigma, beside)
    found = [smooth_along(np.einsum("k,nkc->nc", own, y), ALONG) for y in steps.y]
    return np.concatenate(found)


def _tried(steps: _Steps, base: Numbers, sigma: float) -> _Tried:
    beside = 3 * sigma + 1
    steps = steps.within(beside + 2.2 * sigma + 3)
    step = _matched(steps, sigma)
    quiet = _QUIET**2 / (_noise(steps, step, sigma) + _QUIET**2)
    factors, weight = _light(step, base, quiet)
    others = []
    for way in (-beside, beside):
        off = _matched(steps, sigma, way)
        others.append(_heard(off, base, solved(base, off, weight, _RIDGE), weight))
    clear = _heard(step, base, factors, weight) / (_CHANCE + 2 * max(others))
    return _Tried(sigma, step, weight, factors, float(quiet.mean()), clear)


def _noise(steps: _Steps, step: Float, sigma: float) -> Numbers:
    """(N,) mean square of what is left of a place's steps near the line."""
    near = steps.within(2.5 * sigma + 4)
    rises = _rises(near.between, sigma)[None, :, None]
    places = np.cumsum([len(y) for y in steps.y])[:-1]
    found = []
    for y, own in zip(near.y, np.split(step, places), strict=True):
        left = smooth_along(y, _NARROW) - own[:, None] * rises
        left = left - left.mean(1, keepdims=True)
        found.append(smooth_along((left**2).mean((1, 2)), ALONG))
    return np.maximum(np.concatenate(found), 0)


def _light(step: Float, base: Numbers, quiet: Numbers) -> tuple[Numbers, Numbers]:
    """The factors (3, C) of the light that most places agree on, and the weights (N,) of those."""
    factors: Numbers = np.zeros((3, step.shape[1]))
    for channel in range(step.shape[1]):
        order = np.argsort(step[:, channel])
        middle = np.searchsorted(np.cumsum(quiet[order]), quiet.sum() / 2)
        factors[0, channel] = step[order[min(int(middle), len(order) - 1)], channel]
    weight = quiet
    for _ in range(_ROUNDS):
        off = np.linalg.norm(step - base @ factors, axis=1) * np.sqrt(quiet / quiet.mean())
        weight = quiet * trusted(off, 2 * max(1.48 * float(np.median(off)), 0.03))
        factors = solved(base, step, weight, _RIDGE)
    return factors, weight


def _heard(step: Float, base: Numbers, factors: Numbers, weight: Numbers) -> float:
    """What the light explains of the jumps over what it leaves, times the places that are free."""
    whole = float((weight[:, None] * step**2).sum())
    left = float((weight[:, None] * (step - base @ factors) ** 2).sum()) + 1e-12
    places = float(weight.sum() ** 2 / (weight**2).sum()) / _FREE
    return (whole - left) / left * places


def _width(steps: _Steps, found: _Tried, base: Numbers) -> float:
    """The ramp's sigma, px."""
    light = base @ found.factors
    mean = np.einsum("nkc,nc,n->k", np.concatenate(steps.y), light, found.weight)
    mean /= float(((light**2).sum(1) * found.weight).sum()) + 1e-12
    last = float(steps.between[-1])
    far = steps.between / last
    weight = 1 / (1 + (1.5 * far) ** 2)
    rests = []
    widths = [sigma for sigma in WIDTHS if 2.5 * sigma + 4 <= last]
    for sigma in widths:
        terms = np.stack([_rises(steps.between, sigma), far**0, far, far**2], 1)
        solved = np.linalg.lstsq(terms * weight[:, None], mean * weight, rcond=None)[0]
        rests.append(float((((terms @ solved - mean) * weight) ** 2).sum()))
    least = int(np.argmin(rests))
    return next(
        sigma
        for sigma, rest in zip(widths, rests, strict=True)
        if rest <= _ENOUGH * rests[least] and sigma >= _NARROWER * widths[least]
    )
