"""The demo: a spoilt portrait through a real server, mended; what README shows."""

from __future__ import annotations

import io
import runpy
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import color, data, filters

DEMO = Path(__file__).parents[2] / "examples" / "demo.py"


def _shades(picture: NDArray[Any]) -> NDArray[Any]:
    """(H, W, 3) CIE L*a*b* without fine detail."""
    soft: NDArray[Any] = filters.gaussian(color.rgb2lab(picture), 4, channel_axis=2)
    return soft


def test_the_demo_mends_a_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["demo.py", "--out", str(tmp_path)])
    demo = runpy.run_path(str(DEMO))
    demo["main"]()

    with zipfile.ZipFile(tmp_path / "demo.ora") as layers:
        after = np.asarray(Image.open(io.BytesIO(layers.read("mergedimage.png"))).convert("RGB"))
        assert sum(name.startswith("data/pass-") for name in layers.namelist()) == 4
    portrait = demo["spoilt"](data.astronaut())
    wanted = np.where(
        portrait.pasted[..., None] > 0,
        np.roll(data.astronaut(), demo["SHIFT"][::-1], (0, 1)),
        data.astronaut(),
    )
    inside = (portrait.pasted > 0) | (portrait.spots > 0)
    off_before, off_after = (
        np.linalg.norm(_shades(one) - _shades(wanted), axis=2)[inside].mean()
        for one in (portrait.picture, after)
    )
    assert off_before > 12
    assert off_after < 3
    with Image.open(tmp_path / "demo.png") as sheet:
        assert sheet.width > 1200
