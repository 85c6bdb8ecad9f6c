"""One case with every method: ours as users get it, the peers at their best."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks import quality_peers
from benchmarks.quality_case import HALF, Case, levels
from benchmarks.quality_figures import Bool, Figures, measure, seam
from benchmarks.quality_ours import inpainted
from benchmarks.quality_peers import Bytes
from benchmarks.quality_score import score
from sfumato_server.client.client import Client
from sfumato_server.client.pixels import Image
from sfumato_server.imaging.arrays import Float

OURS = "Sfumato"
SEAM = "Sfumato, seam"
UNTOUCHED = "untouched"
CLONES = {
    "seamlessClone": quality_peers.seamless_clone,
    "Poisson clone": quality_peers.poisson_clone,
}
FACE_KINDS = frozenset({"paste", "feathered", "clean", "wide"})
GROWN = (0, 2)  # px by which a peer's mask is the selection grown; its better result counts


@dataclass(frozen=True)
class Outcome:
    """picture: (H, W, 3) float32 0..1. figures: None where there is no truth. score: smaller is
    better. seams: `Figures.seam` of what was given and after every pass, of ours at pastes."""

    method: str
    picture: Float
    figures: Figures | None
    score: float
    seconds: float
    seams: tuple[float, ...] = ()


def outcomes(case: Case, client: Client, peers: bool) -> list[Outcome]:
    """Ours first. Raises `RuntimeError` for a method that changes a px outside its mask."""
    with ThreadPoolExecutor(1) as pool:
        ours = pool.submit(lambda: list(_ours(case, client)))
        others = list(_peers(case)) if peers else []
        return [*ours.result(), *others]


def ours(case: Case, client: Client, method: str = OURS) -> Outcome:
    """Our result with the case's recipe, or for `SEAM` with the recipe of that name."""
    started = time.perf_counter()
    recipe = "seam" if method == SEAM else case.recipe
    job = inpainted(client, case.image, case.selection, recipe, case.passes)
    seconds, stages = (
        time.perf_counter() - started,
        [levels(case.image), *map(_bytes, job.stages())],
    )
    reach = np.zeros(case.selection.shape, np.bool_)
    for each in job.passes:
        area = each.area
        reach[area.y : area.bottom, area.x : area.right] |= each.mask > 0
    seams = []
    if case.kind in ("paste", "feathered") and case.truth is not None:
        inside = case.mask > 0
        seams = [seam(_floats(stage), case.truth, inside) for stage in stages]
    return _outcome(case, method, stages[-1], reach, seconds, tuple(seams))


def _ours(case: Case, client: Client) -> Iterator[Outcome]:
    yield ours(case, client)
    if case.kind in ("paste", "feathered"):
        yield ours(case, client, SEAM)


def _peers(case: Case) -> Iterator[Outcome]:
    image, selected = levels(case.image), np.asarray(case.selection >= HALF)
    if case.kind in FACE_KINDS:
        yield _outcome(case, UNTOUCHED, image, selected, 0.0)
        for name in CLONES:
            yield _cloned(case, name, image, selected)
        return
    for name, peer in quality_peers.fills().items():
        yield min(_filled(case, name, peer, image, selected), key=lambda each: each.score)


def _filled(
    case: Case, name: str, peer: Callable[[Bytes, Bytes], Bytes], image: Bytes, selected: Bool
) -> Iterator[Outcome]:
    for px in GROWN:
        size = 2 * px + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        mask = np.asarray(cv2.dilate(selected.astype(np.uint8) * 255, disc), np.uint8)
        started = time.perf_counter()
        filled = peer(image, mask)
        seconds = time.perf_counter() - started
        kept = np.where(mask[..., None] > 0, filled, image)  # some redraw what they were to keep
        yield _outcome(case, name, kept, mask > 0, seconds)


def _cloned(case: Case, name: str, image: Bytes, selected: Bool) -> Outcome:
    """The layer that was pasted, or its px carried on where it is not there, over the picture."""
    mask = selected.astype(np.uint8) * 255
    layer = quality_peers.extended(image, mask) if case.layer is None else levels(case.layer)
    started = time.perf_counter()
    cloned = CLONES[name](image, layer, mask)
    seconds = time.perf_counter() - started
    everywhere = np.ones(mask.shape, np.bool_)  # OpenCV's changes the bounding rectangle
    return _outcome(case, name, cloned, everywhere, seconds)


def _outcome(
    case: Case,
    method: str,
    picture: Bytes,
    reach: Bool,
    seconds: float,
    seams: tuple[float, ...] = (),
) -> Outcome:
    given = levels(case.image)
    outside = np.abs(picture.astype(np.int16) - given)[~reach].max(initial=0)
    if outside:
        raise RuntimeError(f"{method} changed {case.name} by {outside} levels outside its mask")
    result = _floats(picture)
    if case.truth is None:
        return Outcome(method, result, None, 0.0, seconds, seams)
    figures = measure(result, case.truth, case.image, case.mask > 0)
    return Outcome(method, result, figures, score(case.kind, figures), seconds, seams)


def _bytes(picture: Image) -> Bytes:
    return np.asarray(picture, np.uint8)


def _floats(picture: Bytes) -> Float:
    return picture.astype(np.float32) / np.float32(255)
