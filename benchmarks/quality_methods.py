"""What is compared: the built-in engine and its peers, each as picture, mask → picture."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from sfumato_server.engines.base import DenoiseJob
from sfumato_server.engines.patch.engine import PatchDiffusion
from sfumato_server.imaging.arrays import Float

Method = Callable[[Float, Float], Float]
OURS = "Sfumato"
RADIUS = 5  # px, OpenCV's neighbourhood
SEED = 1


def every_method() -> dict[str, Method]:
    """Name to method, ours first. (H, W, 3) and (H, W) float32 0..1 in; (H, W, 3) out."""
    return {
        OURS: healed,
        "Telea": lambda image, mask: _opencv(image, mask, cv2.INPAINT_TELEA),
        "Navier–Stokes": lambda image, mask: _opencv(image, mask, cv2.INPAINT_NS),
        "biharmonic": _biharmonic,
        "PyPatchMatch": _pypatchmatch,
        "patchmatch-cython": _patchmatch_cython,
    }


def healed(image: Float, mask: Float) -> Float:
    """The built-in engine's picture at full strength."""
    return run_engine(image, mask, 1.0, SEED, 0)[0]


def run_engine(
    image: Float, mask: Float, strength: float, seed: int, steps: int
) -> tuple[Float, int]:
    """The built-in engine's picture, and the steps that it took; steps 0 is its own choice."""
    engine = PatchDiffusion()
    engine.load()
    job = DenoiseJob(
        image=image,
        mask=mask,
        prompt="",
        negative_prompt="",
        strength=strength,
        steps=steps,
        guidance=-1.0,
        seed=seed,
    )
    run, taken = engine.denoise(job), 0
    while True:
        try:
            taken = next(run).index
        except StopIteration as end:
            return np.asarray(end.value, dtype=np.float32), taken


def _bytes(image: Float, mask: Float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    picture = (image * 255).round().astype(np.uint8)
    return picture, ((mask > 0) * 255).astype(np.uint8)


def _kept(image: Float, mask: Float, result: NDArray[np.uint8]) -> Float:
    """The result inside the mask, the exact input outside."""
    inside = (mask > 0)[..., None]
    return np.where(inside, result.astype(np.float32) / 255, image).astype(np.float32)


def _opencv(image: Float, mask: Float, kind: int) -> Float:
    picture, hole = _bytes(image, mask)
    return _kept(image, mask, np.asarray(cv2.inpaint(picture, hole, RADIUS, kind), np.uint8))


def _biharmonic(image: Float, mask: Float) -> Float:
    from skimage.restoration import inpaint_biharmonic

    ys, xs = np.nonzero(mask)
    at = np.s_[max(0, ys.min() - 12) : ys.max() + 13, max(0, xs.min() - 12) : xs.max() + 13]
    result = image.copy()
    result[at] = inpaint_biharmonic(image[at], mask[at] > 0, channel_axis=2).clip(0, 1)
    return result


def _pypatchmatch(image: Float, mask: Float) -> Float:
    from patchmatch import patch_match

    patch_match.set_random_seed(SEED)
    picture, hole = _bytes(image, mask)
    return _kept(image, mask, patch_match.inpaint(picture, hole, patch_size=7))


def _patchmatch_cython(image: Float, mask: Float) -> Float:
    from patchmatch_cython import inpaint_pyramid

    picture, hole = _bytes(image, mask)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = inpaint_pyramid(picture, hole > 0, patch_size=7, seed=SEED)
    return _kept(image, mask, np.asarray(result, np.uint8))
