"""What the ring around a blemish confirms goes on through it; what it does not stays smooth."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from benchmarks.quality_case import coverage
from benchmarks.quality_faces import ASTRONAUT, HOPPER, Portrait, framed
from benchmarks.quality_figures import measure
from benchmarks.quality_holes import with_spot
from benchmarks.quality_moles import skin

from fakes.retouching import disc, stages
from sfumato_server.engines.retouch import pieces
from sfumato_server.imaging.arrays import Float
from sfumato_server.imaging.smooth_fill import plate

SHAPE = (120, 220)


def board() -> Float:
    """A plain board with a dark line across it, 5 px wide."""
    image = np.random.default_rng(3).normal(0.75, 0.006, (*SHAPE, 3))
    image[58:63] -= 0.3
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.8), np.float32)


def test_a_line_goes_on_through_a_thin_ring() -> None:
    """The stain of a cup touches the line for 60 px, and is 8 px wide: a plate washes it out."""
    truth = board()
    ring = np.asarray((disc(SHAPE, 95, 110, 44) > 0) & ~(disc(SHAPE, 95, 110, 36) > 0))
    image = np.where(ring[..., None], np.float32(0.4), truth)
    *_, result = pieces.healed(image, ring, ring, 1)
    smooth = plate(image, ring)
    wrong, washed = (np.abs(each - truth)[ring].mean() for each in (result, smooth))
    assert wrong < 0.4 * washed


@pytest.mark.parametrize("portrait", [ASTRONAUT, HOPPER], ids=lambda one: one.photograph)
def test_a_large_blemish_leaves_no_blur(portrait: Portrait) -> None:
    """40 px, on smooth skin and on wrinkles."""
    truth = framed(portrait)[0]
    found = []
    for at in skin(portrait, 4):
        image, selection = with_spot(truth, *at, 10), disc(truth.shape, *at, 20)
        (result,) = stages(image, coverage(selection), "heal", 1)
        found.append(measure(result, truth, image, selection > 0))
    assert np.mean([one.texture for one in found]) < 0.75
    assert np.mean([one.low for one in found]) < 2.5
