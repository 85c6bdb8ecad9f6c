"""What an artist takes in hand of a mask, and the mask settings it stands for."""

from dataclasses import dataclass, replace

from sfumato_protocol import checks
from sfumato_protocol.geometry import MaskSettings

AUTO = -1.0
MOST = 1024.0


@dataclass(frozen=True)
class MaskHand:
    """feather, grow: canvas px, `AUTO` for what fits picture and selection. keep_inside: nothing
    outside the selection changes. context: a factor on how much picture around the selection the
    engine sees, 0.25..4."""

    feather: float = AUTO
    grow: float = AUTO
    keep_inside: bool = False
    context: float = 1.0

    def __post_init__(self) -> None:
        checks.number("feather", self.feather, AUTO, MOST)
        checks.number("grow", self.grow, AUTO, MOST)
        checks.flag("keep_inside", self.keep_inside)
        checks.number("context", self.context, 0.25, 4.0)


def in_hand(masks: MaskSettings, hand: MaskHand) -> MaskSettings:
    """Default mask settings with what the artist chose. The ring and the wide ramp keep their
    proportion to a chosen feather. Lengths of which one was chosen fit no more by themselves."""
    masks = replace(masks, keep_inside=hand.keep_inside)
    if hand.feather >= 0:
        share = hand.feather / masks.feather if masks.feather > 0 else 1.0
        masks = replace(
            masks,
            feather=hand.feather,
            ring_width=min(masks.ring_width * share, MOST),
            wide_feather=min(masks.wide_feather * share, MOST),
            auto=False,
        )
    if hand.grow >= 0:
        masks = replace(masks, grow=hand.grow, auto=False)
    return masks
