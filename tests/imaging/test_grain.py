"""Synthetic grain is matched band by band; clean pictures stay clean."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sfumato_protocol.geometry import Extent
from sfumato_server.imaging.arrays import Float, Mask
from sfumato_server.imaging.grain import beside, match
from sfumato_server.imaging.masks.zones import SelectionShape, blend_mask
from sfumato_server.imaging.noise import estimate

from .shapes import coverage, disc, grid

SIZE = 320


def scene() -> Float:
    """Smooth like sky or skin, with one contour."""
    x, y = grid(SIZE)
    picture = np.stack([0.35 + x / 1500, 0.4 + y / 1200, 0.5 + (x - y) / 2500], axis=-1)
    picture[np.hypot(x - 40, y - 40) < 30] *= 0.6
    return picture.astype(np.float32)


def masks() -> tuple[Float, Mask]:
    shape = SelectionShape(coverage(disc(170, 165, 90), SIZE))
    denoise = shape.denoise_mask(Extent("whole", grow=5, feather=10, width=0, keep_inside=False))
    return denoise, blend_mask(denoise)


def grained(strength: float, kind: str = "white", seed: int = 5) -> Float:
    """The scene with noise of `strength`/255, rounded to 8 bit."""
    noise = np.random.default_rng(seed).normal(0, 1, (SIZE, SIZE, 3))
    if kind == "mono":
        noise = np.repeat(noise[..., :1], 3, axis=2)
    if kind == "coarse":
        noise = cv2.GaussianBlur(noise, (0, 0), 0.8).view(np.float64)
    shown = np.clip(scene() + noise / noise.std() * strength / 255, 0, 1)
    rounded: Float = (np.rint(shown * 255) / 255).astype(np.float32)
    return rounded


@pytest.mark.parametrize("strength", [2, 5, 10])
@pytest.mark.parametrize("kind", ["white", "mono", "coarse"])
def test_grain_is_matched_in_every_band(strength: float, kind: str) -> None:
    context, (denoise, blend) = grained(strength, kind), masks()
    matched = match(scene(), context, denoise, blend, 1)
    core = denoise == 1
    ours, wanted = estimate(matched, core, 16), estimate(context, denoise == 0, 16)
    assert ours is not None
    assert wanted is not None
    ratio = np.sqrt(ours.variance / wanted.variance)
    assert ratio.mean(axis=1) == pytest.approx(np.ones(3), abs=0.1)
    # And against the noise that was really put there, not only as measured.
    true = (context - scene())[core].std()
    assert (matched - scene())[core].std() == pytest.approx(true, rel=0.1)


def test_grey_grain_stays_grey() -> None:
    denoise, blend = masks()
    added = match(scene(), grained(8, "mono"), denoise, blend, 1) - scene()
    coloured = match(scene(), grained(8, "white"), denoise, blend, 1) - scene()
    core = denoise == 1
    assert np.corrcoef(added[core].T)[0, 1] > 0.9
    assert abs(np.corrcoef(coloured[core].T)[0, 1]) < 0.1


def test_nothing_is_added_without_grain() -> None:
    denoise, blend = masks()
    result = scene()
    assert match(result, grained(0), denoise, blend, 1) is result


def test_texture_is_no_grain() -> None:
    x, y = grid(SIZE)
    weave = 0.08 * np.sin(x / 1.7) * np.sin(y / 2.3) * np.clip(np.sin(x / 40) * 2, 0, 1)
    context = (scene() + weave[..., None]).astype(np.float32)
    denoise, blend = masks()
    result = scene()
    assert match(result, context, denoise, blend, 1) is result


def test_what_has_grain_already_gets_no_more() -> None:
    denoise, blend = masks()
    for seed in range(4):
        result = grained(5, seed=20 + seed)
        assert np.abs(match(result, grained(5), denoise, blend, 1) - result).std() < 0.5 / 255


def test_the_seed_decides() -> None:
    context, (denoise, blend) = grained(5), masks()
    one, same, other = (match(scene(), context, denoise, blend, seed) for seed in (1, 1, 2))
    assert (one == same).all()
    assert np.abs(one - other).max() > 0


def test_only_where_the_result_shows() -> None:
    context, (denoise, blend) = grained(5), masks()
    matched = match(scene(), context, denoise, blend, 1)
    unseen = np.ones((SIZE, SIZE), bool)
    x, y, width, height = cv2.boundingRect(blend)
    unseen[y : y + height, x : x + width] = False
    assert (matched[unseen] == scene()[unseen]).all()
    # In the middle of the ramp the mix of both is as grainy as either.
    alpha = (blend / 255)[..., None]
    mixed = alpha * matched + (1 - alpha) * context - scene()
    ramp = (blend > 100) & (blend < 155)
    assert mixed[ramp].std() == pytest.approx((context - scene()).std(), rel=0.15)


def test_too_little_to_tell() -> None:
    small = np.full((12, 12, 3), 0.5, np.float32)
    assert estimate(small, np.ones((12, 12), bool), 8) is None
    nothing = np.ones((12, 12), np.float32)
    assert match(small, small, nothing, np.full((12, 12), 255, np.uint8), 1) is small


def test_a_smooth_sky_over_noisy_ground_gets_none() -> None:
    """What is beside the mask counts, not what there is more of in the crop."""
    sky = scene()
    context = grained(8)
    context[:260] = np.rint(sky[:260] * 255) / 255
    shape = SelectionShape(coverage(disc(170, 120, 60), SIZE))
    denoise = shape.denoise_mask(Extent("whole", grow=5, feather=10, width=0, keep_inside=False))
    assert match(sky, context, denoise, blend_mask(denoise), 1) is sky


def test_noise_beside_counts_though_the_rest_is_smooth() -> None:
    shape = SelectionShape(coverage(disc(80, 165, 40), SIZE))
    denoise = shape.denoise_mask(Extent("whole", grow=5, feather=10, width=0, keep_inside=False))
    context = grained(6)
    context[:, 170:] = (np.rint(scene() * 255) / 255)[:, 170:]
    added = match(scene(), context, denoise, blend_mask(denoise), 1) - scene()
    assert added[denoise == 1].std() == pytest.approx(6 / 255, rel=0.15)


def test_fine_texture_beside_a_defocused_region_is_no_grain() -> None:
    """As even as grain, but stronger the coarser one looks, as bark and cloth are."""
    shape = SelectionShape(coverage(disc(170, 165, 40), SIZE))
    denoise = shape.denoise_mask(Extent("whole", grow=5, feather=10, width=0, keep_inside=False))
    blend = blend_mask(denoise)
    context = grained(1.2)
    finer, coarser = (grained(12, seed=seed) - scene() for seed in (6, 7))
    texture = scene() + finer / 6 + 12 * cv2.GaussianBlur(coarser, (0, 0), 3).view(np.float32)
    band = beside(denoise)
    context[band] = texture[band]
    result = scene()
    assert estimate(context, band, 16) is not None
    assert match(result, context, denoise, blend, 1) is result


def test_below_full_strength_what_was_smooth_stays_smooth() -> None:
    denoise, blend = masks()
    context = grained(6)
    context[denoise > 0] = (np.rint(scene() * 255) / 255)[denoise > 0]
    result = scene()
    assert match(result, context, denoise, blend, 1, strength=0.5) is result
    assert match(result, context, denoise, blend, 1) is not result
    grainy = grained(6)
    kept = match(result, grainy, denoise, blend, 1, strength=0.5)
    assert (kept - result)[denoise == 1].std() == pytest.approx(6 / 255, rel=0.15)
    assert match(grainy, grainy, denoise, blend, 1, strength=0.5) is grainy


def test_a_clean_sky_of_8_bits_gets_none() -> None:
    y, x = np.indices((SIZE, SIZE), np.float32) / SIZE
    sky = np.stack([0.35 + 0.1 * y, 0.5 + 0.1 * y, 0.75 + 0.05 * x], axis=-1)
    context = (np.rint(sky * 255) / 255).astype(np.float32)
    denoise, blend = masks()
    for result in (sky, np.asarray(context, np.float32)):
        assert match(result, context, denoise, blend, 1) is result
