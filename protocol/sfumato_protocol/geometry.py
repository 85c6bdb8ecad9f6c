"""Rectangles, mask extents and the context crop: the arithmetic both sides must agree on.

All lengths are canvas px unless a name says otherwise. Pure integers and floats, no imports of ours
but the field checks.
"""

import math
from dataclasses import dataclass, replace
from typing import Iterable, Tuple

from . import checks
from .errors import InvalidField

WHOLE = "whole"
RING = "ring"
WIDE = "wide"
ZONES = (WHOLE, RING, WIDE)

_FAR = 10_000_000
MIN_CONTEXT = 64
ENOUGH_CONTEXT = 512  # px beside a line: more of them tell nothing more of it
_SHARES = 64
LEAST_FEATHER = 2.0
LEAST_GROW = 1.0


@dataclass(frozen=True)
class Rect:
    """A half-open pixel rectangle: x..x+width, y..y+height. The origin may be negative."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        checks.whole("x", self.x, -_FAR, _FAR)
        checks.whole("y", self.y, -_FAR, _FAR)
        checks.whole("width", self.width, 0, _FAR)
        checks.whole("height", self.height, 0, _FAR)

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def empty(self) -> bool:
        return self.width == 0 or self.height == 0

    def grown(self, px: int) -> "Rect":
        """This rectangle with `px` >= 0 added on every side."""
        return Rect(self.x - px, self.y - px, self.width + 2 * px, self.height + 2 * px)

    def intersected(self, other: "Rect") -> "Rect":
        """The common part; empty (0 wide or high) where there is none."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width = max(0, min(self.right, other.right) - x)
        height = max(0, min(self.bottom, other.bottom) - y)
        return Rect(x, y, width, height)

    def contains(self, other: "Rect") -> bool:
        """Whether `other` lies wholly inside."""
        inside_x = self.x <= other.x and other.right <= self.right
        return inside_x and self.y <= other.y and other.bottom <= self.bottom

    def moved(self, dx: int, dy: int) -> "Rect":
        """This rectangle shifted by (dx, dy)."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)


@dataclass(frozen=True)
class MaskSettings:
    """How a selection becomes masks, in canvas px.

    feather: width of the ramp, 0..1024. grow: how far the full mask reaches past the selection.
    ring_width: half-width of the `ring` zone's full band. wide_feather: ramp of the `wide` zone.
    keep_inside: nothing outside the selection may change. auto: nobody chose these lengths. They
    are the most that any island of the selection gets; the server fits them to each island's own
    size (`island_extent`) and to the cells of the model it uses.
    """

    feather: float
    grow: float
    ring_width: float
    wide_feather: float
    keep_inside: bool = False
    auto: bool = False

    def __post_init__(self) -> None:
        for field in ("feather", "grow", "ring_width", "wide_feather"):
            checks.number(field, getattr(self, field), 0, 1024)


@dataclass(frozen=True)
class Extent:
    """One pass's mask, ready to draw: zone and its lengths in canvas px.

    fit: 0 draws the lengths as they are. Above, they are the most that any island of the selection
    gets, and `island_extent` says what each gets; `fit` is then the pass's own feather factor.
    narrowest: a ramp that is fitted to an island stays at least that wide.
    """

    zone: str
    grow: float
    feather: float
    width: float
    keep_inside: bool = False
    fit: float = 0.0
    narrowest: float = 0.0

    def __post_init__(self) -> None:
        checks.one_of("zone", self.zone, ZONES)
        for field in ("grow", "feather", "width", "fit", "narrowest"):
            checks.number(field, getattr(self, field), 0, 16384)

    @property
    def reach(self) -> float:
        """How far outside the selection the denoise mask is above 0, in px."""
        if self.keep_inside:
            return 0.0
        return self.feather + (self.width if self.zone == RING else self.grow)


def default_masks(canvas: Rect, selection: Rect) -> MaskSettings:
    """Mask lengths for a document and the bounds of its selection.

    feather = clamp(long edge / 128, 10, 20) in a large region, grow half of it, ring width as much,
    and in the `wide` zone 4 feathers but at least 48. Half the short side of the bounds is the most
    that the radius of an island can be, and limits them as `island_extent` does. What is smaller
    than the bounds gets less when it is drawn.
    """
    feather = min(20.0, max(10.0, max(canvas.width, canvas.height) / 128.0))
    radius = min(selection.width, selection.height) / 2.0
    largest = [
        Extent(zone, feather / 2.0, most, feather, fit=1.0)
        for zone, most in ((WHOLE, feather), (WIDE, max(48.0, 4.0 * feather)))
    ]
    whole, wide = (island_extent(extent, radius) for extent in largest)
    return MaskSettings(whole.feather, whole.grow, whole.width, wide.feather, auto=True)


def pass_extent(
    zone: str, feather_factor: float, width_factor: float, masks: MaskSettings
) -> Extent:
    """The lengths of one pass: the job's mask settings times the recipe's factors."""
    checks.one_of("zone", zone, ZONES)
    feather = (masks.wide_feather if zone == WIDE else masks.feather) * feather_factor
    return Extent(
        zone=zone,
        grow=masks.grow,
        feather=feather,
        width=masks.ring_width * width_factor if zone == RING else 0.0,
        keep_inside=masks.keep_inside,
        fit=feather_factor if masks.auto else 0.0,
    )


def island_extent(extent: Extent, radius: float) -> Extent:
    """What of a pass's lengths an island of the selection gets: as they are where `fit` is 0.

    radius: of the largest disc in the island, r, px. With f the extent's `fit`:

    feather <= max(f r / 3, 2), in the zone `wide` <= max(min(f max(r, 12), 2 r - grow), 2), so that
    it reaches no further than the island is large; never under the extent's `narrowest`.
    grow <= max(r / 8, 1). width <= max(r / 3, 2).
    """
    if extent.fit == 0:
        return extent
    grow = min(extent.grow, max(radius / 8.0, LEAST_GROW))
    most = extent.fit * radius / 3.0
    if extent.zone == WIDE:
        most = min(extent.fit * max(radius, 12.0), 2.0 * radius - grow)
    feather = min(extent.feather, max(most, LEAST_FEATHER, extent.narrowest))
    width = min(extent.width, max(radius / 3.0, LEAST_FEATHER))
    return replace(extent, grow=grow, feather=feather, width=width)


def context_crop(
    selection: Rect,
    canvas: Rect,
    extents: Iterable[Extent],
    most_pixels: int = _FAR**2,
    longest: int = _FAR,
    context: float = 1.0,
) -> Rect:
    """The part of the canvas that is sent: what the masks touch, and context around it.

    The selection's bounds grown by the farthest reach, padded, cut to the canvas; a side that would
    stick out is shifted back in rather than shrunk. Along each axis the padding is half of what is
    touched; across a longer side half of that side, but no more than `ENOUGH_CONTEXT`; at least
    `MIN_CONTEXT`. Where the crop would pass `most_pixels`, or a side `longest`, all padding gives
    way in proportion, in the end to nothing: what then is still too large cannot be helped.
    context: a factor on the padding.

    Raises `InvalidField` when selection and canvas have no pixel in common.
    """
    visible = selection.intersected(canvas)
    if visible.empty:
        raise InvalidField("selection", selection, "a selection that lies on the canvas")
    reach = max([extent.reach for extent in extents], default=0.0)
    touched = visible.grown(math.ceil(reach))

    def fits(share: int) -> bool:
        crop = _padded(touched, canvas, share)
        return crop.width * crop.height <= most_pixels and max(crop.width, crop.height) <= longest

    wanted = round(_SHARES * context)
    least, most = 0, wanted + 1  # shares: the most that is known to fit, the least that is not
    if fits(wanted):
        least = wanted
    while fits(0) and most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if fits(middle) else (least, middle)
    return _padded(touched, canvas, least)


def _padded(touched: Rect, canvas: Rect, share: int) -> Rect:
    """`touched` with `share` of `_SHARES` parts of its padding, on the canvas."""
    across, along = (
        share * _padding(own, other) // _SHARES
        for own, other in ((touched.width, touched.height), (touched.height, touched.width))
    )
    x, width = _fit(touched.x - across, touched.width + 2 * across, canvas.x, canvas.width)
    y, height = _fit(touched.y - along, touched.height + 2 * along, canvas.y, canvas.height)
    return Rect(x, y, width, height)


def _padding(own: int, other: int) -> int:
    """What is added at either end of a side of `own` px that stands on one of `other` px."""
    return max(MIN_CONTEXT, (own + 1) // 2, min((other + 1) // 2, ENOUGH_CONTEXT))


def _fit(start: int, length: int, low: int, room: int) -> Tuple[int, int]:
    """Move the span start..start+length into low..low+room; cut it only if it is longer."""
    if length >= room:
        return low, room
    return min(max(start, low), low + room - length), length
