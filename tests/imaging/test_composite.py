"""Laying results over pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sfumato_server.imaging.arrays import Float, bounds
from sfumato_server.imaging.composite import atop

unit = st.floats(0, 1, width=32)


@settings(deadline=None)
@given(
    arrays(np.float32, (4, 5, 4), elements=unit),
    arrays(np.float32, (4, 5, 3), elements=unit),
    arrays(np.float32, (4, 5), elements=st.sampled_from([0, 0.25, 1])),
)
def test_atop(base: Float, result: Float, alpha: Float) -> None:
    before = base.copy()
    laid = atop(base, result, alpha)
    assert (base == before).all()
    assert laid.dtype == np.float32
    assert laid[..., 3].tobytes() == base[..., 3].tobytes()
    untouched = (alpha == 0) | (base[..., 3] == 0)
    assert laid[untouched].tobytes() == base[untouched].tobytes()
    mixed = result * alpha[..., None] + base[..., :3] * (1 - alpha[..., None])
    assert laid[~untouched][:, :3] == pytest.approx(mixed[~untouched], abs=1e-6)


def test_bounds() -> None:
    mask = np.zeros((20, 30), np.uint8)
    assert bounds(mask) is None
    mask[4, 7] = 1
    assert bounds(mask) == (7, 4, 1, 1)
    mask[10, 29] = 255
    assert bounds(mask) == (7, 4, 23, 7)
