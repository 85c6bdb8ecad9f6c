"""The cases of the quality benchmark: holes and defects in real photographs, with the truth.

Half of the cases are held out: nothing is tuned on them. The photographs come in the wheels of
scikit-image, scikit-learn and Matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

from sfumato_server.imaging.arrays import Float

CROP = 512  # px, the largest crop side


@dataclass(frozen=True)
class Case:
    """image, truth: (H, W, 3) float32 0..1, the picture to heal and what it should be.

    mask: (H, W) float32, 1 where healed, else 0. kind: "hole", "defect" or "seam".
    """

    name: str
    kind: str
    held_out: bool
    image: Float
    truth: Float
    mask: Float


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

# name, photograph, centre y, centre x, half height, half width (px), held out
HOLES = (
    ("forehead", "astronaut", 92, 215, 11, 18, False),
    ("flight suit", "astronaut", 300, 130, 40, 40, False),
    ("cat fur", "chelsea", 190, 60, 40, 36, False),
    ("wood", "coffee", 60, 95, 45, 45, False),
    ("saucer edge", "coffee", 320, 130, 40, 50, False),
    ("brick", "brick", 256, 256, 64, 64, False),
    ("foliage", "china", 350, 480, 40, 50, False),
    ("bokeh", "flower", 180, 110, 50, 50, False),
    ("hair", "astronaut", 45, 222, 18, 26, True),
    ("uniform", "hopper", 470, 120, 45, 40, True),
    ("grass", "grass", 256, 256, 64, 64, True),
    ("gravel", "gravel", 256, 256, 64, 64, True),
    ("roof", "china", 190, 230, 30, 50, True),
    ("water", "china", 235, 420, 30, 50, True),
    ("lattice", "rocket", 250, 70, 40, 40, True),
    ("tyre", "motorcycle", 400, 640, 36, 40, True),
)

# name, photograph, centre of the crop, maker of the defect, held out
DEFECTS = (
    ("blemishes on skin", "astronaut", (130, 222), "blemishes", False),
    ("scratch on face", "astronaut", (130, 215), "scratch", False),
    ("scratch on fabric", "astronaut", (330, 110), "scratch", False),
    ("face boundary", "astronaut", (145, 222), "seam", False),
    ("blemishes on old skin", "hopper", (242, 240), "blemishes", True),
    ("scratch on petals", "flower", (200, 290), "scratch", True),
    ("scratch on fur", "chelsea", (60, 250), "scratch", True),
    ("face boundary 2", "hopper", (245, 255), "seam", True),
)

SPOTS = (
    (-14, -19, 3),
    (-6, 19, 4),
    (2, -21, 2),
    (3, 17, 3),
    (-22, 21, 2),
    (26, 6, 3),
)  # y, x, radius


def photograph(name: str) -> Float:
    """(H, W, 3) float32 0..1, sRGB-encoded."""
    package, path = PHOTOGRAPHS[name]
    data = np.frombuffer(files(package).joinpath(path).read_bytes(), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if picture is None:
        raise OSError(f"{package}/{path} is no picture that OpenCV reads")
    return np.ascontiguousarray(picture[..., ::-1], dtype=np.float32) / np.float32(255)


def every_case(names: frozenset[str] = frozenset()) -> list[Case]:
    """All cases, or those named; tuning half first. Only their photographs are looked for."""
    cases = [_hole(*entry) for entry in HOLES if not names or entry[0] in names]
    cases += [_defect(*entry) for entry in DEFECTS if not names or entry[0] in names]
    return sorted(cases, key=lambda case: case.held_out)


def _hole(
    name: str, photo: str, y: int, x: int, half_height: int, half_width: int, held_out: bool
) -> Case:
    truth, (y, x) = _crop(photograph(photo), y, x)
    mask = _ellipse(truth.shape[:2], y, x, half_height, half_width)
    image = np.where(mask[..., None] > 0, np.float32(0.5), truth)
    return Case(name, "hole", held_out, image, truth, mask)


def _defect(name: str, photo: str, centre: tuple[int, int], maker: str, held_out: bool) -> Case:
    truth, (y, x) = _crop(photograph(photo), *centre)
    makers: dict[str, Callable[[Float, int, int], tuple[Float, Float]]] = {
        "blemishes": _blemishes,
        "scratch": _scratch,
        "seam": _pasted,
    }
    image, mask = makers[maker](truth, y, x)
    return Case(name, "seam" if maker == "seam" else "defect", held_out, image, truth, mask)


def _crop(picture: Float, y: int, x: int) -> tuple[Float, tuple[int, int]]:
    """At most CROP px a side around (y, x), and (y, x) in it."""
    top = min(max(0, y - CROP // 2), max(0, picture.shape[0] - CROP))
    left = min(max(0, x - CROP // 2), max(0, picture.shape[1] - CROP))
    cut = picture[top : top + CROP, left : left + CROP]
    return np.ascontiguousarray(cut), (y - top, x - left)


def _ellipse(
    shape: tuple[int, ...], y: int, x: int, half_height: float, half_width: float
) -> Float:
    ys, xs = np.mgrid[: shape[0], : shape[1]]
    inside = ((ys - y) / half_height) ** 2 + ((xs - x) / half_width) ** 2 < 1
    return np.asarray(inside, dtype=np.float32)


def _blemishes(truth: Float, y: int, x: int) -> tuple[Float, Float]:
    """Reddish spots of 2–5 px radius around (y, x), on skin; each is masked 3 px wider."""
    image, mask = truth.copy(), np.zeros(truth.shape[:2], np.float32)
    for dy, dx, radius in SPOTS:
        spot = cv2.GaussianBlur(_ellipse(mask.shape, y + dy, x + dx, radius, radius), (0, 0), 0.8)
        image += spot[..., None] * (np.array([0.45, 0.12, 0.1], np.float32) - image) * 0.75
        mask = np.maximum(mask, _ellipse(mask.shape, y + dy, x + dx, radius + 3, radius + 3))
    return image, mask


def _scratch(truth: Float, y: int, x: int) -> tuple[Float, Float]:
    """A bright and a red crooked line, 2 px wide, masked 3 px wider."""
    height, width = truth.shape[:2]
    line = np.zeros((height, width), np.uint8)
    points = np.array([[x - 45, y - 32], [x - 12, y - 8], [x + 8, y + 4], [x + 48, y + 40]])
    cv2.polylines(line, [points.astype(np.int32)], False, 255, 2, cv2.LINE_AA)
    share = (line / np.float32(255))[..., None]
    red = np.arange(width)[None, :, None] > x
    colour = np.where(
        red, np.array([0.8, 0.1, 0.1], np.float32), np.array([0.95, 0.95, 0.9], np.float32)
    )
    image = (truth * (1 - share) + colour * share).astype(np.float32)
    mask = cv2.dilate((line > 0).astype(np.float32), np.ones((7, 7), np.uint8))
    return image, np.asarray(mask, dtype=np.float32)


def pasted_face(photo: str, y: int, x: int) -> tuple[Float, Float, NDArray[np.uint8]]:
    """The photograph's crop, a face pasted over it, and where: (H, W) uint8, 0 or 255."""
    truth, (y, x) = _crop(photograph(photo), y, x)
    face = _ellipse(truth.shape[:2], y, x, 52, 38)
    return truth, _with_paste(truth, face), (face * 255).astype(np.uint8)


def _pasted(truth: Float, y: int, x: int) -> tuple[Float, Float]:
    """A pasted face: the 12 px band on its hard edge is healed."""
    face = _ellipse(truth.shape[:2], y, x, 52, 38)
    distance = cv2.distanceTransform(face.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((1 - face).astype(np.uint8), cv2.DIST_L2, 5)
    band = (distance <= 6) & (outside <= 6)
    return _with_paste(truth, face), np.asarray(band, dtype=np.float32)


def _with_paste(truth: Float, face: Float) -> Float:
    """What is inside `face` 3 px off and darker, warmer."""
    moved = np.roll(truth, (2, 3), axis=(0, 1)) * np.array([0.94, 0.87, 0.82], np.float32)
    return np.where(face[..., None] > 0, moved, truth).astype(np.float32)
