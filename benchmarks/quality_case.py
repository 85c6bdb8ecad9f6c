"""One case of the quality benchmark, the photographs that cases are cut from, and shapes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

from sfumato_protocol.specs import PassSpec
from sfumato_server.imaging.arrays import Float, Mask

CROP = 512  # px, the largest crop side
HALF = 128  # of 255, from here on a px counts as selected

PHOTOGRAPHS = {
    "astronaut": ("skimage.data", "astronaut.png"),
    "brick": ("skimage.data", "brick.png"),
    "chelsea": ("skimage.data", "chelsea.png"),
    "china": ("sklearn.datasets.images", "china.jpg"),
    "coffee": ("skimage.data", "coffee.png"),
    "flower": ("sklearn.datasets.images", "flower.jpg"),
    "grass": ("skimage.data", "grass.png"),
    "gravel": ("skimage.data", "gravel.png"),
    "hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
    "motorcycle": ("skimage.data", "motorcycle_left.png"),
    "rocket": ("skimage.data", "rocket.jpg"),
}


@dataclass(frozen=True)
class Case:
    """image: (H, W, 3) float32 0..1 in 8-bit levels, what is given. truth: what it should become,
    None where nobody knows. selection: (H, W) uint8, as an artist would draw it. kind: of `KINDS`.
    recipe, passes: what an artist would run; passes replace the recipe's where there are any.
    layer: the whole picture that an oval was pasted from, where there is one.
    """

    name: str
    kind: str
    held_out: bool
    image: Float
    truth: Float | None
    selection: Mask
    recipe: str = "heal"
    passes: tuple[PassSpec, ...] = ()
    layer: Float | None = None

    @property
    def mask(self) -> Float:
        """(H, W) float32, 1 where selected at least by half, else 0."""
        return np.asarray(self.selection >= HALF, dtype=np.float32)


KINDS = {
    "paste": "pasted ovals, hard edge",
    "feathered": "pasted ovals, feather 1, 2 and 5 px",
    "clean": "clean faces, face-swap-boundary",
    "wide": "clean faces, wide 0.25 alone",
    "spot": "spots on faces",
    "scratch": "scratches and specks",
    "defect": "other defects",
    "hole": "holes in texture",
    "straight": "holes in straight structure",
    "sky": "holes in a clean sky",
    "removal": "removals, no truth",
}


def photograph(name: str) -> Float:
    """(H, W, 3) float32 0..1, sRGB-encoded."""
    package, path = PHOTOGRAPHS[name]
    data = np.frombuffer(files(package).joinpath(path).read_bytes(), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if picture is None:
        raise OSError(f"{package}/{path} is no picture that OpenCV reads")
    return np.ascontiguousarray(picture[..., ::-1], dtype=np.float32) / np.float32(255)


def levels(picture: Float) -> NDArray[np.uint8]:
    """8-bit levels of a picture 0..1, clipped and rounded to the nearest."""
    return np.asarray(np.rint(picture.clip(0, 1) * 255), dtype=np.uint8)


def rounded(picture: Float) -> Float:
    """The picture as 8 bits hold it, 0..1."""
    return levels(picture).astype(np.float32) / np.float32(255)


def coverage(shape: Float) -> Mask:
    """A shape 0..1 as a selection."""
    return levels(shape)


def crop(picture: Float, y: int, x: int) -> tuple[Float, tuple[int, int]]:
    """At most CROP px a side around (y, x), and (y, x) in it."""
    top = min(max(0, y - CROP // 2), max(0, picture.shape[0] - CROP))
    left = min(max(0, x - CROP // 2), max(0, picture.shape[1] - CROP))
    cut = picture[top : top + CROP, left : left + CROP]
    return np.ascontiguousarray(cut), (y - top, x - left)


def ellipse(
    shape: tuple[int, ...], y: float, x: float, half_height: float, half_width: float
) -> Float:
    """(H, W) float32, 1 inside, else 0."""
    ys, xs = np.mgrid[: shape[0], : shape[1]]
    inside = ((ys - y) / half_height) ** 2 + ((xs - x) / half_width) ** 2 < 1
    return np.asarray(inside, dtype=np.float32)


def line(shape: tuple[int, ...], points: list[tuple[int, int]], width: int) -> Float:
    """(H, W) float32 0..1, anti-aliased; points are (y, x)."""
    drawn = np.zeros(shape[:2], np.uint8)
    path = np.array([[x, y] for y, x in points], np.int32)
    cv2.polylines(drawn, [path], False, 255, width, cv2.LINE_AA)
    return np.asarray(drawn / np.float32(255), dtype=np.float32)
