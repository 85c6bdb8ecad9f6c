"""Light whose colour, amount and hardness are known because it was put there."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from sfumato_server.imaging.arrays import Float
from sfumato_server.imaging.light import estimate

from .shapes import grid

SIZE = 240


def lit(light: NDArray[np.float64], cast: tuple[float, float, float] = (1, 1, 1)) -> Float:
    """Things of several greys and colours under light of a strength for each pixel."""
    rng = np.random.default_rng(4)
    things = rng.uniform(0.85, 1, (6, 6, 1)) + rng.uniform(-0.03, 0.03, (6, 6, 3))
    surface = cv2.resize(things, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    linear = surface * light[..., None] * np.array(cast)
    shown: Float = np.clip(linear, 0, 1).astype(np.float32) ** np.float32(1 / 2.2)
    return shown


def even(level: float) -> NDArray[np.float64]:
    return np.full((SIZE, SIZE), level)


@pytest.mark.parametrize(
    ("cast", "said"),
    [((1, 0.85, 0.6), "warm"), ((0.7, 0.85, 1), "cool"), ((1, 1, 1), "")],
)
def test_the_colour_of_light(cast: tuple[float, float, float], said: str) -> None:
    found = estimate(lit(even(0.5), cast)).qualities & {"warm", "cool"}
    assert found == ({said} if said else set())


def test_cooling_a_photograph_lowers_its_warmth() -> None:
    photo = (data.astronaut() / 255).astype(np.float32)
    casts = [(1.0, 0.9, 0.75), (1.0, 1.0, 1.0), (0.75, 0.9, 1.0)]
    warmth = [estimate(photo * np.array(cast, np.float32)).warmth for cast in casts]
    assert warmth[0] > warmth[1] + 3 > warmth[2] + 6


@pytest.mark.parametrize(("level", "said"), [(0.03, "dark"), (0.25, ""), (0.7, "bright")])
def test_the_amount_of_light(level: float, said: str) -> None:
    found = estimate(lit(even(level))).qualities & {"bright", "dark"}
    assert found == ({said} if said else set())


def test_shadows_with_edges_are_hard_and_gradual_ones_soft() -> None:
    x, y = grid(SIZE)
    across = x * 0.8 + y * 0.4 - 130
    hard = estimate(lit(np.where(across > 0, 0.7, 0.15)))
    soft = estimate(lit(0.15 + 0.55 / (1 + np.exp(-across / 40))))
    assert hard.qualities & {"hard", "soft"} == {"hard"}
    assert soft.qualities & {"hard", "soft"} == {"soft"}
    assert estimate(lit(even(0.4))).hardness is None


@pytest.mark.parametrize("shape", [(1, 1), (2, 50), (700, 3)])
def test_any_size(shape: tuple[int, int]) -> None:
    grey = np.full((*shape, 3), 0.5, np.float32)
    assert estimate(grey).qualities == frozenset()
