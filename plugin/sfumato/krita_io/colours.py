"""The colour spaces that can be worked on, in Krita's words. No Krita needed."""

from ..core.types import ColourSpace

DEPTHS = ("U8", "U16")
# The names under which sRGB and linear sRGB come; the server knows the same ones.
PROFILES = frozenset(
    (
        "sRGB",
        "sRGB built-in",
        "sRGB IEC61966-2.1",
        "sRGB-elle-V2-srgbtrc.icc",
        "sRGB-elle-V4-srgbtrc.icc",
        "sRGB-elle-V2-g10.icc",
        "sRGB-elle-V4-g10.icc",
        "scRGB (linear)",
        "krita-2.5, lcms sRGB built-in with linear gamma TRC",
    )
)


def supported(colour: ColourSpace) -> bool:
    """Whether a picture in this colour space can be sent and comes back exactly."""
    return colour.model == "RGBA" and colour.depth in DEPTHS and colour.profile in PROFILES
