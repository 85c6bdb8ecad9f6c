"""One contract for every registered engine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sfumato_server.engines.base import DenoiseJob, Engine, Step
from sfumato_server.engines.registry import BUILT_IN, load_class
from sfumato_server.imaging.arrays import Float

SIDE = 64


def texture(height: int, width: int, seed: int = 5) -> Float:
    """Stripes in two directions with noise: something that a texture engine can continue."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    wave = 0.5 + 0.2 * np.sin(x / 3) + 0.15 * np.sin((x + 2 * y) / 5)
    noise = np.random.default_rng(seed).normal(0, 0.03, (height, width, 3))
    picture = wave[..., None] * np.array([1.0, 0.8, 0.6]) + noise
    return np.asarray(picture.clip(0, 1), dtype=np.float32)


def disc(height: int, width: int, radius: float, value: float = 1.0) -> Float:
    """A disc of `value` in the middle, 0 around it."""
    y, x = np.mgrid[:height, :width]
    inside = (y - height / 2) ** 2 + (x - width / 2) ** 2 < radius**2
    return np.asarray(np.where(inside, value, 0), dtype=np.float32)


def job(image: Float, mask: Float, strength: float = 1.0, seed: int = 7) -> DenoiseJob:
    return DenoiseJob(
        image=image,
        mask=mask,
        prompt="",
        negative_prompt="",
        strength=strength,
        steps=0,
        guidance=-1.0,
        seed=seed,
    )


def finish(engine: Engine, wanted: DenoiseJob) -> tuple[list[Step], Float]:
    """All steps and the picture."""
    run = engine.denoise(wanted)
    steps = []
    while True:
        try:
            steps.append(next(run))
        except StopIteration as end:
            return steps, end.value


@pytest.fixture(params=BUILT_IN, ids=lambda spec: spec.rpartition(":")[2], scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = load_class(request.param)()
    made.load()
    yield made
    made.close()


def test_steps_count_up_and_the_picture_is_whole(engine: Engine) -> None:
    image, mask = texture(SIDE, 80), disc(SIDE, 80, 12)
    kept = image.copy(), mask.copy()
    steps, result = finish(engine, job(image, mask))
    assert [step.index for step in steps] == list(range(1, len(steps) + 1))
    assert {step.total for step in steps} == {len(steps)}
    assert result.shape == image.shape
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1
    np.testing.assert_array_equal(image, kept[0])
    np.testing.assert_array_equal(mask, kept[1])


def test_some_step_shows_a_preview(engine: Engine) -> None:
    steps, _ = finish(engine, job(texture(SIDE, SIDE), disc(SIDE, SIDE, 12)))
    previews = [step.preview for step in steps if step.preview is not None]
    assert previews
    for preview in previews:
        assert preview.dtype == np.float32
        assert preview.ndim == 3
        assert preview.shape[2] == 3
        assert preview.min() >= 0
        assert preview.max() <= 1


@pytest.mark.parametrize("strength", [0.25, 0.6, 1.0])
def test_pixels_of_mask_zero_are_exactly_the_input(engine: Engine, strength: float) -> None:
    image, mask = texture(SIDE, SIDE), disc(SIDE, SIDE, 12)
    image[mask > 0] *= 0.6
    _, result = finish(engine, job(image, mask, strength))
    np.testing.assert_array_equal(result[mask == 0], image[mask == 0])
    assert np.abs(result - image)[mask > 0].mean() > 1e-3


def test_an_empty_mask_changes_nothing(engine: Engine) -> None:
    image = texture(SIDE, SIDE)
    _, result = finish(engine, job(image, np.zeros((SIDE, SIDE), np.float32)))
    np.testing.assert_array_equal(result, image)


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_seed_gives_the_same_bits(engine: Engine, strength: float) -> None:
    image, mask = texture(SIDE, SIDE), disc(SIDE, SIDE, 12)
    image[mask > 0] *= 0.6
    _, first = finish(engine, job(image, mask, strength, seed=1))
    _, again = finish(engine, job(image, mask, strength, seed=1))
    np.testing.assert_array_equal(first, again)


def test_another_seed_replaces_otherwise(engine: Engine) -> None:
    image, mask = texture(SIDE, SIDE), disc(SIDE, SIDE, 12)
    made = [finish(engine, job(image, mask, seed=seed))[1] for seed in (1, 2, 3)]
    assert max(np.abs(made[0] - other).max() for other in made[1:]) > 1e-3


def test_closing_cancels_and_the_engine_goes_on(engine: Engine) -> None:
    image, mask = texture(SIDE, SIDE), disc(SIDE, SIDE, 12)
    run = engine.denoise(job(image, mask))
    next(run)
    run.close()
    with pytest.raises(StopIteration):
        next(run)
    _, after = finish(engine, job(image, mask))
    _, fresh = finish(engine, job(image, mask))
    np.testing.assert_array_equal(after, fresh)


def test_change_grows_with_the_mask(engine: Engine) -> None:
    image = texture(SIDE, SIDE)
    image[24:40, 24:40] = (0.9, 0.1, 0.1)  # content unlike all else, so that freedom shows
    region = disc(SIDE, SIDE, 16) > 0
    changes = []
    for value in (0.0, 0.3, 0.6, 1.0):
        _, result = finish(engine, job(image, disc(SIDE, SIDE, 16, value), strength=0.8))
        changes.append(float(np.abs(result - image)[region].mean()))
    assert changes == sorted(changes)
    assert changes[0] == 0
    assert changes[-1] > 2 * changes[1]


def test_change_grows_with_strength(engine: Engine) -> None:
    image, mask = texture(SIDE, SIDE), disc(SIDE, SIDE, 16)
    image[24:40, 24:40] = (0.9, 0.1, 0.1)
    changes = []
    for strength in (0.15, 0.4, 0.7, 1.0):
        _, result = finish(engine, job(image, mask, strength))
        changes.append(float(np.abs(result - image)[mask > 0].mean()))
    assert min(np.diff(changes)) > -0.02 * changes[-1]
    assert changes[-1] > 2 * changes[0]


def test_full_strength_forgets_the_old_content(engine: Engine) -> None:
    image, mask = texture(SIDE, SIDE), disc(SIDE, SIDE, 12)
    painted = np.where(mask[..., None] > 0, np.float32(0.9), image)
    _, first = finish(engine, job(image, mask))
    _, second = finish(engine, job(painted, mask))
    np.testing.assert_array_equal(first, second)
