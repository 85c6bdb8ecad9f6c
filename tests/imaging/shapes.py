"""Anti-aliased shapes whose signed distance is known, by supersampled coverage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sfumato_server.imaging.arrays import Mask

Field = NDArray[np.float64]
Implicit = Callable[[Field, Field], Field]

_SAMPLES = 8


def grid(size: int) -> tuple[Field, Field]:
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    return x, y


def coverage(shape: Implicit, size: int) -> Mask:
    """Share of each pixel where `shape(x, y)` is positive, as uint8."""
    x, y = grid(size)
    offsets = (np.arange(_SAMPLES) + 0.5) / _SAMPLES - 0.5
    inside = sum((shape(x + dx, y + dy) > 0).astype(int) for dx in offsets for dy in offsets)
    return np.rint(inside / _SAMPLES**2 * 255).astype(np.uint8)


def disc(x0: float, y0: float, radius: float) -> Implicit:
    return lambda x, y: radius - np.hypot(x - x0, y - y0)


def half_plane(angle: float, offset: float) -> Implicit:
    """Positive where x cos + y sin is above `offset`."""
    return lambda x, y: x * np.cos(angle) + y * np.sin(angle) - offset


def line(angle: float, offset: float, width: float) -> Implicit:
    plane = half_plane(angle, offset)
    return lambda x, y: width / 2 - np.abs(plane(x, y))


def union(*shapes: Implicit) -> Implicit:
    return lambda x, y: np.maximum.reduce([shape(x, y) for shape in shapes])


def outside(shape: Implicit) -> Implicit:
    return lambda x, y: -shape(x, y)


def smoothstep(t: Field) -> Field:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)
