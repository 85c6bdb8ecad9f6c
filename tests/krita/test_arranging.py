"""Result layers among an artist's own in the real Krita: below what was above the active layer, and
not changed by it; compared, asked after and merged without a trace but one undo step."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from krita_harness.launch import drive
from krita_harness.server import serving
from numpy.typing import NDArray

from fakes.engines import Painter, spec

GROUP = "Sfumato · face-swap-boundary · seed 7"
DTYPES: dict[str, "np.dtype[Any]"] = {"U8": np.dtype("u1"), "U16": np.dtype("<u2")}


class Depth:
    """What was left for one depth of colour."""

    def __init__(self, name: str, folder: Path, report: dict[str, Any]) -> None:
        self.dtype: np.dtype[Any] = DTYPES[name]
        self.folder, self.report = folder / name, report
        self.unit = np.iinfo(self.dtype).max / 255

    def seen(self, name: str) -> NDArray[Any]:
        """A picture (512, 512, 4), in levels of 255."""
        content = np.fromfile(self.folder / name, self.dtype).reshape(512, 512, 4)
        levels: NDArray[Any] = content / self.unit
        return levels

    def read(self) -> NDArray[Any]:
        """The crop that the job read, as in `seen`."""
        _, _, width, height = self.report["crop"]
        content = np.fromfile(self.folder / "read", self.dtype).reshape(height, width, 4)
        levels: NDArray[Any] = content / self.unit
        return levels

    def same(self, one: str, other: str) -> bool:
        return (self.folder / one).read_bytes() == (self.folder / other).read_bytes()


@pytest.fixture(scope="module")
def depths(
    new_home: Any, display: str, photo: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Depth]:
    folder = tmp_path_factory.mktemp("arranging")
    with serving(folder / "server", [spec(Painter)]) as server:
        told = drive(
            new_home(server), display, "arranging.day", photo=str(photo), folder=str(folder),
            pictures=os.environ.get("SFUMATO_SCREENSHOTS", ""),
        )  # fmt: skip
    return [
        Depth(name, folder, report) for name, report in zip(DTYPES, told["depths"], strict=True)
    ]


def test_the_group_goes_right_above_the_active_layer(depths: list[Depth]) -> None:
    for one in depths:
        (base, _), group, top = one.report["nodes"]
        assert base not in (GROUP, "line art")
        assert (group, top) == ([GROUP, 3], ["line art", 0])


def test_what_lies_above_is_not_read(depths: list[Depth]) -> None:
    for one in depths:
        x, y, width, height = one.report["crop"]
        photo, with_lines = (
            one.seen(name)[y : y + height, x : x + width] for name in ("photo", "before")
        )
        assert np.abs(photo - with_lines).max() > 50
        assert (one.read() == photo).all()


def test_before_and_after_is_no_change(depths: list[Depth]) -> None:
    for one in depths:
        assert one.report["compared"] == [False, True, False]
        assert one.same("compared", "before")
        assert one.same("seen again", "after")
        assert not one.same("before", "after")


def test_what_a_history_asks(depths: list[Depth]) -> None:
    for one in depths:
        layers, full, half, no_less_empty, hidden = one.report["masks"]
        assert (layers, no_less_empty, hidden) == (3, True, True)
        assert full == 255
        assert half == 128
        assert one.report["selected"]
        assert one.report["activated"]
        assert one.report["gone"] == [False, True]


def test_merged_the_picture_is_the_same_and_one_undo_brings_the_passes_back(
    depths: list[Depth],
) -> None:
    for one in depths:
        (_, base), merged, _ = one.report["merged"]
        assert (base, merged) == (0, [GROUP, 0])
        assert np.abs(one.seen("merged") - one.seen("after")).max() <= 1.0
        assert one.report["record"] == [True]
        assert one.report["undone"] == one.report["nodes"]
        assert one.same("undone", "after")
        assert one.same("redone", "merged")
