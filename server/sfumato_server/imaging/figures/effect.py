"""What an artist should know of a pass that did not do what a pass is for."""

from __future__ import annotations

import cv2

from sfumato_protocol.specs import Note

from ..arrays import Float

UNSEEN = 1.5 / 255  # of a channel: a level or its rounding


def effect(before: Float, after: Float, index: int) -> tuple[Note, ...]:
    """Notes on pass `index`. before, after: C[k-1] and C[k], (H, W, 3) float32, sRGB 0..1."""
    if float(cv2.norm(before, after, cv2.NORM_INF)) > UNSEEN:
        return ()
    sentence = (
        "This pass changed nothing that can be seen. Raise its strength if it should, or leave it "
        "out of the ladder."
    )
    why = "No channel of any pixel differs by more than one of 255 levels from before the pass."
    return (Note("strength.no-effect", sentence, index, why),)
