"""A selection becomes masks: where a pass denoises (D), and how its result is laid over (A).

Lengths are crop px (the same scale as canvas px), d is the signed distance to the selection's edge,
positive inside, and S the smoothstep clamped to 0..1:

whole  D = S((d + grow + feather) / feather)
ring   D = S((width + feather - |d|) / feather)
wide   as whole, with a feather of its own
A = S(2 D)
"""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np

from sfumato_protocol.geometry import RING, WHOLE, WIDE, Extent

from ..arrays import Float, Mask
from .distance import FAR, HALF_LEVEL, edge_distance

_FAINT = 13
_SOFT_SHARE = 0.02


def is_soft(selection: Mask) -> bool:
    """Whether the selection has its own feather: wider than 2 px or of one partial level.

    An anti-aliased edge, at any angle, never covers a whole 3x3 neighbourhood partially; a wider
    transition does. Judged by the share of partial pixels that lie in such a neighbourhood.
    """
    partial = cv2.inRange(selection, 4, 251)
    total = cv2.countNonZero(partial)
    if total == 0:
        return False
    inner = cv2.erode(partial, np.ones((3, 3), np.uint8))
    return bool(cv2.countNonZero(inner) > _SOFT_SHARE * total)


class SelectionShape:
    """One selection, from which the masks of any number of passes are drawn.

    selection: (H, W) uint8 coverage of the crop. Its distance is computed once, when first needed.
    """

    def __init__(self, selection: Mask) -> None:
        if selection.ndim != 2 or selection.dtype != np.uint8:
            got = f"an array of shape {selection.shape}, {selection.dtype}"
            raise ValueError(f"Got {got} as the selection, expected (H, W) uint8.")
        self.selection: Mask = np.ascontiguousarray(selection)
        self.soft = is_soft(self.selection)

    @cached_property
    def distance(self) -> Float:
        """Distance in crop px from each pixel centre to the selection's edge, positive inside.

        (H, W) float32, within 0.5 px of the analytic shape. The edge is the half level of the
        coverage. A line too thin to reach it is an edge around its ridge (coverage under 5 % is
        nothing); a selection with its own feather has its edge at half of its highest coverage. The
        crop's border is no edge. An empty selection is -1e6 everywhere, a crop-filling one 1e6.
        """
        return edge_distance(_levelled(self.selection, self.soft))

    def denoise_mask(self, extent: Extent) -> Float:
        """The denoise mask D of a pass, (H, W) float32 0..1; crop px are canvas px.

        A feather under 1 px is drawn as a 1 px ramp around the middle of the one asked for, and a
        ring is full over at least 1 px, so that neither aliases nor slips between pixel centres.

        keep_inside moves the ramp inward by all it reaches outside, so that D is 0 wherever the
        selection's distance is not positive. On an island that is nowhere as deep as the feather
        the ramp is shortened to the island's depth: D still reaches 1 in its middle, however small.

        A selection with its own feather is honoured exactly: its `whole` is the coverage itself.
        Its `ring` still follows its half level, because the seam lies where the result fades into
        the picture. Its `wide` is the greater of coverage and ramp: a wide pass takes in at least
        what the artist chose. With keep_inside both stay under twice the coverage: 0 outside it,
        unchanged from its half level on.
        """
        coverage = self.selection * np.float32(1 / 255)
        if not self.soft:
            return self._inward(extent) if extent.keep_inside else self._outward(extent)
        if extent.zone == WHOLE:
            return coverage
        mask = self._outward(extent)
        if extent.zone == WIDE:
            np.maximum(mask, coverage, out=mask)
        if extent.keep_inside:
            np.minimum(mask, coverage * 2, out=mask)
        return mask

    def _outward(self, extent: Extent) -> Float:
        ramp = max(extent.feather, 1.0)
        if extent.zone == RING:
            full = _ring_width(extent)
            reach = np.abs(self.distance)
            return _smoothstep((np.float32(full + ramp) - reach) * np.float32(1 / ramp))
        middle = extent.grow + (extent.feather + ramp) / 2
        return _smoothstep((self.distance + np.float32(middle)) * np.float32(1 / ramp))

    def _inward(self, extent: Extent) -> Float:
        ramp = max(extent.feather, 1.0)
        share = np.divide(self.distance, np.minimum(self._depth, ramp), dtype=np.float32)
        mask = _smoothstep(share)
        if extent.zone == RING:
            far_side = 2 * (_ring_width(extent) + ramp)
            inner = (self.distance - np.float32(far_side)) * np.float32(-1 / ramp)
            np.minimum(mask, _smoothstep(inner), out=mask)
        return mask

    @cached_property
    def _depth(self) -> Float:
        """(H, W): the greatest distance of the island a pixel belongs to, `FAR` outside."""
        inside = (self.distance > 0).astype(np.uint8)
        islands, label = cv2.connectedComponents(inside, connectivity=8)
        island = label.view(np.int32).ravel()
        deepest = np.full(islands, 1e-3, np.float32)
        at = np.flatnonzero(inside)
        np.maximum.at(deepest, island[at], self.distance.ravel()[at])
        deepest[0] = FAR
        return deepest[island].reshape(self.distance.shape)


def blend_mask(denoise: Float) -> Mask:
    """The blend mask A = S(2 D) as (H, W) uint8: full by the middle of D's ramp, 0 where D is 0."""
    alpha = _smoothstep(denoise * np.float32(2))
    alpha *= 255
    np.rint(alpha, out=alpha)
    return alpha.astype(np.uint8)


def _levelled(selection: Mask, soft: bool) -> Mask:
    """The coverage with its edge at the half level of uint8."""
    if soft:
        # Steep around the half level, which is where the edge is found.
        steep = (selection * np.float32(255 / selection.max()) - 127.5) * 16 + 127.5
        levelled: Mask = np.rint(np.clip(steep, 0, 255)).astype(np.uint8)
        return levelled
    around = cv2.dilate(selection, np.ones((5, 5), np.uint8))
    thin = (around < HALF_LEVEL) & (selection >= _FAINT)
    if not thin.any():
        return selection
    raised = selection.copy()
    raised[thin] = np.minimum(selection[thin] * (140 / around[thin]), 255)
    return raised


def _ring_width(extent: Extent) -> float:
    return max(extent.width + (min(extent.feather, 1.0) - 1.0) / 2, 0.5)


def _smoothstep(t: Float) -> Float:
    """S(t) = t^2 (3 - 2 t), t clamped to 0..1; overwrites `t`."""
    np.clip(t, 0, 1, out=t)
    square = t * t
    t *= -2
    t += 3
    t *= square
    return t
