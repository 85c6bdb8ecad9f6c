"""What a finished job is to a client: passes in order, each a layer over the picture."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import PlannedPass, Submit

from .colour import Colour
from .pixels import Image, Mask, cut


@dataclass(frozen=True)
class PassResult:
    """One pass: `pixels` R (h, w, channels) with `mask` A (h, w) uint8 for `area` of the canvas.

    figures: what the server measured, by name. words: what it makes of each, such as "good" or
    "look here". sentences: the same for people, and of a figure that is not in `figures`, why it
    cannot be told.
    """

    planned: PlannedPass
    area: Rect
    pixels: Image
    mask: Mask
    seconds: float
    figures: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The layer's name, as in Krita."""
        return self.planned.title


@dataclass(frozen=True)
class Repeat:
    """Which job is done again, from which pass on, and with which masks of those before, () for
    those that they had."""

    base: str
    first: int
    earlier: tuple[Mask, ...] = ()


@dataclass(frozen=True)
class Inpainted:
    """A job over `image` (H, W, channels) as far as it is known: its passes in the order they ran.

    submit: what was asked. engine: the one that did it. selection: (H, W) uint8, as given. plan:
    the passes as they are to run, () until the server has told. advice: the rules of which it
    spoke. server: who does it. ended: why it ended without all passes, "" if it did not. colour:
    what the image's numbers mean. repeat: of a job that is another one done again.
    """

    submit: Submit
    engine: str
    image: Image
    selection: Mask
    passes: tuple[PassResult, ...] = ()
    seconds: float = 0.0
    plan: tuple[PlannedPass, ...] = ()
    advice: tuple[str, ...] = ()
    server: str = ""
    ended: str = ""
    colour: Colour = field(default_factory=Colour)
    repeat: Repeat | None = None

    def stages(self) -> Iterator[Image]:
        """The whole picture after each pass."""
        picture = self.image
        for done in self.passes:
            picture = laid_over(picture, done)
            yield picture

    @property
    def flattened(self) -> Image:
        """The picture with every pass, as a viewer of the layers sees it."""
        return functools.reduce(laid_over, self.passes, self.image)


def keeps_alpha(picture: Image, done: PassResult) -> bool:
    """Whether a pass lies over something that is partly transparent in `picture`."""
    return picture.shape[2] == 4 and bool(
        (cut(picture, done.area)[..., 3] < np.iinfo(picture.dtype).max).any()
    )


def laid_over(picture: Image, done: PassResult) -> Image:
    """`picture` with one pass's layer on it, rounded once; where A is 0 nothing changes.

    C = B + a (R - B), with a = A times R's own alpha, and alpha stays that of B: Porter-Duff
    "atop", which for opaque pictures is "over". Where B is wholly transparent nothing changes.
    """
    area = done.area
    place = np.s_[area.y : area.bottom, area.x : area.right]
    top = np.iinfo(picture.dtype).max
    below = picture[place].astype(np.float32)
    above = done.pixels.astype(np.float32)
    a = done.mask.astype(np.float32)[..., None] / 255.0
    touched = done.mask > 0
    if picture.shape[2] == 4:
        a = a * (above[..., 3:] / top)
        touched = touched & (below[..., 3] > 0)
    mixed = below[..., :3] + a * (above[..., :3] - below[..., :3])
    changed = picture.copy()
    changed[place][..., :3][touched] = np.rint(mixed).astype(picture.dtype)[touched]
    return changed
