"""A ring pass aligns what crosses the line, closes the step and leaves the rest alone."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.retouching import depth as depth_of
from fakes.retouching import disc, job, made, ringed
from sfumato_server.engines.retouch.seam import DEEP, closed
from sfumato_server.imaging.arrays import Float

SIZE, RADIUS = 192, 60
SHAPE = (SIZE, SIZE)


def spokes(turned: float) -> Float:
    """Stripes that run outwards, turned about the middle by so many px of arc at `RADIUS`."""
    y, x = np.indices(SHAPE) - SIZE / 2
    wave = np.sin(18 * (np.arctan2(y, x) - turned / RADIUS))
    return np.repeat((0.5 + 0.2 * wave)[..., None], 3, 2).astype(np.float32)


def region() -> tuple[Float, Float]:
    selection = disc(SHAPE, SIZE / 2, SIZE / 2, RADIUS)
    return selection, depth_of(selection)


@pytest.mark.parametrize("shift", [2.0, 4.0])
def test_stripes_that_were_moved_meet_again(shift: float) -> None:
    _, depth = region()
    truth = spokes(0)
    image = np.where(depth[..., None] > 0, spokes(shift), truth)
    result = closed(image, depth, 0.7)
    near = (depth > 0) & (depth < 4)
    before, after = (np.abs(each - truth)[near].mean() for each in (image, result))
    assert after < 0.6 * before
    np.testing.assert_allclose(result[depth > DEEP + 1], image[depth > DEEP + 1], atol=1e-6)


def test_a_step_fades_within_24_px_and_its_grain_stays() -> None:
    selection, depth = region()
    noise = np.random.default_rng(2).normal(0, 0.02, (*SHAPE, 3))
    image = np.asarray(0.5 + noise + 0.06 * selection[..., None], np.float32)
    result = closed(image, depth, 0.7)
    far = np.abs(depth) > DEEP + 1
    np.testing.assert_allclose(result[far], image[far], atol=0.25 / 255)
    steps = [line_step(each, depth) for each in (image, result)]
    assert abs(steps[1]) < 0.4 * steps[0]
    for band in ((depth > 0) & (depth < 4), (depth < 0) & (depth > -4)):
        before, after = (fine(each)[band].std() for each in (image, result))
        assert after == pytest.approx(before, rel=0.2)


def line_step(image: Float, depth: Float) -> float:
    return float(
        image[(depth > 0) & (depth < 2.5)].mean() - image[(depth < 0) & (depth > -2.5)].mean()
    )


def fine(image: Float) -> Float:
    around = sum(np.roll(image, way, (0, 1)) for way in ((0, 1), (1, 0), (0, -1), (-1, 0)))
    return np.asarray(image - around / 4, np.float32)


def test_one_picture_across_the_line_has_no_seam() -> None:
    selection, depth = region()
    image = spokes(0)
    result = made(job(image, selection, 0.4, "ring", ringed(selection, 10)))
    assert np.abs(result - image).mean(where=(np.abs(depth) < 10)[..., None]) < 1 / 255


def test_a_ring_changes_more_with_strength() -> None:
    selection, depth = region()
    noise = np.random.default_rng(2).normal(0, 0.02, (*SHAPE, 3))
    pasted = np.where(depth[..., None] > 0, spokes(3) * 0.85, spokes(0)) + noise
    image = np.asarray(pasted.clip(0, 1), np.float32)
    mask = ringed(selection, 12)
    change = [
        np.abs(made(job(image, selection, strength, "ring", mask)) - image).mean()
        for strength in (0.15, 0.3, 0.45, 0.7)
    ]
    assert np.diff(change).min() > 0


def test_a_region_of_any_size_is_closed() -> None:
    """OpenCV samples no picture wider than 32 766 px; the px beside this line are more."""
    y, x = np.mgrid[:900, :900].astype(np.float32)
    depth = (400 - np.hypot(y - 450, x - 450)).astype(np.float32)
    noise = np.random.default_rng(2).normal(0, 0.02, (900, 900, 3))
    image = np.asarray(0.5 + noise + 0.06 * (depth > 0)[..., None], np.float32)
    result = closed(image, depth, 0.7)
    steps = [
        each[(depth > 0) & (depth < 3)].mean() - each[(depth < 0) & (depth > -3)].mean()
        for each in (image, result)
    ]
    assert abs(steps[1]) < 0.5 * abs(steps[0])
