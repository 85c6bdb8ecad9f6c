"""What is seen of pictures with transparent parts."""

from __future__ import annotations

import numpy as np
import pytest

from sfumato_server.imaging.transparency import clear, opaque


def test_an_opaque_crop_is_seen_as_it_is() -> None:
    rgba = np.random.default_rng(1).random((5, 6, 4), np.float32)
    rgba[..., 3] = 1
    assert (opaque(rgba) == rgba[..., :3]).all()


def test_a_rim_shows_its_own_colour_and_what_is_clear_carries_it_on() -> None:
    """Not its mixture with a backdrop, which would come back as the rim's colour."""
    rgba = np.zeros((9, 12, 4), np.float32)
    rgba[:, :5] = (0.8, 0.2, 0.1, 1)
    rgba[:, 5] = (0.8, 0.2, 0.1, 0.4)
    rgba[:, 6:] = (0, 1, 0, 0)
    rgba[:, 6, 3] = 0.05
    seen = opaque(rgba)
    assert seen == pytest.approx(np.broadcast_to(np.array([0.8, 0.2, 0.1]), seen.shape), abs=1e-3)
    assert (clear(rgba) == (np.arange(12) > 5)).all()


def test_nothing_at_all_is_mid_grey() -> None:
    assert (opaque(np.zeros((3, 4, 4), np.float32)) == 0.5).all()
