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

import cv2
import numpy as np

from .arrays import Flags, Float
from .colour_reading import SLACK, Cells, Reading

_LEAST_KNOWN = 0.01
_CLIPPED = 0.25 / 255
# What the gain leaves of the known shift against the offset: from here on one of them is sure.
_GAIN, _OFFSET = 0.8, 1.1


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
    known = Cells.of(result, context, _known(result, denoise, margin))
    if np.abs(known.error).max() < SLACK / 8:
        return np.zeros_like(result)
    masked = Cells.of(result, context, denoise > 0)
    level = np.clip(result, 0, 1)
    whole = Reading.of(known, is_gain=False, also=masked)
    if whole.explains(known, masked):
        return whole.at(level)
    known = known.freed()
    offset, gain = (Reading.of(known, is_gain) for is_gain in (False, True))
    added, scaled = offset.at(level), gain.at(level)
    most = np.maximum(2 * scaled * np.sign(added), np.float32(0)) + np.float32(SLACK)
    safe = np.sign(added) * np.minimum(np.abs(added), most)
    less = np.where(known.tells_apart(), gain.left / offset.left, 1)
    return np.where(less < _GAIN, scaled, np.where(less > _OFFSET, added, safe))


def _known(result: Float, denoise: Float, margin: float) -> Flags:
    """Where the shift is known: D = 0, `margin` px from D > 0 and where no channel was clipped, if
    there is enough of that."""
    known = (denoise == 0).astype(np.uint8)
    radius = min(round(margin), min(denoise.shape) // 4)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    farther = cv2.erode(known, kernel, borderValue=1)
    if cv2.countNonZero(farther) >= _LEAST_KNOWN * known.size:
        known = farther
    whole = cv2.inRange(result, (_CLIPPED,) * 3, (1 - _CLIPPED,) * 3) & known
    enough = cv2.countNonZero(whole) >= cv2.countNonZero(known) / 4
    counted: Flags = np.asarray(whole if enough else known) > 0
    return counted
