"""Document pixels survive the way to floats and back, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato_protocol.colour import PROFILES
from sfumato_server.imaging.encoding import (
    Encoding,
    UnsupportedColour,
    from_float,
    from_srgb,
    to_float,
    to_srgb,
)

SRGB = "sRGB-elle-V2-srgbtrc.icc"
LINEAR = "sRGB-elle-V2-g10.icc"
ORDERS = {"RGB": 3, "RGBA": 4, "BGRA": 4}
SAMPLES: dict[str, Any] = {"u8": np.uint8, "u16": np.uint16}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_value_comes_back(order: str, sample: str) -> None:
    dtype = SAMPLES[sample]
    every = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)
    channels = ORDERS[order]
    data = np.stack([np.roll(every, 17 * c) for c in range(channels)], -1).tobytes()
    encoding = Encoding(order, sample, SRGB)
    rgba = to_float(data, every.size // 256, 256, encoding)
    assert rgba.shape == (every.size // 256, 256, 4)
    assert rgba.dtype == np.float32
    assert rgba.flags.c_contiguous
    assert (rgba.min(), rgba.max()) == (0, 1)
    assert from_float(rgba, encoding) == data


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_linear_value_comes_back_from_srgb(sample: str) -> None:
    dtype = SAMPLES[sample]
    every = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)
    encoding = Encoding("RGB", sample, LINEAR)
    data = np.repeat(every, 3).tobytes()
    rgba = to_float(data, 1, every.size, encoding)
    rgba[..., :3] = from_srgb(to_srgb(rgba[..., :3], encoding), encoding)
    assert from_float(rgba, encoding) == data


def test_channels_arrive_as_rgba() -> None:
    blue_first = bytes([30, 20, 10, 255])
    rgba = to_float(blue_first, 1, 1, Encoding("BGRA", "u8", SRGB))
    assert rgba[0, 0] == pytest.approx(np.array([10, 20, 30, 255]) / 255)
    rgb = to_float(bytes([10, 20, 30]), 1, 1, Encoding("RGB", "u8", SRGB))
    assert (rgb == rgba).all()


def test_16_bit_is_little_endian() -> None:
    rgba = to_float(b"\xff\x00" * 4, 1, 1, Encoding("BGRA", "u16", SRGB))
    assert rgba[0, 0] == pytest.approx(np.full(4, 255 / 65535))


def test_out_of_range_is_clamped() -> None:
    rgba = np.array([[[-0.2, 1.3, 0.5, 1.0]]], np.float32)
    assert from_float(rgba, Encoding("RGBA", "u8", SRGB)) == bytes([0, 255, 128, 255])


def test_a_short_buffer_is_refused() -> None:
    with pytest.raises(ValueError, match="Got 7 bytes"):
        to_float(bytes(7), 1, 2, Encoding("RGBA", "u8", SRGB))


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_known_profiles_pass(profile: str) -> None:
    Encoding("BGRA", "u8", profile).check()


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        (Encoding("BGRA", "u8", "ClayRGB-elle-V2-g22.icc"), "ClayRGB-elle-V2-g22.icc"),
        (Encoding("BGRA", "u8", ""), "Convert"),
        (Encoding("CMYKA", "u8", SRGB), "CMYKA"),
        (Encoding("RGBA", "f16", SRGB), "f16"),
    ],
)
def test_other_colours_are_refused_with_a_way_out(encoding: Encoding, words: str) -> None:
    for act in (
        encoding.check,
        lambda: to_float(b"", 0, 0, encoding),
        lambda: from_float(np.zeros((1, 1, 4), np.float32), encoding),
    ):
        with pytest.raises(UnsupportedColour, match=words):
            act()


def test_the_srgb_curve_has_its_published_values() -> None:
    linear = Encoding("RGBA", "u16", LINEAR)
    light = np.array([0, 0.0031308, 0.214041, 0.5, 1], np.float32)
    code = np.array([0, 0.0404499, 0.5, 0.735357, 1], np.float32)
    assert to_srgb(light, linear) == pytest.approx(code, abs=2e-6)
    assert from_srgb(code, linear) == pytest.approx(light, abs=2e-6)
    plain = Encoding("RGBA", "u16", SRGB)
    assert to_srgb(code, plain) is code
    assert from_srgb(code, plain) is code


@given(st.floats(0, 1, width=32))
def test_the_curve_is_its_own_way_back(value: float) -> None:
    linear = Encoding("RGBA", "u16", LINEAR)
    there = to_srgb(np.array([value], np.float32), linear)
    assert from_srgb(there, linear)[0] == pytest.approx(value, abs=1e-6)
