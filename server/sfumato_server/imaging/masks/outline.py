"""How wide the ramps are that the artist drew, along the outline of a selection."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np

from ..arrays import Float, Mask
from .distance import edge_distance
from .levels import normal, raised, thinness

# Central differences see an anti-aliased edge as a ramp of 2 to 2.5 px.
_SHARP = 2.5
_LEAST_SOFT = 3.5
_STEEPEST = 1.5
_CELL = 4


class Outline:
    """The outline of a selection with soft places, (H, W) uint8."""

    def __init__(self, selection: Mask) -> None:
        self._selection = selection
        self._thin = thinness(selection)
        self._normal = normal(raised(selection, self._thin))
        across = cv2.Scharr(self._normal, cv2.CV_32F, 1, 0, scale=1 / 32)
        down = cv2.Scharr(self._normal, cv2.CV_32F, 0, 1, scale=1 / 32)
        steepness = cv2.dilate(cv2.magnitude(across, down), np.ones((3, 3), np.uint8))
        self._width: Float = 1 / np.maximum(steepness, np.float32(1e-4))

    @cached_property
    def distance(self) -> Float:
        """Distance to the half level of each connected part's highest coverage; see zones.

        A ramp is first made as steep as an anti-aliased edge, which is what a distance is taken
        from; an edge that is so steep already keeps its levels.
        """
        gain = np.clip(self._width - 1, 1, 16)
        steep = (self._normal - np.float32(0.5)) * gain + np.float32(0.5)
        levels: Mask = np.rint(np.clip(steep, 0, 1) * 255).astype(np.uint8)
        return edge_distance(levels)

    @cached_property
    def _edge(self) -> tuple[np.ndarray, ...]:
        """Indices (y, x) of the pixels beside the edge."""
        return np.nonzero(np.abs(self.distance) < 1)

    @cached_property
    def soft(self) -> float:
        """Share of the outline where the artist's ramp is told from anti-aliasing."""
        width = self._width[self._edge]
        return float(np.mean(width > _LEAST_SOFT)) if width.size else 1.0

    def places(self, feather: Float | float, reach: float) -> tuple[Float, Float]:
        """How narrow the drawn ramp is, 0..1, and how much is selected inside of it, 0..1.

        (H, W) float32 each, read from the outline near by: means with Gaussian weights, sigma a
        third of `reach`. Narrow is 0 where the ramp's middle is no steeper than that of a smoothstep
        of `feather` px (1.5 / feather) or than 1 / 3.5 px, 1 where it is as steep as an anti-aliased
        edge, and linear in the ramp's width between. feather: px, (H, W) or one for all.
        """
        shape = self._selection.shape
        y, x = self._edge
        wide = np.asarray(feather, np.float32)
        wide = wide[y, x] if wide.ndim else np.full(y.shape, wide)
        enough = np.maximum(wide / _STEEPEST, _LEAST_SOFT)
        thin = self._thin[y, x]
        side = 2 * int(np.ceil(enough.max(initial=0) / 2)) + 1
        full = cv2.dilate(self._selection, np.ones((side, side), np.uint8))[y, x] / 255
        share = cv2.dilate(self._normal, np.ones((side, side), np.uint8))[y, x]
        narrow = np.clip((enough - share * self._width[y, x]) / (enough - _SHARP), 0, 1)
        narrow = np.maximum(narrow, thin)
        full = np.maximum(full, thin)
        rows, columns = -(-shape[0] // _CELL), -(-shape[1] // _CELL)
        cell = (y // _CELL) * columns + x // _CELL
        sums = np.stack(
            [np.bincount(cell, each, rows * columns) for each in (np.ones(y.size), narrow, full)],
            axis=1,
        )
        spot = sums.reshape(rows, columns, 3).astype(np.float32)
        sigma = max(reach / 3, _CELL) / _CELL
        spot = cv2.GaussianBlur(spot, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        near = np.maximum(spot[..., :1], np.float32(1e-12))
        size = (columns * _CELL, rows * _CELL)
        fields = cv2.resize(spot[..., 1:] / near, size, interpolation=cv2.INTER_LINEAR)
        fields = fields[: shape[0], : shape[1]]
        return np.ascontiguousarray(fields[..., 0]), np.ascontiguousarray(fields[..., 1])
