"""Advice on masks: what makes seams, cramps the model or leaves it nothing to go by."""

from __future__ import annotations

from dataclasses import dataclass

from .rules import Rule

HARD_EDGE = 4.0
LITTLE_MARGIN = 2.0
CELLS_TO_BLEND = 2.0
CELLS_TO_PAINT = 4.0
SOFTENED = 0.75
FULL = 0.9


@dataclass(frozen=True)
class MaskFacts:
    """A selection, its mask and the model that will see them.

    feather, grow: crop px, of the largest island. chosen: somebody chose them. soft: most of the
    outline has the artist's own feather. keep_inside: nothing outside the selection may change.
    thickness: twice the radius, crop px, of the largest disc that fits
    into the mask's full part. covered: share of the crop above 0 in the denoise mask. at_edge: the
    selection touches the crop's border. scale: model px per crop px. cell: model px per latent
    cell, 1 for engines without latents.
    """

    feather: float
    grow: float
    chosen: bool
    soft: bool
    keep_inside: bool
    thickness: float
    covered: float
    at_edge: bool
    scale: float
    cell: int


MASK_RULES: tuple[Rule[MaskFacts], ...] = (
    Rule(
        "mask.hard-edge",
        lambda m: m.chosen and not m.soft and m.feather < HARD_EDGE,
        lambda m: (
            f"The mask fades over only {m.feather:.0f} px, so its edge will show as a seam. "
            "Feather a large region by 10 to 20 px, a spot by a third of its radius."
        ),
        "The result is laid over the picture along the ramp of the mask. Over a short "
        "ramp even a small difference in light or texture becomes a line.",
    ),
    Rule(
        "mask.little-margin",
        lambda m: m.chosen and not m.soft and not m.keep_inside and m.grow < LITTLE_MARGIN,
        lambda m: (
            "The mask ends where the selection ends, which cramps the model. "
            "Extend it some pixels past the problem."
        ),
        "A defect is mostly a little larger than its selection: shadows, halos, "
        "compression. Where the mask ends on it, the model has to continue it.",
    ),
    Rule(
        "mask.narrow-ramp",
        lambda m: not m.soft and m.cell > 1 and m.feather * m.scale < CELLS_TO_BLEND * m.cell,
        lambda m: (
            f"The feather is {m.feather * m.scale:.0f} px to the model, less than two of its "
            f"{m.cell} px cells, so it cannot blend. "
            f"Feather by at least {CELLS_TO_BLEND * m.cell / m.scale:.0f} px."
        ),
        "The model works in cells of several pixels. A ramp of less than two cells is a "
        "hard edge to it, whatever the layer mask looks like.",
    ),
    Rule(
        "mask.too-small",
        lambda m: m.cell > 1 and m.thickness * m.scale < CELLS_TO_PAINT * m.cell,
        lambda m: (
            f"The region is {m.thickness * m.scale:.0f} px thick to the model, under "
            f"{CELLS_TO_PAINT:.0f} of its {m.cell} px cells: it has little room to draw in. "
            "Select more around the problem."
        ),
        "What is less than four cells across is hardly more than one value to the model, "
        "so it draws a smear.",
    ),
    Rule(
        "mask.too-large",
        lambda m: m.scale < SOFTENED,
        lambda m: (
            f"The model works at {100 * m.scale:.0f} % of this region's size, so fine detail will "
            "soften. Work in smaller selections where detail matters."
        ),
        "The model works at the size that it was made for. A larger region is brought to "
        "that size and back, which costs the finest detail.",
    ),
    Rule(
        "mask.no-context",
        lambda m: m.covered > FULL,
        lambda m: (
            f"The mask covers {100 * m.covered:.0f} % of what is sent, which leaves the model "
            "almost nothing to match. Select less, or work in a larger picture."
        ),
        "The model matches light, texture and perspective to what it sees around the "
        "region. Without surroundings it invents them.",
    ),
    Rule(
        "mask.at-edge",
        lambda m: m.at_edge,
        lambda m: (
            "The selection reaches the picture's edge: on that side there is nothing to match, "
            "so look there first."
        ),
        "Seams, light and texture are matched to the surroundings, and there are none "
        "beyond the edge of the picture.",
    ),
)
