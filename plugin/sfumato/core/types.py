"""What passes between Krita and the rest of the plugin: plain frozen values, no Krita, no Qt."""

from dataclasses import dataclass
from typing import Callable, Tuple, Union

from sfumato_protocol.colour import ColourSpace as ColourSpace
from sfumato_protocol.geometry import Rect

from .context import UNKNOWN, Context

Bytes = Union[bytes, bytearray, memoryview]
# A part of the canvas → what of it is selected, one byte a pixel.
Coverage = Callable[[Rect], Bytes]


class Refusal(Exception):
    """A click that cannot become a job; the text is one sentence for the artist."""


class AtWork(Refusal):
    """The same, while Krita is at work on the picture: it may be through in a moment."""


@dataclass(frozen=True)
class Frame:
    """What one job works on, in canvas px.

    bounds: of its part of the selection. crop: the context crop. parts: where its part of the
    selection is, () for all that is selected in the crop.
    """

    bounds: Rect
    crop: Rect
    parts: Tuple[Rect, ...] = ()


# (canvas, the selection's bounds, the selection) → the frames of a click, at least one.
Frames = Callable[[Rect, Rect, Coverage], Tuple[Frame, ...]]


@dataclass(frozen=True)
class Reading:
    """What one job of a click read from a document.

    canvas: the document's bounds. bounds: its selection's non-zero bounds, may pass the canvas.
    crop: the context crop, inside the canvas. pixels: the crop as Krita gives it (for RGBA U8 and
    U16: B, G, R, A, little-endian). selection: coverage of the crop, one byte a pixel.
    document_id: stays the same while the document is open. context: what to know the crop's
    surroundings by. above: identity of the layer or group that results go above, and up to which
    the picture was read; "" for on top and the whole picture.
    """

    document_id: str
    canvas: Rect
    colour: ColourSpace
    bounds: Rect
    crop: Rect
    pixels: Bytes
    selection: Bytes
    context: Context = UNKNOWN
    above: str = ""


@dataclass(frozen=True)
class Patch:
    """Pixels in the document's colour space and an 8-bit transparency mask, both for `area` of the
    canvas."""

    area: Rect
    pixels: Bytes
    mask: Bytes


@dataclass(frozen=True)
class LayerSpec:
    """One result layer: pixels in the document's colour space and an 8-bit transparency mask,
    both for `area` of the canvas. inherit_alpha: what is transparent below stays so. elsewhere:
    what else it shows, in places that do not touch."""

    name: str
    area: Rect
    pixels: Bytes
    mask: Bytes
    inherit_alpha: bool = False
    elsewhere: Tuple[Patch, ...] = ()

    @property
    def patches(self) -> Tuple[Patch, ...]:
        """All that it shows."""
        return (Patch(self.area, self.pixels, self.mask), *self.elsewhere)


@dataclass(frozen=True)
class LayerPlan:
    """One group to insert into a document, in one undo step.

    layers: bottom first. colour: what the pixels are in. provenance_key, provenance: the
    annotation to store with the document (UTF-8 JSON). other_records: those of other jobs of the
    same click, keys and contents. above: identity of the layer or group that it goes above, "" for
    on top of all. hides: identities of groups that it takes the place of, which are hidden.
    """

    group_name: str
    colour: ColourSpace
    layers: Tuple[LayerSpec, ...]
    provenance_key: str
    provenance: bytes
    other_records: Tuple[Tuple[str, bytes], ...] = ()
    above: str = ""
    hides: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Inserted:
    """group: identity of the group that was put in. astray: the layer that it was to go above is
    gone, so it lies on top."""

    group: str
    astray: bool = False


@dataclass(frozen=True)
class PassMask:
    """A result layer of a group as it is now. layer: its identity. name: as the artist sees it.
    mask: what it shows of itself in an area, one byte a pixel: its transparency mask times its
    opacity, 0 where it is hidden; the layer's own alpha times opacity where it has no mask."""

    layer: str
    name: str
    mask: Bytes


@dataclass(frozen=True)
class Place:
    """Where kept passes could go: its name for people, and the document, None for a new one."""

    title: str
    document: object = None


@dataclass(frozen=True)
class Stored:
    """A job's record in a document. groups: identities of what its passes lie in; the layer that
    they were merged into comes after their group. record: UTF-8 JSON. thumbnail: a small JPEG, b""
    for none."""

    job: str
    groups: Tuple[str, ...]
    record: bytes
    thumbnail: bytes = b""


@dataclass(frozen=True)
class Around:
    """The active layer, or a group that it lies in. layers: names of what is in it, masks left out,
    bottom first."""

    layer: str
    layers: Tuple[str, ...] = ()
