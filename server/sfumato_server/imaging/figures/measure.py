"""What is measured of every pass: against the picture before the job, on the same edge and mask."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..arrays import Flags, Float, Mask
from ..grain import beside
from ..noise import LEAST_GRAIN, estimate
from .identity import drift, identity
from .seam import seam
from .shift import step

_EMPTY = 0.1 / 255  # less noise has nothing that was photographed or rounded
_FLOOR = 1 / 255  # added to noise levels: less is not seen


@dataclass(frozen=True)
class Region:
    """What figures of a pass are taken over. denoise: D. blend: A, (H, W) uint8. inside: what was
    selected, (H, W)."""

    denoise: Float
    blend: Mask
    inside: Flags


@dataclass(frozen=True)
class Measured:
    """Figures of the composite C[k] against C[0]; None for what cannot be told for this mask.

    seam: visibility of A's edge (`seam.seam`) over that before, 1 is as before. visibility: its
    own.
    shift: difference of colours across A's edge (`shift.step`, CIE 1976) less that before, 0 is as
    before. drift: see `identity.drift`. grain: see `grain`. identity: see `identity.identity`.
    outside: greatest change of a channel in this pass where A = 0; anything but 0 is a fault.
    """

    seam: float | None
    visibility: float | None
    shift: float | None
    drift: float | None
    grain: float | None
    identity: float | None
    outside: float


def measure(first: Float, before: Float, after: Float, region: Region) -> Measured:
    """first, before, after: C[0], C[k-1] and C[k], (H, W, 3) float32, sRGB-encoded 0..1."""
    blend = region.blend
    shown, was = (seam(picture, blend) for picture in (after, first))
    apart, were = (step(picture, blend) for picture in (after, first))
    return Measured(
        seam=_told(None if shown is None or was is None else shown / was),
        visibility=_told(shown),
        shift=_told(None if apart is None or were is None else apart - were),
        drift=_told(drift(first, after, blend == 255)),
        grain=_told(grain(first, after, region.denoise)),
        identity=_told(identity(first, after, region.inside)),
        outside=outside(before, after, blend),
    )


def grain(first: Float, after: Float, denoise: Float) -> float | None:
    """Noise of the core (D = 1) over what it may have: below 1 smoother, above 1 noisier.

    It may have any level between what it had in C[0] and what is beside it (`grain.beside`), the
    latter only if that is no texture. Levels are `Noise.level` + 1/255. None for a
    core or a surrounding that is too small to tell, and for a core that had no noise at all, as a
    hole: what is beside a region is alone no measure of it (cloth before a backdrop).
    """
    core = denoise == 1
    for block in (16, 8):
        was, now = (estimate(picture, core, block) for picture in (first, after))
        near = estimate(first, beside(denoise), block)
        if was is None or now is None or near is None:
            continue
        if was.level < (_EMPTY if near.level < LEAST_GRAIN else LEAST_GRAIN):
            return None
        usual = [was.level] if near.is_texture else [was.level, near.level]
        aim = min(max(now.level, min(usual)), max(usual))
        return (now.level + _FLOOR) / (aim + _FLOOR)
    return None


def outside(before: Float, after: Float, blend: Mask) -> float:
    """Greatest |after - before| of any channel where A = 0; 0 if there is no such pixel."""
    untouched = (blend == 0).astype(np.uint8)
    return float(cv2.norm(before, after, cv2.NORM_INF, untouched))


def _told(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)
