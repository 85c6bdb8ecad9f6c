"""The smallest jobs that are still jobs, for tests that need many."""

from __future__ import annotations

import uuid

import numpy as np

from sfumato_protocol.blobs import ZLIB, Blob, make_blob
from sfumato_protocol.geometry import MaskSettings, Rect
from sfumato_protocol.messages import Submit

SIDE = 32
MASKS = MaskSettings(feather=4, grow=2, ring_width=4, wide_feather=8)


def small_job(recipe: str = "artefact-fix") -> tuple[Submit, tuple[Blob, ...]]:
    """A job on 32 x 32 grey px, the middle of them selected."""
    selection = np.zeros((SIDE, SIDE), np.uint8)
    selection[12:20, 12:20] = 255
    shape, profile = (SIDE, SIDE), "sRGB-elle-V2-srgbtrc.icc"
    image = make_blob(1, b"\x80" * (SIDE * SIDE * 4), shape, "BGRA", "u8", profile)
    mask = make_blob(2, selection.tobytes(), shape, "G", encoding=ZLIB)
    submit = Submit(
        job=uuid.uuid4().hex,
        recipe=recipe,
        engine="",
        prompt="",
        negative_prompt="",
        seed=7,
        masks=MASKS,
        crop=Rect(0, 0, SIDE, SIDE),
        image=image.info,
        selection=mask.info,
    )
    return submit, (image, mask)
