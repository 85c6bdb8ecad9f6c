"""How a document's pixels are meant, in Krita's words, and the profiles that can be honoured."""

from dataclasses import dataclass

SRGB_PROFILES = frozenset(
    {
        "sRGB",
        "sRGB built-in",
        "sRGB IEC61966-2.1",
        "sRGB-elle-V2-srgbtrc.icc",
        "sRGB-elle-V4-srgbtrc.icc",
    }
)
LINEAR_PROFILES = frozenset(
    {
        "sRGB-elle-V2-g10.icc",
        "sRGB-elle-V4-g10.icc",
        "scRGB (linear)",
        "krita-2.5, lcms sRGB built-in with linear gamma TRC",
    }
)
PROFILES = SRGB_PROFILES | LINEAR_PROFILES


@dataclass(frozen=True)
class ColourSpace:
    """A document's colour space in Krita's words: "RGBA", "U8" or "U16", profile name."""

    model: str
    depth: str
    profile: str
