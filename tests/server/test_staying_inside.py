"""A selection that is inverted to protect something, and may not be left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from fakes import engines as zoo
from imaging.shapes import coverage, disc, outside, union
from sfumato_protocol.geometry import ZONES, MaskSettings, Rect, default_masks, pass_extent
from sfumato_protocol.messages import PlannedPass
from sfumato_server.engines.base import Engine
from sfumato_server.engines.retouch.engine import Retouch
from sfumato_server.execution import runner
from sfumato_server.imaging import composite
from sfumato_server.imaging.arrays import Mask
from sfumato_server.imaging.encoding import Encoding, from_float, to_float

SIZE = 224
FACE = union(disc(100, 104, 46.3), disc(150, 60, 2.2))
ENGINES: tuple[Callable[[], Engine], ...] = (zoo.Adder, Retouch)


def sharp() -> Mask:
    return (coverage(outside(FACE), SIZE) > 127).astype(np.uint8) * 255


def smooth() -> Mask:
    return coverage(outside(FACE), SIZE)


def feathered() -> Mask:
    """A ramp of 24 px that ends where the face begins, at the left only of 3 px."""
    distance = cv2.distanceTransform((sharp() > 0).astype(np.uint8), cv2.DIST_L2, 5)
    width = np.where(np.arange(SIZE) < 100, 3, 24).astype(np.float32)
    return np.asarray(np.rint(np.clip(distance / width, 0, 1) * 255), np.uint8)


def brushed() -> Mask:
    """By hand: of several opacities, with hairlines that reach into the face."""
    painted: Mask = np.minimum(feathered(), 200).astype(np.uint8)
    painted[:, 97:98] = np.maximum(painted[:, 97:98], 90)
    painted[150:, :60] = 120
    return painted


SELECTIONS = (sharp, smooth, feathered, brushed)
CANVAS = Rect(0, 0, SIZE, SIZE)
CHOSEN = MaskSettings(24, 12, 16, 64)
AUTO = default_masks(CANVAS, CANVAS)


def photograph(encoding: Encoding) -> bytes:
    """Grain over light that changes, and something transparent."""
    numbers = np.random.default_rng(3)
    ramp = np.linspace(0.2, 0.8, SIZE, dtype=np.float32)
    rgba = np.ones((SIZE, SIZE, 4), np.float32)
    rgba[..., :3] = ramp[:, None, None] + numbers.normal(0, 0.03, (SIZE, SIZE, 3))
    rgba[:12, :, 3] = 0.5
    return from_float(np.clip(rgba, 0, 1), encoding)


def ladder(selection: Mask, masks: MaskSettings, encoding: Encoding) -> runner.Ladder:
    passes = tuple(
        PlannedPass(place, pass_extent(zone, 1.5, 1.5, masks), strength, 0, -1, place, "")
        for place, (zone, strength) in enumerate(zip(ZONES, (0.9, 0.6, 0.4), strict=True), start=1)
    )
    pixels = photograph(encoding)
    return runner.Ladder(SIZE, SIZE, encoding, pixels, selection.tobytes(), passes, "")


def changed(work: runner.Ladder, engine: Engine) -> tuple[int, int]:
    """How many px outside the selection, and how many in it, the layers change all together."""
    chosen = np.frombuffer(work.selection, np.uint8).reshape(SIZE, SIZE) > 0
    before = to_float(work.pixels, SIZE, SIZE, work.encoding)
    after = before.copy()
    for event in runner.run(work, lambda _: engine):
        if isinstance(event, runner.Finished):
            x, y, width, height = event.area
            part = (slice(y, y + height), slice(x, x + width))
            result = to_float(event.result, height, width, work.encoding)[..., :3]
            alpha = np.frombuffer(event.mask, np.uint8).reshape(height, width)
            share = alpha.astype(np.float32) / np.float32(255)
            after[part] = composite.atop(after[part], result, share)
    differs = (after != before).any(axis=2)
    return int(differs[~chosen].sum()), int(differs[chosen].sum())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("masks", [AUTO, CHOSEN], ids=["auto", "chosen"])
def test_no_pixel_outside_is_changed(
    engine: Callable[[], Engine], selection: Callable[[], Mask], masks: MaskSettings
) -> None:
    encoding = Encoding("BGRA", "u16", "sRGB-elle-V2-g10.icc")
    kept = replace(masks, keep_inside=True)
    out, within = changed(ladder(selection(), kept, encoding), engine())
    assert out == 0
    assert within > 1000, "or nothing is shown by it"


def test_without_it_the_masks_reach_out() -> None:
    encoding = Encoding("BGRA", "u8", "sRGB-elle-V2-srgbtrc.icc")
    assert changed(ladder(sharp(), AUTO, encoding), zoo.Adder())[0] > 1000
