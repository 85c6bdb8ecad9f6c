"""The built-in engine with the grown, feathered masks that clients send by default."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from benchmarks.quality_cases import every_case

from engines.patch.test_engine import healed
from engines.test_contract import disc, job, texture
from sfumato_protocol.geometry import Extent, Rect, default_masks
from sfumato_server.engines.patch.run import prepared
from sfumato_server.imaging.arrays import Float
from sfumato_server.imaging.masks.zones import SelectionShape

CANVAS = Rect(0, 0, 512, 512)


def feathered(largest: float) -> Float:
    """A blurred disc in 96 × 96 px."""
    mask = cv2.GaussianBlur(disc(96, 96, 20), (0, 0), 4)
    return np.asarray(np.where(mask > 0.01, largest * mask / mask.max(), 0), dtype=np.float32)


@pytest.mark.parametrize("name", ["blemishes on skin", "scratch on face"])
def test_a_small_face_is_filled_with_skin_and_not_with_the_backdrop(name: str) -> None:
    (case,) = every_case(frozenset([name]))
    assert case.truth is not None
    tight = cv2.erode(case.mask, np.ones((5, 5), np.uint8))
    lengths = default_masks(CANVAS, Rect(200, 100, 100, 100))
    mask = SelectionShape((tight * 255).astype(np.uint8)).denoise_mask(
        Extent("whole", grow=lengths.grow, feather=lengths.feather, width=0.0, keep_inside=False)
    )
    found = healed(case.image, mask, seed=1)[mask >= 0.98].mean(axis=0)
    skin = case.truth[mask >= 0.98].mean(axis=0)
    backdrop = case.truth[10:120, 330:400].reshape(-1, 3).mean(axis=0)
    redness = [float(colour[0] - colour[2]) for colour in (found, skin, backdrop)]
    assert redness[1] > redness[2] + 0.1
    assert redness[0] > redness[2] + 0.7 * (redness[1] - redness[2])


@pytest.mark.parametrize("largest", [1.0, 0.4])
def test_a_feathers_outer_half_may_be_copied_and_is_redrawn(largest: float) -> None:
    mask = feathered(largest)
    level = prepared(job(texture(96, 96), mask))[-1].level
    np.testing.assert_array_equal(level.known.numpy(), mask < 0.5 * mask.max())
    np.testing.assert_array_equal(level.mask.numpy(), mask)


def test_a_weaker_run_copies_from_outside_the_mask_only() -> None:
    mask = feathered(1.0)
    level = prepared(job(texture(96, 96), mask, 0.6))[-1].level
    np.testing.assert_array_equal(level.known.numpy(), mask == 0)


def test_a_feather_leaves_out_coarse_levels_and_a_hard_edge_does_not() -> None:
    hard = disc(128, 128, 15)
    soft = np.asarray(cv2.blur(disc(128, 128, 15), (11, 11)), np.float32)
    scales = [
        [stage.level.scale for stage in prepared(job(texture(128, 128), mask))]
        for mask in (hard, soft)
    ]
    assert scales == [[4, 2, 1], [2, 1]]
