"""What a session in Krita left behind: the driver's report and pixels, as arrays."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sfumato_protocol.geometry import Extent, Rect
from sfumato_protocol.messages import PlannedPass
from sfumato_server.client.client import Client
from sfumato_server.client.result import PassResult

from .server import Server

Pixels = NDArray[Any]
# (depth, profile); "" leaves the photo as Krita opens it, 8 bits sRGB.
SPACES = [
    ["", ""],
    ["U16", "sRGB-elle-V2-srgbtrc.icc"],
    ["U16", "sRGB-elle-V2-g10.icc"],
    ["U8", "sRGB-elle-V2-g10.icc"],
]
_DTYPES: dict[str, "np.dtype[Any]"] = {"U8": np.dtype("u1"), "U16": np.dtype("<u2")}


class Session:
    """folder: where the driver left raw pixels. report: what it said, its records parsed."""

    def __init__(self, folder: Path, report: dict[str, Any]) -> None:
        self.folder = folder
        self.report = report
        for described in (report, report["reopened"]):
            described["provenance"] = json.loads(described["provenance"])

    @property
    def dtype(self) -> "np.dtype[Any]":
        return _DTYPES[self.report["colour"][1]]

    def pixels(self, name: str) -> Pixels:
        """A whole picture (height, width, 4): R, G, B, A."""
        width, height = self.report["size"]
        return self._rgba(self.folder / name, (height, width, 4))

    def passes(self) -> Iterator[PassResult]:
        """The layers and masks that Krita holds, as a client would have received them."""
        areas = [Rect(*area) for area in self.report["areas"]]
        for number, (area, plan) in enumerate(
            zip(areas, self.report["provenance"]["plan"], strict=True)
        ):
            size = (area.height, area.width)
            mask = np.fromfile(self.folder / f"mask{number}", np.uint8).reshape(size)
            layer = self._rgba(self.folder / f"pixels{number}", (*size, 4))
            planned = PlannedPass(**{**plan, "extent": Extent(**plan["extent"])})
            yield PassResult(planned, area, layer, mask, 0.0)

    def _rgba(self, path: Path, shape: tuple[int, int, int]) -> Pixels:
        bgra = np.fromfile(path, self.dtype).reshape(shape)
        return np.ascontiguousarray(bgra[..., [2, 1, 0, 3]])


def rerun(server: Server, session: Session, selection: NDArray[np.uint8]) -> Pixels:
    """The composite that the Python client gets for the session's picture and selection."""
    with Client.connect(server.url, server.token) as client:
        done = client.inpaint(
            session.pixels("before"), selection, recipe="face-swap-boundary", seed=7
        )
    return done.flattened


def worst_levels(one: Pixels, other: Pixels) -> float:
    """The largest difference between two pictures, in 1/255 of the full range."""
    unit = np.iinfo(one.dtype).max / 255
    return float(np.abs(one.astype(np.float64) - other).max() / unit)
