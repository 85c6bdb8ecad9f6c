"""Thickness, shares and the border, on shapes whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from sfumato_server.imaging.masks.region import covered, selected, thickness, touches_border


def test_the_thickness_of_a_bar_is_its_width() -> None:
    mask = np.zeros((100, 200), np.float32)
    mask[40:60] = 1
    mask[39] = mask[60] = 0.5
    assert thickness(mask) == pytest.approx(20, abs=2)
    assert covered(mask) == pytest.approx(0.22)


def test_nothing_selected_is_not_thick() -> None:
    assert thickness(np.zeros((10, 10), np.float32)) == 0
    assert covered(np.zeros((10, 10), np.float32)) == 0


def test_half_selected_counts_and_less_does_not() -> None:
    coverage = np.zeros((10, 10), np.uint8)
    coverage[0, 3] = 127
    assert selected(coverage) == 0
    assert not touches_border(coverage)
    coverage[0, 3] = 128
    assert selected(coverage) == pytest.approx(0.01)
    assert touches_border(coverage)
    coverage[0, 3], coverage[5, 9] = 0, 255
    assert touches_border(coverage)
