"""What an artist gets: recipes through the real runner, built-in engine and default masks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from benchmarks.quality_case import ellipse, levels

from server.conftest import submission
from sfumato_protocol.geometry import Rect, context_crop, default_masks
from sfumato_protocol.specs import PassSpec
from sfumato_server.engines.base import DenoiseJob, Engine
from sfumato_server.engines.retouch.engine import Retouch
from sfumato_server.execution import runner
from sfumato_server.imaging.arrays import Float, Mask, bounds
from sfumato_server.imaging.encoding import Encoding
from sfumato_server.imaging.masks.zones import SelectionShape
from sfumato_server.offer.planner import plan
from sfumato_server.offer.recipes import load

ENCODING = Encoding("RGBA", "u8", "sRGB-elle-V2-srgbtrc.icc")


def stages(
    picture: Float,
    selection: Mask,
    recipe: str = "heal",
    seed: int = 1,
    passes: tuple[PassSpec, ...] = (),
    make: Callable[[], Engine] = Retouch,
) -> list[Float]:
    """`picture` (H, W, 3), 0..1 in 8-bit levels, as it stands after each pass.

    selection: (H, W) uint8. passes: instead of the recipe's, where there are any.
    """
    height, width = selection.shape
    frame = bounds(selection)
    assert frame is not None, "nothing is selected"
    canvas, selected = Rect(0, 0, width, height), Rect(*frame)
    submit, _ = submission(
        recipe, seed=seed, passes=passes, masks=default_masks(canvas, selected), engine=""
    )
    planned = plan(submit, load(engines=())[recipe])
    crop = context_crop(selected, canvas, [one.extent for one in planned])
    at = (slice(crop.y, crop.y + crop.height), slice(crop.x, crop.x + crop.width))
    opaque = np.full((crop.height, crop.width, 1), 255, np.uint8)
    pixels = np.concatenate([levels(picture)[at], opaque], axis=2).tobytes()
    drawn = selection[at].tobytes()
    job = runner.Ladder(crop.width, crop.height, ENCODING, pixels, drawn, planned, "")
    engine = make()
    engine.load()
    found, below = [], picture
    for event in runner.run(job, lambda _: engine):
        if isinstance(event, runner.Finished):
            below = laid_over(below, event, crop)
            found.append(below)
    return found


def laid_over(below: Float, one: runner.Finished, crop: Rect) -> Float:
    """A pass's layer over the picture, rounded to 8 bits as an editor's canvas is."""
    x, y, width, height = one.area
    at = np.s_[crop.y + y : crop.y + y + height, crop.x + x : crop.x + x + width]
    layer = np.frombuffer(one.result, np.uint8).reshape(height, width, 4)[..., :3] / 255
    alpha = np.frombuffer(one.mask, np.uint8).reshape(height, width, 1) / 255
    picture = below.copy()
    picture[at] = np.rint(255 * (below[at] * (1 - alpha) + layer * alpha)) / 255
    return picture


def made(job: DenoiseJob) -> Float:
    """What the built-in engine makes of a job, (H, W, 3)."""
    engine = Retouch()
    engine.load()
    run = engine.denoise(job)
    while True:
        try:
            next(run)
        except StopIteration as end:
            return np.asarray(end.value, np.float32)


def job(
    image: Float,
    selection: Float,
    strength: float,
    zone: str = "whole",
    mask: Float | None = None,
    seed: int = 1,
) -> DenoiseJob:
    """A job whose mask is the selection itself, if none is given. selection: (H, W), 0..1."""
    drawn = selection if mask is None else mask
    return DenoiseJob(image, drawn, "", "", strength, 0, -1.0, seed, zone=zone, selection=selection)


def depth(selection: Float) -> Float:
    """(H, W) px from the edge of a selection, positive inside."""
    return SelectionShape(levels(selection)).distance


def ringed(selection: Float, reach: float) -> Float:
    """(H, W) 1 within `reach` px of a selection's edge, as a ring pass has it, hard."""
    return np.asarray(np.abs(depth(selection)) <= reach, np.float32)


def disc(shape: tuple[int, ...], y: float, x: float, radius: float) -> Float:
    """(H, W), 1 inside."""
    return ellipse(shape, y, x, radius, radius)
