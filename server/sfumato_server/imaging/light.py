"""What light a crop is in: its colour, its amount, how hard its shadows are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .arrays import Float
from .resample import shrunk

_LONGEST = 256
_NEUTRAL = 15.0
_WARM = 4.0
_DARK, _BRIGHT = 32.0, 68.0
_SOFT, _HARD = 0.12, 0.65
_LEAST_RANGE = 12.0
_EVEN_TINT = 0.02
_STEP = 0.05


@dataclass(frozen=True)
class Light:
    """warmth: b* plus half a* that near-neutral colours have in common, above 0 warm. level: median
    L*, 0 to 100. hardness: 0 to 1, None where the crop has too little light and shade to tell."""

    warmth: float
    level: float
    hardness: float | None

    @property
    def qualities(self) -> frozenset[str]:
        """Those of warm, cool, bright, dark, soft and hard that are clear enough to say."""
        said = {
            "warm": self.warmth > _WARM,
            "cool": self.warmth < -_WARM,
            "bright": self.level > _BRIGHT,
            "dark": self.level < _DARK,
            "soft": self.hardness is not None and self.hardness < _SOFT,
            "hard": self.hardness is not None and self.hardness > _HARD,
        }
        return frozenset(name for name, clear in said.items() if clear)


def estimate(picture: Float) -> Light:
    """The light of `picture`, (H, W, 3) float32 sRGB 0..1, on at most 256 px a side.

    Warmth: the weighted mean of a* and b*, colours nearer to grey counting more and the brightest
    twice, as a cast shows in what should be neutral (after "grey world" and "white patch" colour
    constancy; G. Buchsbaum, 1980, E. Land, 1977). Level: median L*. Hardness: the share of light
    and shade that changes in steps: in hard light shadows have edges, in soft light shading is
    gradual. One picture cannot tell a shadow from a grey thing beside a white one, so that only
    clear cases are named.
    """
    small = shrunk(np.clip(picture, 0, 1), _LONGEST)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2Lab).view(np.float32)
    level = lab[..., 0]
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    weight = np.exp(-((chroma / _NEUTRAL) ** 2)) * np.clip(level / 50, 0, 2)
    weight = weight + 1e-6
    red, yellow = (float(np.average(lab[..., channel], weights=weight)) for channel in (1, 2))
    return Light(yellow + red / 2, float(np.median(level)), _hardness(lab))


def _hardness(lab: Float) -> float | None:
    """Share of the light and shade that changes in steps.

    Medians of 9 px take texture and thin lines away and leave the edges of shadows. Where colour
    (a*, b* over L*) is even, so that light changes and not the thing lit, the slopes of L* are
    added up: those over a twentieth of the whole range per px are steps.
    """
    side = min(9, min(lab.shape[:2]) - 1 + min(lab.shape[:2]) % 2)
    if side < 3:
        return None
    level = cv2.medianBlur(np.clip(lab[..., 0] * 2.55, 0, 255).astype(np.uint8), side)
    smooth = cv2.GaussianBlur(level.astype(np.float32), (0, 0), 1)
    low, high = np.percentile(smooth, (2, 98))
    if high - low < _LEAST_RANGE * 2.55:
        return None
    slope = _slope(smooth.view(np.float32))
    tint = cv2.GaussianBlur(lab[..., 1:] / (lab[..., :1] + 10), (0, 0), 2).view(np.float32)
    even = np.hypot(_slope(tint[..., 0]), _slope(tint[..., 1])) < _EVEN_TINT
    total = float(slope[even].sum())
    if np.count_nonzero(even) < slope.size / 10 or total <= 0:
        return None
    return float(slope[even & (slope > (high - low) * _STEP)].sum()) / total


def _slope(field: Float) -> Float:
    along = [cv2.Sobel(field, cv2.CV_32F, dx, 1 - dx, ksize=3, scale=1 / 8) for dx in (1, 0)]
    return np.hypot(along[0], along[1]).astype(np.float32)
