"""A selection becomes masks: where a pass denoises (D), and how its result is laid over (A).

Lengths are crop px (the same scale as canvas px), d is the signed distance to the selection's edge,
positive inside, and S the smoothstep clamped to 0..1:

whole  D = S((d + grow + feather) / feather)
ring   D = S((width + feather - |d|) / feather)
wide   as whole, with a feather of its own
A = S(2 D)

Where the artist drew a ramp, `whole` has c, the coverage, for D if the ramp is at least as wide as
the feather. A narrower one is widened: with n how narrow it is, 0 at the feather and 1 at a sharp
edge, and a how much is selected inside of it (`outline`)

    D = c + min(3 n, 1) max(a S((d + n (grow + feather / 2) + feather / 2) / feather) - c, 0)

which is c at n = 0 and a times the formula above at n = 1.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sfumato_protocol.geometry import RING, WHOLE, WIDE, Extent

from ..arrays import Float, Mask
from . import levels
from .distance import edge_distance
from .islands import Islands, Length
from .outline import Outline, Place

Lengths = tuple[Length, Length, Length]


class SelectionShape:
    """One selection, from which the masks of any number of passes are drawn.

    selection: (H, W) uint8 coverage of the crop, kept with its black at 0 and white at 255
    (`levels.spread`). brightest: its highest level as it came. The distance is computed once, when
    first needed.
    """

    def __init__(self, selection: Mask) -> None:
        if selection.ndim != 2 or selection.dtype != np.uint8:
            got = f"an array of shape {selection.shape}, {selection.dtype}"
            raise ValueError(f"Got {got} as the selection, expected (H, W) uint8.")
        self.brightest = int(selection.max(initial=0))
        self.selection: Mask = levels.spread(np.ascontiguousarray(selection))

    @cached_property
    def distance(self) -> Float:
        """Distance in crop px from each pixel centre to the selection's edge, positive inside.

        (H, W) float32, within 0.5 px of the analytic shape. The edge is the half level of the
        coverage. A line too thin to reach it is an edge around its ridge (coverage under 5 % is
        nothing); a connected part that is softly or partly selected has its edge at half of its
        highest coverage. The crop's border is no edge. An empty selection is -1e6 everywhere, a
        crop-filling one 1e6.
        """
        if self._outline is None:
            return edge_distance(levels.raised(self.selection))
        return self._outline.distance

    @property
    def soft(self) -> bool:
        """Whether most of the outline is a ramp that the artist drew, wider than anti-aliasing."""
        return self._outline is not None and self._outline.soft > 0.5

    @cached_property
    def islands(self) -> Islands:
        """The connected parts of the selection, with their sizes."""
        return Islands(self.distance)

    def denoise_mask(self, extent: Extent) -> Float:
        """The denoise mask D of a pass, (H, W) float32 0..1; crop px are canvas px.

        A feather under 1 px is drawn as a 1 px ramp around the middle of the one asked for, and a
        ring is full over at least 1 px, so that neither aliases nor slips between pixel centres.
        An extent that is fitted to islands is drawn with each island's own lengths
        (`Islands.lengths`).

        keep_inside moves the ramp inward by all it reaches outside, so that D is 0 wherever the
        selection's distance is not positive. On an island that is nowhere as deep as the feather
        the ramp is shortened to the island's depth: D still reaches 1 in its middle, however small.

        Softness is the outline's, place by place: the module says what becomes of a drawn ramp in
        `whole`. A `ring` follows the edge, because the seam lies where the result fades into the
        picture. `wide` is the greater of coverage and ramp: a wide pass takes in at least what the
        artist chose. With keep_inside both stay under twice the coverage where the artist drew a
        ramp: 0 outside it, unchanged from its half level on.
        """
        lengths = self._lengths(extent)
        if self._outline is not None:
            return self._by_place(extent, lengths, self._outline)
        if extent.keep_inside:
            return self._inward(extent.zone, lengths)
        return self._outward(extent.zone, lengths)

    def _lengths(self, extent: Extent) -> Lengths:
        if extent.fit == 0:
            return extent.grow, extent.feather, extent.width
        return self.islands.lengths(extent)

    @cached_property
    def _outline(self) -> Outline | None:
        """Where and how soft the drawn ramps are; None where there is none."""
        return None if levels.is_sharp(self.selection) else Outline(self.selection)

    def _by_place(self, extent: Extent, lengths: Lengths, outline: Outline) -> Float:
        """D of a selection with soft places, (H, W) float32."""
        if extent.zone == RING and not extent.keep_inside:
            return self._outward(RING, lengths)
        drawn = self.selection * np.float32(1 / 255)
        places = outline.places(lengths[1], extent.feather + max(extent.grow, extent.width))
        if extent.keep_inside:
            return self._kept(extent.zone, lengths, drawn, places[0])
        if extent.zone == WHOLE:
            mask = drawn.copy()
            for place in places:
                np.maximum(mask, _widened(drawn, lengths, place), out=mask)
            return mask
        mask = self._outward(WIDE, lengths) * places[0].full
        np.maximum(mask, drawn, out=mask)
        return mask

    def _kept(self, zone: str, lengths: Lengths, drawn: Float, place: Place) -> Float:
        mask = drawn
        if zone != WHOLE:
            mask = self._outward(zone, lengths)
            if zone == WIDE:
                np.maximum(mask, drawn, out=mask)
            np.minimum(mask, drawn * 2, out=mask)
        inward = self._inward(zone, lengths, place.narrow) * place.full
        kept: Float = mask + np.minimum(place.narrow * 3, 1) * (inward - mask)
        # Nothing where nothing is selected; no limit where `inward` is alone and sees to it itself.
        np.minimum(kept, drawn * (2 / (np.float32(1.001) - place.narrow)), out=kept)
        return kept

    def _outward(self, zone: str, lengths: Lengths) -> Float:
        grow, feather, width = lengths
        ramp = np.maximum(feather, np.float32(1))
        if zone == RING:
            full = _ring_width(width, feather)
            return _smoothstep((full + ramp - np.abs(self.distance)) * (1 / ramp))
        mask: Float = self.distance + (grow + (feather + ramp) / 2)
        mask *= 1 / ramp
        return _smoothstep(mask)

    def _inward(self, zone: str, lengths: Lengths, narrow: Float | None = None) -> Float:
        """D that is 0 outside, or half as far out as in where the drawn ramp is not narrow."""
        _, feather, width = lengths
        ramp = np.maximum(feather, np.float32(1))
        most = np.minimum(self.islands.depth, ramp)
        inner = self.distance if narrow is None else self.distance + (1 - narrow) * most / 2
        mask = _smoothstep(np.divide(inner, most, dtype=np.float32))
        if zone == RING:
            far_side = 2 * (_ring_width(width, feather) + ramp)
            np.minimum(mask, _smoothstep((far_side - self.distance) * (1 / ramp)), out=mask)
        return mask


def blend_mask(denoise: Float) -> Mask:
    """The blend mask A = S(2 D) as (H, W) uint8: full by the middle of D's ramp, 0 where D is 0."""
    alpha = _smoothstep(denoise * np.float32(2))
    alpha *= 255
    np.rint(alpha, out=alpha)
    return alpha.astype(np.uint8)


def _widened(drawn: Float, lengths: Lengths, place: Place) -> Float:
    """The coverage with its ramps as wide as the feather, by the equation above."""
    grow, feather, _ = lengths
    ramp = np.maximum(feather, np.float32(1))
    inner: Float = place.distance + place.narrow * (grow + feather / 2) + ramp / 2
    inner *= 1 / ramp
    mask = _smoothstep(inner) * place.full
    return np.asarray(drawn + np.minimum(place.narrow * 3, 1) * np.maximum(mask - drawn, 0))


def _ring_width(width: Length, feather: Length) -> Length:
    return np.maximum(width + (np.minimum(feather, np.float32(1)) - 1) / 2, np.float32(0.5))


def _smoothstep(t: Float) -> Float:
    """S(t) = t^2 (3 - 2 t), t clamped to 0..1; overwrites `t`."""
    np.clip(t, 0, 1, out=t)
    square = t * t
    t *= -2
    t += 3
    t *= square
    return t
