"""The colour spaces that can be worked on: Krita's words, and what they mean elsewhere."""

from dataclasses import dataclass

from sfumato_protocol.blobs import ORDERS, SAMPLES
from sfumato_protocol.colour import PROFILES

from . import sentences
from .types import ColourSpace, Refusal

MODEL = "RGBA"
ORDER = "BGRA"  # of the channels in the bytes that Krita gives for `MODEL`


@dataclass(frozen=True)
class Depth:
    """sample: the wire's word. file_space: the colour space's name inside a Krita file."""

    sample: str
    file_space: str

    @property
    def pixel_bytes(self) -> int:
        return ORDERS[ORDER] * SAMPLES[self.sample]


DEPTHS = {"U8": Depth("u8", "RGBA"), "U16": Depth("u16", "RGBA16")}


def require_supported(colour: ColourSpace) -> None:
    """Raises `Refusal` unless a picture in this colour space can be sent and comes back exactly."""
    if colour.model != MODEL or colour.depth not in DEPTHS or colour.profile not in PROFILES:
        raise Refusal(sentences.unsupported_colour(colour.model, colour.depth, colour.profile))
