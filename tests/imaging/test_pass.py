"""What happens to an engine's output between decoding and layer, in the order of a pass."""

from __future__ import annotations

import cv2
import numpy as np

from sfumato_protocol.geometry import Extent
from sfumato_server.imaging.arrays import Float
from sfumato_server.imaging.colour_field import correct
from sfumato_server.imaging.composite import atop
from sfumato_server.imaging.encoding import Encoding, from_float, to_float
from sfumato_server.imaging.figures.measure import Region, measure
from sfumato_server.imaging.figures.words import told
from sfumato_server.imaging.grain import match
from sfumato_server.imaging.masks.zones import SelectionShape, blend_mask

from .shapes import coverage, disc, grid

SIZE = 320
DOCUMENT = Encoding("BGRA", "u8", "sRGB-elle-V2-srgbtrc.icc")


def sky() -> Float:
    x, y = grid(SIZE)
    smooth = np.stack([0.4 + x / 1400, 0.45 + y / 1300, 0.6 - x / 2000], axis=-1)
    return smooth.astype(np.float32)


def grainy(clean: Float) -> Float:
    """The sky as the document holds it, RGBA."""
    noise = np.random.default_rng(8).normal(0, 5 / 255, clean.shape)
    rgba = np.ones((SIZE, SIZE, 4), np.float32)
    rgba[..., :3] = clean + noise
    return to_float(from_float(rgba, DOCUMENT), SIZE, SIZE, DOCUMENT)


def test_a_shifted_and_smooth_result_becomes_invisible() -> None:
    clean = sky()
    document = grainy(clean)
    context = np.ascontiguousarray(document[..., :3])
    shape = SelectionShape(coverage(disc(160, 160, 90), SIZE))
    denoise = shape.denoise_mask(Extent("whole", grow=5, feather=10, width=0, keep_inside=False))
    blend = blend_mask(denoise)
    alpha: Float = blend.astype(np.float32) / np.float32(255)
    x, y = grid(SIZE)
    shift = (0.05 + 0.04 * (x - y) / SIZE)[..., None] * np.array([1, 0.3, -0.7])
    painted = (clean + shift).astype(np.float32)

    def laid(result: Float) -> dict[str, str]:
        after = atop(document, result, alpha)
        assert (after[blend == 0] == document[blend == 0]).all()
        found = measure(context, context, after[..., :3], Region(denoise, blend, blend > 127))
        return {figure.name: figure.word for figure in told(found, 1.0)[0]}

    raw = laid(painted)
    finished = laid(match(correct(painted, context, denoise), context, denoise, blend, 3))
    assert raw["shift"] == raw["grain"] == "look here"
    assert finished == {
        **dict.fromkeys(("seam", "shift", "grain", "outside"), "good"),
        **dict.fromkeys(("identity", "drift"), "as asked"),
    }


def test_a_pass_that_changes_nothing_leaves_the_document_as_it_was() -> None:
    document = grainy(sky())
    context = np.ascontiguousarray(document[..., :3])
    shape = SelectionShape(coverage(disc(160, 160, 90), SIZE))
    denoise = shape.denoise_mask(Extent("whole", grow=5, feather=10, width=0, keep_inside=False))
    blend = blend_mask(denoise)
    result = match(correct(context, context, denoise), context, denoise, blend, 3)
    alpha: Float = blend.astype(np.float32) / np.float32(255)
    after = atop(document, result, alpha)
    stored = [np.frombuffer(from_float(one, DOCUMENT), np.uint8) for one in (after, document)]
    assert cv2.norm(stored[0], stored[1], cv2.NORM_INF) <= 1
