"""A hole is what was drawn, and more only where the blemish itself reaches over the line."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.quality_case import coverage
from benchmarks.quality_faces import ASTRONAUT, HOPPER, Portrait, framed
from benchmarks.quality_figures import measure
from benchmarks.quality_holes import with_spot
from benchmarks.quality_moles import BROWN, skin

from fakes.retouching import disc, stages
from sfumato_server.engines.retouch import pieces

SHAPE = (96, 96)


@pytest.mark.parametrize("portrait", [ASTRONAUT, HOPPER], ids=lambda one: one.photograph)
@pytest.mark.parametrize(("blemish", "drawn"), [(6, 6), (7, 5), (8, 6)])
def test_a_blemish_drawn_too_tight_leaves_no_stain(
    portrait: Portrait, blemish: int, drawn: int
) -> None:
    truth = framed(portrait)[0]
    found = []
    for at in skin(portrait, 5):
        image = with_spot(truth, *at, blemish, BROWN)
        (result,) = stages(image, coverage(disc(truth.shape, *at, drawn)), "heal", 1)
        inside = disc(truth.shape, *at, blemish + 3) > 0
        found.append([measure(each, truth, image, inside).low for each in (image, result)])
    before, after = np.mean(found, axis=0)
    assert after < 0.3 * before


def test_hair_that_meets_a_spot_stays() -> None:
    """A dark blemish in a selection twice its width, at the edge of dark hair."""
    image = np.random.default_rng(5).normal(0.7, 0.01, (*SHAPE, 3)).astype(np.float32)
    image[:, 60:] -= np.float32(0.5)
    image[disc(SHAPE, 48, 46, 6) > 0] = 0.25
    hole = np.asarray(disc(SHAPE, 48, 46, 13) > 0)
    reach = np.asarray(disc(SHAPE, 48, 46, 19) > 0)
    np.testing.assert_array_equal(pieces.grown(image, hole, reach), hole)
