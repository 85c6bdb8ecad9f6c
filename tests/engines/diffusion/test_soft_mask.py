"""The soft mask's rule, step by step, on a pipeline that does nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fakes.families import BY_KEY
from sfumato_server.engines.diffusion.soft_mask import SoftMask, cell_means, widened

STEPS = 8
SCHEDULE = 12  # a run of strength 2/3: the last 8 of 12


def held_to(values: list[float], strength_steps: int = STEPS) -> list[list[float]]:
    """For each step what each cell is afterwards: -1 free, else the level it was noised to."""
    import torch

    scheduler = SimpleNamespace(
        timesteps=torch.arange(SCHEDULE, 0, -1.0),
        add_noise=lambda clean, noise, t: clean + noise * t,
    )
    pipe = SimpleNamespace(scheduler=scheduler)
    hold = SoftMask(pipe, BY_KEY["sd"], np.array([values], np.float32))
    hold.original = torch.zeros(1, 1, 1, len(values))
    hold.noise = torch.ones(1, 1, 1, len(values))
    latents = torch.full((1, 1, 1, len(values)), -1.0)
    return [
        hold.after(i, strength_steps, latents).flatten().tolist() for i in range(strength_steps)
    ]


def test_a_cell_takes_part_in_the_last_steps_of_its_share() -> None:
    values = [0.0, 0.05, 0.25, 0.5, 0.75, 1.0]
    free = np.array(held_to(values)) == -1
    assert free.sum(axis=0).tolist() == [0, 0, 2, 4, 6, 8]
    assert all(np.diff(column.astype(int)).min() >= 0 for column in free.T)


def test_held_cells_are_at_the_level_the_next_step_starts_from_and_end_clean() -> None:
    levels = [row[0] for row in held_to([0.0])]
    # The run's steps start at levels 8, 7, … 1; after the last, nothing is added.
    assert levels == [7, 6, 5, 4, 3, 2, 1, 0]


def test_the_share_is_of_the_run_whatever_the_strength() -> None:
    for steps in (4, 6, 10, 12):
        free = np.array(held_to([0.5], steps)) == -1
        assert free.sum() == steps // 2


def test_nothing_is_touched_where_all_is_free() -> None:
    hold = SoftMask(SimpleNamespace(), BY_KEY["sd"], np.ones((2, 2), np.float32))
    latents: Any = object()
    assert hold.after(0, 4, latents) is latents
    assert not hold.is_needed


def test_a_cell_is_the_mean_of_its_px_and_thin_lines_stay() -> None:
    mask = np.zeros((16, 24), np.float32)
    mask[:, 9:15] = 1  # 6 px wide, on no cell's first column
    cells = cell_means(mask, 8)
    assert cells.tolist() == [[0, 0.75, 0], [0, 0.75, 0]]
    seen = widened(cells, 8)
    assert seen.shape == mask.shape
    assert set(np.unique(seen)) == {0, 1}
    assert (seen >= mask).all()


@pytest.mark.parametrize("key", ["flux", "flux2-klein", "qwen-image", "sd"])
def test_a_held_cell_is_the_original_in_every_layout(key: str, request: Any) -> None:
    """End to end: half the picture is closed, and its final latents are the original's."""
    import torch

    from engines.diffusion.conftest import everywhere, job, picture

    load_engine = request.getfixturevalue("load_engine")
    engine = load_engine({"sd": "sd-9"}.get(key, key))
    mask = everywhere(1)
    mask[:, :32] = 0
    decode, seen = engine.loaded.pipe.vae.decode, []

    def noted(latents: Any, *positional: Any, **named: Any) -> Any:
        seen.append(latents.clone())
        return decode(latents, *positional, **named)

    engine.loaded.pipe.vae.decode = noted
    try:
        picture(engine, job(mask, 0.8))
        picture(engine, job(everywhere(0.01), 0.8))  # nothing ever free: the original alone
    finally:
        engine.loaded.pipe.vae.decode = decode
    mixed, original = seen
    half = mixed.shape[-1] // 2
    torch.testing.assert_close(mixed[..., :half], original[..., :half], rtol=0, atol=1e-6)
    assert (mixed[..., half:] - original[..., half:]).abs().max() > 0.01
