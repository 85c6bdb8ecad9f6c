"""Selections at the picture's border, all of it, next to nothing of it."""

from __future__ import annotations

import numpy as np
import pytest

from engines.test_contract import texture
from fakes.retouching import disc, job, made, ringed
from sfumato_server.engines.base import EngineError
from sfumato_server.imaging.arrays import Float

SHAPE = (120, 150)
PASSES = [("whole", 0.5), ("whole", 0.8), ("whole", 1.0), ("ring", 0.4), ("wide", 0.25)]


def box(rows: slice, columns: slice) -> Float:
    selection = np.zeros(SHAPE, np.float32)
    selection[rows, columns] = 1
    return selection


SELECTIONS = {
    "corner": box(slice(0, 50), slice(0, 40)),
    "far corner": box(slice(90, None), slice(120, None)),
    "side": box(slice(30, 90), slice(110, None)),
    "disc over the corner": disc(SHAPE, 0, 149, 40),
    "from side to side": box(slice(50, 62), slice(None)),
    "half": box(slice(None), slice(0, 75)),
    "one px": box(slice(60, 61), slice(70, 71)),
    "one px in the corner": box(slice(0, 1), slice(0, 1)),
    "one row": box(slice(60, 61), slice(20, 130)),
    "an island and two px": disc(SHAPE, 50, 50, 22) + box(slice(100, 101), slice(120, 122)),
    "all but a frame": box(slice(1, -1), slice(1, -1)),
}


EVERY = [(name, *one) for name in SELECTIONS for one in PASSES]


def lit(selection: Float) -> Float:
    return np.asarray(texture(*SHAPE) * (1 - 0.3 * selection[..., None]), np.float32)


@pytest.mark.parametrize(("name", "zone", "strength"), EVERY)
def test_any_selection_gives_a_picture(name: str, zone: str, strength: float) -> None:
    selection = SELECTIONS[name]
    image = lit(selection)
    mask = ringed(selection, 8) if zone == "ring" else selection
    try:
        result = made(job(image, selection, strength, zone, mask))
    except EngineError:
        if name != "all but a frame":
            raise
        return
    assert result.shape == image.shape
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1
    np.testing.assert_array_equal(result[mask == 0], image[mask == 0])


@pytest.mark.parametrize(("zone", "strength"), [("whole", 0.5), ("ring", 0.4), ("wide", 0.25)])
def test_where_all_is_selected_there_is_nothing_to_match(zone: str, strength: float) -> None:
    everything = np.ones(SHAPE, np.float32)
    image = lit(everything)
    result = made(job(image, everything, strength, zone))
    np.testing.assert_allclose(result, image, atol=1e-6)


def test_where_all_is_replaced_it_is_said_that_nothing_is_left_to_copy() -> None:
    everything = np.ones(SHAPE, np.float32)
    with pytest.raises(EngineError, match="smaller"):
        made(job(lit(everything), everything, 1.0))
