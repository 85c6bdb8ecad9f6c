"""The built-in engine's parts where the right answer is known by construction."""

from __future__ import annotations

import math

import pytest
import torch

from sfumato_server.engines.patch.detail import MOST, detailed
from sfumato_server.engines.patch.pyramid import box
from sfumato_server.engines.patch.schedule import freed


@pytest.mark.parametrize("steps", [7, 10, 34])
@pytest.mark.parametrize("part", [0.0, 0.1, 0.3, 0.5, 0.75, 0.99, 1.0])
def test_a_pixel_takes_part_in_its_share_of_the_steps(part: float, steps: int) -> None:
    mask = torch.tensor([part])
    acted = sum(int(freed(mask, step, steps)) for step in range(steps))
    assert acted == math.floor(part * steps + 1e-4)


def test_a_pixel_once_free_stays_free() -> None:
    mask = torch.linspace(0, 1, 21)
    for step in range(9):
        assert not bool((freed(mask, step, 10) & ~freed(mask, step + 1, 10)).any())


def noise_with_a_dull_square() -> tuple[torch.Tensor, torch.Tensor]:
    noise = torch.randn(96, 96, 3, generator=torch.Generator().manual_seed(1)) * 0.2
    dull = torch.zeros(96, 96, dtype=torch.bool)
    dull[32:64, 32:64] = True
    return torch.where(dull[..., None], noise * 0.8, noise), dull


def fine(picture: torch.Tensor, where: torch.Tensor) -> float:
    return float((picture - box(picture, 5))[where].std())


def test_detail_that_copying_lost_is_given_back_where_it_was_lost() -> None:
    picture, dull = noise_with_a_dull_square()
    sharper = detailed(picture, dull, ~dull, 1.0)
    raised = fine(sharper, dull) / fine(picture, dull)
    assert 1.15 < raised < MOST + 0.01
    assert bool((sharper[~dull] == picture[~dull]).all())


def test_a_weaker_run_gives_less_detail_back() -> None:
    picture, dull = noise_with_a_dull_square()
    raised = [fine(detailed(picture, dull, ~dull, s), dull) for s in (0.1, 0.25, 0.5, 1.0)]
    assert fine(picture, dull) < raised[0] < raised[1] < raised[2]
    assert raised[2] == raised[3]


def test_a_fill_busier_than_its_surroundings_is_not_sharpened_further() -> None:
    picture, dull = noise_with_a_dull_square()
    busy = torch.where(dull[..., None], picture * 4, picture)
    assert fine(detailed(busy, dull, ~dull, 1.0), dull) == pytest.approx(fine(busy, dull))
