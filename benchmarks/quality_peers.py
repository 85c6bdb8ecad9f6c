"""The peers: each as given picture and mask → picture, 8 bits, nothing changed outside the mask."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, diags
from scipy.sparse.linalg import factorized

Bytes = NDArray[np.uint8]
Peer = Callable[[Bytes, Bytes], Bytes]
RADIUS = 5  # px, OpenCV's neighbourhood
PATCH = 7  # px
SEED = 1
_ERODED = 3  # px, by which OpenCV's seamlessClone shrinks the mask that it is given
_MARGIN = 96  # px that G'MIC and the biharmonic fill see around the mask


def fills() -> dict[str, Peer]:
    """Those that are installed. (H, W, 3) uint8 and (H, W) uint8, 255 where masked, in."""
    return {name: peer for name, (needs, peer) in _FILLS.items() if not needs or _there(needs)}


def missing() -> list[str]:
    """Names of peers that are left out because they are not installed."""
    return [name for name, (needs, _) in _FILLS.items() if needs and not _there(needs)]


def seamless_clone(image: Bytes, layer: Bytes, mask: Bytes) -> Bytes:
    """Poisson cloning of `layer` over `image`, its solution's edge 1 px outside the mask.

    Pérez et al., Poisson Image Editing, 2003. OpenCV erodes the mask, so it is given more.
    """
    size = 2 * (_ERODED + 1) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    grown = cv2.dilate(mask, disc)
    grown[[0, 1, -2, -1]] = 0
    grown[:, [0, 1, -2, -1]] = 0
    x, y, width, height = cv2.boundingRect(grown)
    middle = (x + width // 2, y + height // 2)
    cloned = cv2.seamlessClone(layer, image, grown, middle, cv2.NORMAL_CLONE)
    return np.asarray(cloned, np.uint8)


def poisson_clone(image: Bytes, layer: Bytes, mask: Bytes) -> Bytes:
    """`layer` inside the mask plus the membrane through how far `image` is from it on the px that
    touch the mask: Pérez et al. as written, where OpenCV's also changes what is around the mask.

    Δu = 0 inside, u = image − layer on the rim; rims at the picture's border are left free.
    """
    inside = mask > 0
    number = np.full(mask.shape, -1)
    number[inside] = np.arange(inside.sum())
    count = int(inside.sum())
    wanted, known = image.astype(np.float64) - layer, np.zeros((count, 3))
    ys, xs = np.nonzero(inside)
    rows, columns, degree = [], [], np.zeros(count)
    for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        y, x = ys + dy, xs + dx
        on = (y >= 0) & (y < mask.shape[0]) & (x >= 0) & (x < mask.shape[1])
        here, y, x = np.nonzero(on)[0], y[on], x[on]
        degree[here] += 1
        inner = inside[y, x]
        rows.append(here[inner])
        columns.append(number[y, x][inner])
        np.add.at(known, here[~inner], wanted[y, x][~inner])
    ones = np.ones(sum(map(len, rows)))
    links = csc_matrix((ones, (np.concatenate(rows), np.concatenate(columns))), (count, count))
    solve = factorized((diags(degree) - links).tocsc())
    result = image.copy()
    cloned = layer[inside] + np.stack([solve(known[:, each]) for each in range(3)], 1)
    result[inside] = np.rint(cloned.clip(0, 255))
    return result


def extended(image: Bytes, mask: Bytes, px: int = 2) -> Bytes:
    """What is inside the mask, its outermost `px` px left out, carried on outward: each px outside
    shows the nearest one inside. For cloning where nothing else is left of what was pasted."""
    core = cv2.erode(mask, np.ones((2 * px + 1, 2 * px + 1), np.uint8))
    kind = cv2.DIST_LABEL_PIXEL
    _, labels = cv2.distanceTransformWithLabels(255 - core, cv2.DIST_L2, 5, labelType=kind)
    colours = np.zeros((int(labels.max()) + 1, 3), np.uint8)
    inside = core > 0
    colours[labels[inside]] = image[inside]
    return np.asarray(np.where(mask[..., None] > 0, image, colours[labels]), np.uint8)


def _telea(image: Bytes, mask: Bytes) -> Bytes:
    return np.asarray(cv2.inpaint(image, mask, RADIUS, cv2.INPAINT_TELEA), np.uint8)


def _navier_stokes(image: Bytes, mask: Bytes) -> Bytes:
    return np.asarray(cv2.inpaint(image, mask, RADIUS, cv2.INPAINT_NS), np.uint8)


def _biharmonic(image: Bytes, mask: Bytes) -> Bytes:
    from skimage.restoration import inpaint_biharmonic

    result, at = image.copy(), _around(mask, 12)
    filled = inpaint_biharmonic(image[at] / 255.0, mask[at] > 0, channel_axis=2)
    result[at] = np.rint(filled.clip(0, 1) * 255)
    return result


def _pypatchmatch(image: Bytes, mask: Bytes) -> Bytes:
    from patchmatch import patch_match

    patch_match.set_random_seed(SEED)
    return np.asarray(patch_match.inpaint(image, mask, patch_size=PATCH), np.uint8)


def _patchmatch_cython(image: Bytes, mask: Bytes) -> Bytes:
    from patchmatch_cython import inpaint_pyramid

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        filled = inpaint_pyramid(image, mask > 0, patch_size=PATCH, seed=SEED)
    return np.asarray(filled, np.uint8)


def _gmic(command: str, image: Bytes, mask: Bytes) -> Bytes:
    """A command of G'MIC's with its own settings, on the mask's surroundings."""
    result, at = image.copy(), _around(mask, _MARGIN)
    with tempfile.TemporaryDirectory(prefix="sfumato-gmic-") as folder:
        given, hole, filled = (str(Path(folder, f"{name}.png")) for name in ("a", "b", "c"))
        cv2.imwrite(given, np.ascontiguousarray(image[at][..., ::-1]))
        cv2.imwrite(hole, np.ascontiguousarray(mask[at]))
        words = ["gmic", "-v", "0", given, hole, f"-{command}[0]", "[1]", "-output[0]", filled]
        subprocess.run(words, check=True, capture_output=True)
        result[at] = np.asarray(cv2.imread(filled, cv2.IMREAD_COLOR))[..., ::-1]
    return result


def _around(mask: Bytes, px: int) -> tuple[slice, slice]:
    ys, xs = np.nonzero(mask)
    return (
        slice(max(0, int(ys.min()) - px), int(ys.max()) + px + 1),
        slice(max(0, int(xs.min()) - px), int(xs.max()) + px + 1),
    )


def _there(needed: str) -> bool:
    return find_spec(needed) is not None or shutil.which(needed) is not None


# name: the module or command that it needs, and the peer
_FILLS: dict[str, tuple[str, Peer]] = {
    "Telea": ("", _telea),
    "Navier–Stokes": ("", _navier_stokes),
    "biharmonic": ("skimage", _biharmonic),
    "PyPatchMatch": ("patchmatch", _pypatchmatch),
    "patchmatch-cython": ("patchmatch_cython", _patchmatch_cython),
    "G'MIC inpaint": ("gmic", partial(_gmic, "inpaint")),
    "G'MIC matchpatch": ("gmic", partial(_gmic, "inpaint_matchpatch")),
}
