"""Finished jobs as a client holds them, without a server."""

from __future__ import annotations

import numpy as np

from sfumato_protocol.blobs import BlobInfo
from sfumato_protocol.geometry import Extent, MaskSettings, Rect
from sfumato_protocol.messages import PlannedPass, Submit
from sfumato_server.client.result import Inpainted, PassResult

SIDE = 64


def finished(dtype: str = "uint8") -> Inpainted:
    """Two passes with soft masks over a noisy picture."""
    noise = np.random.default_rng(1)
    top = np.iinfo(np.dtype(dtype)).max
    image = noise.integers(0, top + 1, (SIDE, SIDE, 3)).astype(dtype)
    passes = []
    for index, area in ((1, Rect(10, 12, 30, 20)), (2, Rect(20, 8, 16, 40))):
        shape = (area.height, area.width)
        pixels = noise.integers(0, top + 1, (*shape, 3)).astype(dtype)
        mask = noise.integers(0, 256, shape).astype(np.uint8)
        planned = PlannedPass(index, Extent("whole", 5, 10, 0), 0.5, 0, -1, 7 + index, "")
        passes.append(PassResult(planned, area, pixels, mask, 0.1))
    sample = {"uint8": "u8", "uint16": "u16"}[dtype]
    size = SIDE * SIDE * 3 * (2 if sample == "u16" else 1)
    submit = Submit(
        "a" * 32, "two", "", "", "", 7, MaskSettings(10, 5, 10, 48), Rect(0, 0, SIDE, SIDE),
        BlobInfo(1, SIDE, SIDE, "RGB", sample, "", "raw", size),
        BlobInfo(2, SIDE, SIDE, "G", "u8", "", "raw", SIDE * SIDE),
    )  # fmt: skip
    selection = np.full((SIDE, SIDE), 255, np.uint8)
    return Inpainted(submit, "flat", image, selection, tuple(passes))
