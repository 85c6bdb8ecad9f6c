"""What every family's engine does, on tiny models."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines.diffusion.conftest import (
    SIDE,
    BuildModel,
    LoadEngine,
    disc,
    everywhere,
    finish,
    job,
    picture,
    texture,
    with_settings,
)
from fakes import tiny_models

# Of a family's variants one: what differs between them is in the comparison with the stock call.
FAMILIES = [name for name in tiny_models.FAMILIES if name not in ("sd-v", "sdxl-9")]
SEES_CONTENT = ("flux-kontext", "flux2-klein")  # by design: they edit what they see


@pytest.fixture(params=FAMILIES)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_steps_count_up_and_the_picture_is_whole(name: str, load_engine: LoadEngine) -> None:
    wanted = job(disc(SIDE, 96), 0.7)
    kept = wanted.image.copy(), wanted.mask.copy()
    steps, result = finish(load_engine(name), wanted)
    assert len(steps) >= 4
    assert [step.index for step in steps] == list(range(1, len(steps) + 1))
    assert {step.total for step in steps} == {len(steps)}
    assert result.shape == wanted.image.shape
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert 0 <= result.min() <= result.max() <= 1
    np.testing.assert_array_equal(wanted.image, kept[0])
    np.testing.assert_array_equal(wanted.mask, kept[1])
    previews = [step.preview for step in steps if step.preview is not None]
    assert previews
    for preview in previews:
        assert preview.dtype == np.float32
        assert preview.shape[2] == 3
        assert preview.shape[1] * 2 == preview.shape[0] * 3
        assert 0 <= preview.min() <= preview.max() <= 1


def test_all_that_was_decoded_is_returned(name: str, load_engine: LoadEngine) -> None:
    """Also where the mask is 0: what the VAE does to colours shows nowhere else."""
    engine, decoded = load_engine(name), []
    vae = engine.loaded.pipe.vae
    decode = vae.decode

    def noted(*positional: Any, **named: Any) -> Any:
        answer = decode(*positional, **named)
        decoded.append(answer[0] if isinstance(answer, tuple) else answer.sample)
        return answer

    vae.decode = noted
    try:
        result = picture(engine, job(disc(), 0.6))
    finally:
        vae.decode = decode
    made = decoded[-1].float().reshape(3, SIDE, SIDE).permute(1, 2, 0).numpy()
    np.testing.assert_allclose(result, (made / 2 + 0.5).clip(0, 1), atol=1e-6)


def test_an_empty_mask_changes_nothing(name: str, load_engine: LoadEngine) -> None:
    np.testing.assert_array_equal(picture(load_engine(name), job(everywhere(0))), texture())


def test_a_seed_gives_the_same_bits_and_another_others(name: str, load_engine: LoadEngine) -> None:
    engine = load_engine(name)
    first = picture(engine, job(disc(), 0.6, seed=1))
    np.testing.assert_array_equal(first, picture(engine, job(disc(), 0.6, seed=1)))
    assert np.abs(first - picture(engine, job(disc(), 0.6, seed=2))).max() > 1e-3


def test_closing_cancels_and_the_engine_goes_on(name: str, load_engine: LoadEngine) -> None:
    engine = load_engine(name)
    before = threading.active_count()
    run = engine.denoise(job(disc(), 0.6, steps=40))
    next(run)
    run.close()
    assert threading.active_count() == before
    with pytest.raises(StopIteration):
        next(run)
    after = picture(engine, job(disc(), 0.6))
    np.testing.assert_array_equal(after, picture(engine, job(disc(), 0.6)))


def test_change_grows_with_the_mask(name: str, load_engine: LoadEngine) -> None:
    """From held throughout over free for a part of the steps to free for all of them.

    Measured against the picture of an almost closed mask, which has been through the VAE only.
    """
    engine = load_engine(name)
    values = (0.01, 0.25, 0.5, 0.75, 1.0)
    results = [picture(engine, job(everywhere(value), 0.9, steps=8)) for value in values]
    changes = [float(np.abs(result - results[0]).mean()) for result in results]
    assert changes[0] == 0
    assert all(np.diff(changes) > 0)


def test_change_grows_with_strength(name: str, load_engine: LoadEngine) -> None:
    engine = load_engine(name)
    through_the_coder = picture(engine, job(everywhere(0.01), 0.9))
    changes = [
        float(np.abs(picture(engine, job(everywhere(), strength)) - through_the_coder).mean())
        for strength in (0.15, 0.4, 0.9)
    ]
    assert changes == sorted(changes)
    assert changes[-1] > changes[0]


@pytest.mark.parametrize("name", [one for one in FAMILIES if one not in SEES_CONTENT])
def test_full_strength_forgets_the_old_content(name: str, load_engine: LoadEngine) -> None:
    engine, mask = load_engine(name), disc()
    painted = np.where(mask[..., None] > 0, np.float32(0.9), texture())
    first, second = picture(engine, job(mask)), picture(engine, job(mask, image=painted))
    np.testing.assert_array_equal(first, second)


def test_reuse_gives_the_same_picture_as_no_reuse(
    name: str, model_folder: BuildModel, load_engine: LoadEngine, tmp_path: Path
) -> None:
    used = load_engine(name)
    picture(used, job(disc(radius=10), 0.4, seed=3))
    wanted = job(disc(), 0.6)
    again = picture(used, wanted)
    fresh = with_settings(tmp_path, model_folder(name))
    np.testing.assert_array_equal(again, picture(fresh, wanted))


def test_prompts_have_an_effect(name: str, load_engine: LoadEngine) -> None:
    engine = load_engine(name)
    first = picture(engine, job(disc(), prompt="a plaster wall"))
    assert np.abs(first - picture(engine, job(disc(), prompt="moss")))[disc() > 0].max() > 1e-5
