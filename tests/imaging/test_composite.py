"""Laying results over pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sfumato_server.imaging.arrays import Float, bounds
from sfumato_server.imaging.composite import over

unit = st.floats(0, 1, width=32)


@settings(deadline=None)
@given(
    arrays(np.float32, (4, 5, 4), elements=unit),
    arrays(np.float32, (4, 5, 3), elements=unit),
    arrays(np.float32, (4, 5), elements=st.sampled_from([0, 0.25, 1])),
)
def test_over(base: Float, result: Float, alpha: Float) -> None:
    before = base.copy()
    laid = over(base, result, alpha)
    assert (base == before).all()
    assert laid.dtype == np.float32
    untouched = alpha == 0
    assert laid[untouched].tobytes() == base[untouched].tobytes()
    full = alpha == 1
    assert laid[full][:, :3] == pytest.approx(result[full], abs=1e-6)
    assert laid[full][:, 3] == pytest.approx(1)
    total = alpha + base[..., 3] * (1 - alpha)
    assert laid[..., 3] == pytest.approx(total, abs=1e-6)
    light = result * alpha[..., None] + base[..., :3] * (base[..., 3] * (1 - alpha))[..., None]
    changed = alpha > 0
    premultiplied = laid[..., :3] * laid[..., 3:]
    assert premultiplied[changed] == pytest.approx(light[changed], abs=1e-5)


def test_over_an_opaque_base_is_a_blend() -> None:
    base = np.full((2, 2, 4), 1, np.float32)
    laid = over(base, np.zeros((2, 2, 3), np.float32), np.full((2, 2), 0.25, np.float32))
    assert laid[..., :3] == pytest.approx(np.full((2, 2, 3), 0.75))
    assert (laid[..., 3] == 1).all()


def test_bounds() -> None:
    mask = np.zeros((20, 30), np.uint8)
    assert bounds(mask) is None
    mask[4, 7] = 1
    assert bounds(mask) == (7, 4, 1, 1)
    mask[10, 29] = 255
    assert bounds(mask) == (7, 4, 23, 7)
