"""What a user waits for, warm: the time from the client's call to its result."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import cv2
import numpy as np

from benchmarks.quality_case import coverage, ellipse, photograph
from benchmarks.quality_faces import ASTRONAUT, LADDER, framed
from benchmarks.quality_holes import with_spot
from benchmarks.quality_ours import inpainted
from sfumato_server.client.client import Client
from sfumato_server.imaging.arrays import Float, Mask

RUNS = 3


def speeds(client: Client) -> Iterator[tuple[str, float]]:
    """What was done, and the median of its seconds."""
    for name, picture, selection, recipe in _jobs():
        times = []
        for _ in range(RUNS + 1):  # the first warms up
            started = time.perf_counter()
            inpainted(client, picture, selection, recipe)
            times.append(time.perf_counter() - started)
        yield name, statistics.median(times[1:])


def _jobs() -> Iterator[tuple[str, Float, Mask, str]]:
    face = framed(ASTRONAUT)[0]
    large = _enlarged(face, 6000, 4000)
    spot = coverage(ellipse(large.shape, 2200, 2700, 20, 20))
    yield "a spot of 40 px in 24 megapixels, heal", with_spot(large, 2200, 2700, 10), spot, "heal"
    face = _enlarged(face, 1024, 1024)
    oval = coverage(ellipse(face.shape, 512, 512, 200, 152))
    yield "the face ladder on a crop of 1024 px a side", face, oval, LADDER
    grass = photograph("grass")
    hole = np.zeros(grass.shape[:2], np.uint8)
    hole[192:320, 192:320] = 255
    yield "a hole of 128 px in 512 px a side, heal", grass, hole, "heal"


def _enlarged(picture: Float, width: int, height: int) -> Float:
    return np.asarray(
        cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    )
