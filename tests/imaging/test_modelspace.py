"""Crop px and model px: padding where that is enough, resampling where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from sfumato_server.imaging.modelspace import ModelSpace


@pytest.mark.parametrize(
    ("crop", "native", "multiple", "model", "scale"),
    [
        ((200, 120), 0, 1, (200, 120), 1.0),
        ((203, 121), 0, 8, (208, 128), 1.0),
        ((1024, 1024), 512, 8, (512, 512), 0.5),
        ((256, 256), 512, 8, (512, 512), 2.0),
        ((2000, 1000), 0, 1, (1000, 500), 0.5),
    ],
)
def test_sizes(
    crop: tuple[int, int], native: int, multiple: int, model: tuple[int, int], scale: float
) -> None:
    space = ModelSpace.of(*crop, native, multiple, largest=1000 if native == 0 else 2048)
    assert space.model == model
    assert space.scale == pytest.approx(scale)


def test_a_padded_picture_comes_back_to_the_bit() -> None:
    picture = np.random.default_rng(1).random((121, 203, 3), np.float32)
    space = ModelSpace.of(203, 121, 0, 8, 1024)
    entered = space.enter(picture)
    assert entered.shape == (128, 208, 3)
    np.testing.assert_array_equal(space.leave(entered), picture)


def test_a_resampled_picture_comes_back_at_its_size_without_a_shift() -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, 600, dtype=np.float32), (300, 600)).copy()
    space = ModelSpace.of(600, 300, 256, 8, 1024)
    back = space.leave(space.enter(ramp))
    assert back.shape == ramp.shape
    np.testing.assert_allclose(back[:, 8:-8], ramp[:, 8:-8], atol=2e-3)


def test_a_small_preview_fills_the_crop() -> None:
    space = ModelSpace.of(203, 121, 0, 8, 1024)
    assert space.leave(np.zeros((26, 16, 3), np.float32)).shape == (121, 203, 3)


@pytest.mark.parametrize("crop", [(620, 400), (410, 700), (790, 300)])
def test_proportions_are_kept_by_padding_where_multiples_would_stretch(
    crop: tuple[int, int],
) -> None:
    space = ModelSpace.of(*crop, native=512, multiple=64, largest=1024)
    across, down = (there / here for here, there in zip(crop, space.content, strict=True))
    assert abs(across / down - 1) < 0.01
    assert space.content != space.model
    x, y = np.meshgrid(*(np.linspace(0, 1, side, dtype=np.float32) for side in crop))
    entered = space.enter(x * y)
    assert entered.shape == space.model[::-1]
    back = space.leave(entered)
    np.testing.assert_allclose(back[8:-8, 8:-8], (x * y)[8:-8, 8:-8], atol=4e-3)
    half = entered[::2, ::2]
    np.testing.assert_allclose(space.leave(half)[8:-8, 8:-8], (x * y)[8:-8, 8:-8], atol=0.02)
