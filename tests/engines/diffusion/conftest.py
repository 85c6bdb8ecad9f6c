"""Tiny models, built once, and engines on them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fakes import tiny_models
from sfumato_server.engines.base import DenoiseJob, Engine, Float, Step
from sfumato_server.engines.diffusion.engine import DiffusersEngine

SIDE = 64
BuildModel = Callable[[str], Path]
LoadEngine = Callable[..., Any]


def texture(height: int = SIDE, width: int = SIDE, seed: int = 5) -> Float:
    """Stripes with noise, (height, width, 3)."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    wave = 0.5 + 0.2 * np.sin(x / 3) + 0.15 * np.sin((x + 2 * y) / 5)
    noise = np.random.default_rng(seed).normal(0, 0.03, (height, width, 3))
    picture = wave[..., None] * np.array([1.0, 0.8, 0.6]) + noise
    return np.asarray(picture.clip(0, 1), dtype=np.float32)


def disc(height: int = SIDE, width: int = SIDE, radius: float = 18, value: float = 1.0) -> Float:
    """A disc of `value` in the middle, 0 around it."""
    y, x = np.mgrid[:height, :width]
    inside = (y - height / 2) ** 2 + (x - width / 2) ** 2 < radius**2
    return np.asarray(np.where(inside, value, 0), dtype=np.float32)


def everywhere(value: float = 1.0) -> Float:
    return np.full((SIDE, SIDE), value, np.float32)


def job(mask: Float, strength: float = 1.0, **changes: Any) -> DenoiseJob:
    """A pass of few steps over the texture."""
    fields: dict[str, Any] = {
        "image": texture(*mask.shape),
        "mask": mask,
        "prompt": "a plaster wall",
        "negative_prompt": "",
        "strength": strength,
        "steps": 4,
        "guidance": -1.0,
        "seed": 7,
        **changes,
    }
    return DenoiseJob(**fields)


def finish(engine: Engine, wanted: DenoiseJob) -> tuple[list[Step], Float]:
    """All steps and the picture."""
    run, steps = engine.denoise(wanted), []
    while True:
        try:
            steps.append(next(run))
        except StopIteration as end:
            return steps, end.value


def picture(engine: Engine, wanted: DenoiseJob) -> Float:
    return finish(engine, wanted)[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What diffusers warns about in its own code is not ours to mend."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for kind in ("DeprecationWarning", "FutureWarning"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{kind}:diffusers"))


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> BuildModel:
    """Build the tiny model of a family, once; the folder."""
    root = tmp_path_factory.mktemp("models")
    return cache(lambda name: tiny_models.build(name, root / name))


@pytest.fixture(scope="session")
def load_engine(model_folder: BuildModel) -> LoadEngine:
    """Load the engine of a family's tiny model, once."""

    @cache
    def load(name: str) -> DiffusersEngine:
        engine = DiffusersEngine.of(str(model_folder(name)))()
        engine.load()
        return engine

    return load


def with_settings(folder: Path, model: Path, **settings: object) -> DiffusersEngine:
    """A loaded engine of `model` by a settings file in `folder`."""
    lines = [f'model = "{model}"', *(f"{key} = {_toml(one)}" for key, one in settings.items())]
    file = folder / f"with-settings-{len(list(folder.glob('*.toml')))}.toml"
    file.write_text("\n".join(lines) + "\n")
    engine = DiffusersEngine.of(str(file))()
    engine.load()
    return engine


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
