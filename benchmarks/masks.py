"""Shaping a selection: distance, then denoise and blend masks of all three zones."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from sfumato_protocol.geometry import ZONES, Extent
from sfumato_server.imaging.arrays import Mask
from sfumato_server.imaging.masks.zones import SelectionShape, blend_mask

from .figures import Figure

_RUNS = 9


def measure() -> Iterator[Figure]:
    for side, goal in ((1024, 50.0), (2048, None)):
        selection = _ellipse(side)
        _shape(selection)
        times = tuple(_timed(selection) for _ in range(_RUNS))
        yield Figure(f"shape 3 zones of a {side}x{side} crop", "ms", times, goal)


def _timed(selection: Mask) -> float:
    start = time.perf_counter()
    _shape(selection)
    return (time.perf_counter() - start) * 1e3


def _shape(selection: Mask) -> None:
    shape = SelectionShape(selection)
    for zone in ZONES:
        feather = 48.0 if zone == "wide" else 12.0
        denoise = shape.denoise_mask(Extent(zone, 6, feather, 12))
        blend_mask(denoise)


def _ellipse(side: int) -> Mask:
    """An anti-aliased ellipse over a quarter of the crop, as a context crop has it."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) - (side - 1) / 2
    radius = np.hypot(x / 0.32, y / 0.25)
    coverage = np.clip((side - radius) * 0.28 + 0.5, 0, 1)
    selection: Mask = np.rint(coverage * 255).astype(np.uint8)
    return selection
