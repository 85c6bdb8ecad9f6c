"""What strength and steps become."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engines.diffusion.conftest import LoadEngine, disc, finish, job
from fakes import tiny_models
from sfumato_server.engines.diffusion.plan import flow_levels, noise_over_signal, plan

LARGE = (1024, 1024)


@pytest.mark.parametrize("name", list(tiny_models.FAMILIES))
@pytest.mark.parametrize("strength", [0.05, 0.4, 0.97])
def test_as_many_steps_run_as_planned_and_never_under_four(
    name: str, strength: float, load_engine: LoadEngine
) -> None:
    engine = load_engine(name)
    wanted = job(disc(radius=10), strength, steps=6, guidance=1.0)
    planned = plan(engine.loaded.pipe, engine.model.family, (64, 64), strength, 6, False)
    steps, _ = finish(engine, wanted)
    assert steps[-1].total == len(steps) == planned.runs >= 4


@pytest.mark.parametrize("native", [True, False])
def test_stable_diffusion_is_the_reference(load_engine: LoadEngine, native: bool) -> None:
    engine = load_engine("sdxl-4")
    made = plan(engine.loaded.pipe, engine.model.family, LARGE, 0.4, 25, native)
    assert (made.full, made.strength, made.runs) == (25, 0.4, 10)


@pytest.mark.parametrize(
    ("strength", "flux", "sd3"),
    [
        (0.25, 0.18, 0.19),
        (0.4, 0.27, 0.28),
        (0.5, 0.34, 0.35),
        (0.7, 0.51, 0.53),
        (0.85, 0.67, 0.68),
    ],
)
def test_equal_noise_on_flow_models(
    strength: float, flux: float, sd3: float, load_engine: LoadEngine
) -> None:
    """The share of the run that gives as much noise as SDXL has, at 1024²."""
    for name, share in (("flux", flux), ("sd3", sd3)):
        engine = load_engine(name)
        made = plan(engine.loaded.pipe, engine.model.family, LARGE, strength, 100, False)
        assert made.runs / made.full == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize("name", ["flux", "sd3", "qwen-image", "z-image", "flux2-klein", "chroma"])
@pytest.mark.parametrize("strength", [0.2, 0.5, 0.8])
def test_the_run_starts_at_the_nearest_noise(
    name: str, strength: float, load_engine: LoadEngine
) -> None:
    engine = load_engine(name)
    made = plan(engine.loaded.pipe, engine.model.family, LARGE, strength, 30, False)
    levels = flow_levels(engine.loaded.pipe, LARGE, made.full)
    odds = np.log(levels / np.maximum(1 - levels, 1e-6))
    wanted = math.log(noise_over_signal(strength))
    start = made.full - made.runs
    assert abs(odds[start] - wanted) == min(abs(odds[1:] - wanted))


def test_the_planned_levels_are_those_the_pipeline_sets(load_engine: LoadEngine) -> None:
    for name in ("flux", "sd3", "qwen-image", "z-image", "flux2-klein", "chroma", "flux-fill"):
        engine = load_engine(name)
        made = plan(engine.loaded.pipe, engine.model.family, (64, 64), 1.0, 7, False)
        levels = flow_levels(engine.loaded.pipe, (64, 64), 7)
        finish(engine, job(disc(radius=10), 1.0, steps=7))
        set_by_pipeline = engine.loaded.pipe.scheduler.sigmas[:7].numpy()
        np.testing.assert_allclose(levels, set_by_pipeline, atol=1e-6)
        assert made.runs == 7


def test_noise_over_signal_rises_from_almost_none_to_almost_all() -> None:
    values = [noise_over_signal(s) for s in (0.01, 0.1, 0.4, 0.7, 1.0)]
    assert values == sorted(values)
    assert values[0] < 0.15
    assert 14 < values[-1] < 15
