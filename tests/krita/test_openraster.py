"""The layered file that scripts get, opened by the real Krita: the same picture, layer by layer."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from krita_harness.home import Home
from krita_harness.launch import run_cases

from fakes.finished_jobs import SIDE, finished
from sfumato_server.client import openraster

PROBE = Path(__file__).parent / "driver" / "openraster"
FILES = {"uint8": "eight.ora", "uint16": "sixteen.ora"}


@pytest.fixture(scope="module")
def opened(runner_home: Home) -> Any:
    """dtype → what Krita saw in the file of that depth."""
    for dtype, name in FILES.items():
        openraster.write(runner_home.root / name, finished(dtype))
    return run_cases(runner_home, [PROBE], "openraster_probe", seconds=100)["files"]


@pytest.mark.parametrize("dtype", FILES)
def test_krita_shows_the_composite_that_we_compute(opened: Any, dtype: str) -> None:
    """Krita reads OpenRaster into 8 bits whatever its layers have."""
    seen = opened[FILES[dtype]]
    bgra = np.frombuffer(base64.b64decode(seen["pixels"]), np.uint8).reshape(SIDE, SIDE, 4)
    ours = finished(dtype).flattened
    scale = 257 if dtype == "uint16" else 1
    difference = np.abs(bgra[..., 2::-1] - ours.astype(np.float64) / scale)
    assert difference.max() <= (0 if dtype == "uint8" else 1.1)
    assert (bgra[..., 3] == 255).all()


@pytest.mark.parametrize("dtype", FILES)
def test_krita_shows_a_group_over_the_original(opened: Any, dtype: str) -> None:
    assert opened[FILES[dtype]]["layers"] == [
        ["Original", "paintlayer"],
        ["Sfumato · two · seed 7", "grouplayer"],
        ["1 whole · strength 0.50 · seed 8", "paintlayer"],
        ["2 whole · strength 0.50 · seed 9", "paintlayer"],
    ]
