"""Model sizes, resampling and padding; previews."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sfumato_server.imaging.preview import Preview, jpeg
from sfumato_server.imaging.resample import fitted, model_size, pad_to, resized, unpad


@pytest.mark.parametrize(
    ("crop", "native", "multiple", "largest", "expected"),
    [
        ((512, 512), 512, 8, 2048, (512, 512)),
        ((1024, 1024), 512, 8, 2048, (512, 512)),
        ((2000, 500), 512, 64, 2048, (1024, 256)),
        ((300, 300), 1024, 64, 2048, (1024, 1024)),
        ((500, 300), 0, 1, 1024, (500, 300)),
        ((500, 300), 0, 8, 1024, (504, 304)),
        ((4000, 2000), 0, 8, 1000, (1000, 504)),
        ((5000, 10), 512, 8, 1024, (1024, 8)),
        ((1, 1), 0, 16, 64, (16, 16)),
    ],
)
def test_model_sizes(
    crop: tuple[int, int], native: int, multiple: int, largest: int, expected: tuple[int, int]
) -> None:
    assert model_size(*crop, native, multiple, largest) == expected


sides = st.integers(1, 9000)


@given(sides, sides, st.sampled_from([0, 512, 1024]), st.sampled_from([1, 8, 16, 64]))
def test_any_model_size_fits(width: int, height: int, native: int, multiple: int) -> None:
    largest = 2048
    got = model_size(width, height, native, multiple, largest)
    assert all(side % multiple == 0 and multiple <= side <= largest for side in got)
    if native and max(width, height) < 3 * min(width, height):
        assert abs(got[0] * got[1] / native**2 - 1) < 0.25
        assert abs(math.log(got[0] * height / (got[1] * width))) < 2 * multiple / min(got)


@pytest.mark.parametrize("wrong", [(0, 5, 512, 8, 64), (5, 5, -1, 8, 64), (5, 5, 0, 8, 4)])
def test_impossible_sizes_are_refused(wrong: tuple[int, int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="expected positive sizes"):
        model_size(*wrong)


def test_the_same_size_passes_no_filter() -> None:
    image = np.random.default_rng(2).random((20, 30, 3), np.float32)
    assert resized(image, (30, 20)) is image


def test_smaller_is_the_mean_of_the_area() -> None:
    image = np.random.default_rng(2).random((40, 60), np.float32)
    means = image.reshape(20, 2, 30, 2).mean(axis=(1, 3))
    assert resized(image, (30, 20)) == pytest.approx(means, abs=1e-6)


def test_larger_keeps_within_range_and_in_place() -> None:
    image = np.zeros((16, 16, 3), np.float32)
    image[:, 8:] = 1
    large = resized(image, (64, 64))
    assert large.shape == (64, 64, 3)
    assert (large.min(), large.max()) == (0, 1)
    assert large[32, :, 0].mean() == pytest.approx(0.5, abs=0.01)
    back = resized(large, (16, 16))
    assert np.abs(back - image).max() < 0.15


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 15), st.integers(0, 15))
def test_padding_is_undone_exactly(width: int, height: int, right: int, below: int) -> None:
    image = np.random.default_rng(width * 41 + height).random((height, width, 3), np.float32)
    padded = pad_to(image, (width + right, height + below))
    assert padded.shape == (height + below, width + right, 3)
    assert unpad(padded, (width, height)).tobytes() == image.tobytes()


@given(
    st.integers(100, 4000),
    st.integers(100, 4000),
    st.sampled_from([0, 512, 1024]),
    st.sampled_from([1, 8, 16, 64]),
)
def test_proportions_stay_within_one_per_cent(
    width: int, height: int, native: int, multiple: int
) -> None:
    model = model_size(width, height, native, multiple, largest=2048)
    content = fitted((width, height), model, multiple)
    assert all(inside <= side for inside, side in zip(content, model, strict=True))
    rounding = 0.5 / min(content)
    stretch = math.log(content[0] * height / (content[1] * width))
    assert abs(stretch) <= max(0.01, rounding) + rounding
    assert min(side - inside for inside, side in zip(content, model, strict=True)) < multiple


def decoded(data: bytes) -> NDArray[np.uint8]:
    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    return shown.view(np.uint8)


def test_a_preview_is_a_small_jpeg_of_the_picture() -> None:
    rgb = np.zeros((400, 1000, 3), np.float32)
    rgb[:, :500] = (1, 0, 0)
    data = jpeg(rgb)
    assert data[:2] == b"\xff\xd8"
    shown = decoded(data)
    assert shown.shape == (154, 384, 3)
    assert shown[77, 50] == pytest.approx(np.array([0, 0, 255]), abs=8)
    assert shown[77, 330] == pytest.approx(np.zeros(3), abs=8)
    assert decoded(jpeg(rgb[:10, :20])).shape == (10, 20, 3)


def test_previews_are_mixed_small_as_they_would_be_large() -> None:
    rng = np.random.default_rng(0)
    noise = rng.random((40, 70, 3), np.float32)
    picture = cv2.resize(noise, (1400, 800), interpolation=cv2.INTER_LINEAR).view(np.float32)
    alpha = np.zeros((800, 1400), np.float32)
    alpha[200:600, 300:1200] = 0.75
    windows = [np.s_[150:650, 250:700], np.s_[100:640, 600:1300]]
    made = [picture[at][::-1].copy() for at in windows]
    own = [np.zeros(part.shape[:2], bool) for part in made]
    own[0][:, :350], own[1][:, 100:] = True, True
    whole = picture.copy()
    for at, part, where in zip(windows, made, own, strict=True):
        np.copyto(whole[at], part, where=where[..., None])
    known = decoded(jpeg(picture + alpha[..., None] * (whole - picture))).astype(int)
    preview = Preview(picture, alpha)
    preview.keep(made[0], windows[0], own[0])
    half = cv2.resize(made[1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    shown = decoded(preview.jpeg(half.view(np.float32), windows[1], own[1])).astype(int)
    assert shown.shape == known.shape == (219, 384, 3)
    assert np.abs(shown - known).mean() < 2
