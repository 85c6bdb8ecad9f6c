"""Several tries at one job, and what chooses among them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.test_contract import disc, finish, job, texture
from sfumato_server.engines.base import EngineError
from sfumato_server.engines.patch.choice import best
from sfumato_server.engines.patch.engine import PatchDiffusion
from sfumato_server.engines.patch.run import prepared, steps_of
from sfumato_server.engines.patch.tries import tries_at
from sfumato_server.imaging.arrays import Float


def loaded() -> PatchDiffusion:
    engine = PatchDiffusion()
    engine.load()
    return engine


def scratch(height: int, width: int) -> Float:
    mask = np.zeros((height, width), np.float32)
    cv2.line(mask, (10, 12), (width - 10, height - 14), 1.0, 7)
    return mask


def soft(picture: Float, sigma: float) -> Float:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.float32)


@pytest.mark.parametrize("strength", [0.25, 0.6, 0.99])
def test_a_run_that_reads_the_old_content_is_made_once(strength: float) -> None:
    wanted = job(texture(64, 64), disc(64, 64, 12), strength)
    assert tries_at(wanted) == [wanted]


def test_a_hole_is_tried_with_other_noise_and_a_large_one_less_often() -> None:
    small = tries_at(job(texture(96, 96), disc(96, 96, 20)))
    large = tries_at(job(texture(512, 512), disc(512, 512, 64)))
    huge = tries_at(job(texture(512, 512), disc(512, 512, 150)))
    assert [len(small), len(large), len(huge)] == [3, 2, 1]
    assert len({each.seed for each in small}) == 3
    assert {each.strength for each in small} == {1.0}


def test_a_stroke_is_tried_from_a_smooth_fill_too() -> None:
    image, mask = texture(96, 96), scratch(96, 96)
    first, *others = tries_at(job(image, mask))
    assert first.image is image
    assert first.strength == 1
    for each in others:
        assert each.strength < 1
        np.testing.assert_array_equal(each.image[mask == 0], image[mask == 0])
        assert np.abs(each.image - image)[mask > 0].mean() > 0.01


def test_a_stroke_keeps_nothing_of_its_old_content_at_full_strength() -> None:
    image, mask = texture(72, 96), scratch(72, 96)
    engine = loaded()
    engine.load()
    results = []
    for colour in ((1.0, 0.0, 0.0), (0.0, 0.2, 1.0)):
        given = np.where(mask[..., None] > 0, np.array(colour, np.float32), image).astype(
            np.float32
        )
        results.append(finish(engine, job(given, mask))[1])
    np.testing.assert_array_equal(results[0], results[1])


def test_each_hole_takes_the_fill_with_the_texture_around_it() -> None:
    rough = texture(80, 160)
    plain = soft(rough, 6)
    truth = np.where(np.arange(160)[None, :, None] < 80, rough, plain)
    mask = np.zeros((80, 160), np.float32)
    mask[28:52, 28:52] = mask[28:52, 108:132] = 1
    inside = mask[..., None] > 0
    fills = [np.where(inside, each, truth).astype(np.float32) for each in (rough, plain)]
    np.testing.assert_array_equal(best(fills, mask), truth)
    np.testing.assert_array_equal(best(fills[::-1], mask), truth)


def test_of_two_with_the_same_texture_the_one_without_an_edge_is_taken() -> None:
    truth, mask = texture(96, 96), disc(96, 96, 20)
    lighter = np.where(mask[..., None] > 0, truth + np.float32(0.3), truth).astype(np.float32)
    assert best([lighter, truth], mask) is not lighter
    np.testing.assert_array_equal(best([lighter, truth], mask), truth)


def test_a_hole_without_surroundings_takes_the_first() -> None:
    picture = texture(32, 32)
    chosen = best([picture, np.zeros_like(picture)], np.ones((32, 32), np.float32))
    np.testing.assert_array_equal(chosen, picture)


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_mask_too_faint_to_act_changes_nothing(strength: float) -> None:
    image, engine = texture(64, 64), loaded()
    for faint in (np.full((64, 64), 0.02, np.float32), disc(64, 64, 12) * np.float32(0.01)):
        steps, healed = finish(engine, job(image, faint, strength))
        assert steps == []
        np.testing.assert_array_equal(healed, image)


@pytest.mark.parametrize("strength", [0.6, 1.0])
@pytest.mark.parametrize("radius", [1, 8])
def test_a_spot_within_a_veil_too_faint_to_act_is_healed_as_without_it(
    radius: float, strength: float
) -> None:
    image, engine, spot = texture(64, 64), loaded(), disc(64, 64, radius)
    veiled = np.maximum(spot, np.float32(0.01))
    given = np.where(spot[..., None] > 0, np.array((1, 0, 0), np.float32), image)
    healed, same = (finish(engine, job(given, each, strength))[1] for each in (veiled, spot))
    assert np.abs(healed - given)[spot > 0].max() > 0.1
    np.testing.assert_array_equal(healed, same)


def test_a_try_that_finds_nothing_to_copy_from_is_left_out() -> None:
    """Under a soft stroke that reaches nearly everywhere, a weaker run may not copy from its
    outer half, and nothing else is there."""
    image, mask = texture(18, 120), np.full((18, 120), 0.3, np.float32)
    mask[6:12, 10:110] = 1
    mask[0] = 0
    whole = job(image, mask)
    assert len(tries_at(whole)) == 3
    with pytest.raises(EngineError, match="too little"):
        prepared(replace(whole, strength=0.5))
    steps, healed = finish(loaded(), whole)
    assert steps[-1].index == steps[-1].total == steps_of(prepared(whole))
    assert np.isfinite(healed).all()
