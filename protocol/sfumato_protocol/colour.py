"""How a document's pixels are meant, in Krita's words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ColourSpace:
    """A document's colour space in Krita's words: "RGBA", "U8" or "U16", profile name."""

    model: str
    depth: str
    profile: str
