"""The guide's steps, word by word, in a fresh Krita with the server that its button starts.

SFUMATO_SCREENSHOTS names a folder for the pictures in the guide, which are taken on the way; then
the docker is looked at in other themes and sizes too.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from examples.demo import spoilt
from krita_harness.display import virtual_display
from krita_harness.home import Home
from krita_harness.launch import drive
from krita_harness.plugin import install_plugin
from krita_harness.screenshots import keep
from krita_harness.server import serving
from krita_harness.wrapper import wrapped
from PIL import Image

WANTED = os.environ.get("SFUMATO_SCREENSHOTS", "")
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A portrait with spots, and its face once more: 3 px off, in other light, cut out hard."""
    folder = tmp_path_factory.mktemp("pictures")
    photo = skimage.data.astronaut()
    made = spoilt(photo)
    bare = np.where(made.pasted[..., None] > 0, photo, made.picture)
    Image.fromarray(bare).save(folder / "portrait.png")
    Image.fromarray(np.dstack([made.picture, made.pasted])).save(folder / "face.png")
    return {"portrait": str(folder / "portrait.png"), "face": str(folder / "face.png")}


def shots(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    return tmp_path_factory.mktemp("shots") if WANTED else None


@pytest.fixture(scope="module")
def home(warmed_home: Home, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which the plugin has just been installed; nobody answers at its server's port."""
    fresh = warmed_home.copy(tmp_path_factory.mktemp("guide") / "home")
    install_plugin(fresh, built)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fresh.configure(["sfumato", "sfumato_driver"], server=f"ws://127.0.0.1:{port}/sfumato")
    return fresh


@pytest.fixture(scope="module")
def server(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Lets the docker's button start the server of this checkout, and ends it afterwards."""
    told = wrapped(home, tmp_path_factory.mktemp("wrapper"))
    yield
    with contextlib.suppress(OSError, ValueError):
        os.kill(json.loads(told.read_text())["pid"], signal.SIGKILL)


@pytest.fixture(scope="module")
def report(
    home: Home,
    server: None,
    display: str,
    pictures: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    folder, taken = tmp_path_factory.mktemp("saved"), shots(tmp_path_factory)
    found = drive(
        home, display, "guide.follow", seconds=300,
        folder=str(folder), pictures=str(taken or ""), **pictures,
    )  # fmt: skip
    if taken is not None:
        keep(taken, Path(WANTED))
    return found


def test_the_button_starts_the_server(report: dict[str, Any]) -> None:
    assert report["without server"].startswith("No Sfumato server answers at")
    assert report["button gone"]


def test_the_first_retouch_is_one_undo_step(report: dict[str, Any]) -> None:
    assert report["healed"]
    assert report["undone"]


def test_the_mask_is_seen_and_in_hand(report: dict[str, Any]) -> None:
    assert report["zones"].startswith("3 passes: up to ")
    assert report["zone of pass 2"].startswith("Pass 2, the edge: ")
    assert report["auto"].startswith("Feather: auto, ")
    assert report["feather"] == "Feather: 14 px"
    assert report["picture untouched"]


def test_the_ladder_is_in_hand(report: dict[str, Any]) -> None:
    assert report["strength"] == "0.50 corrects"


def test_the_boundary_comes_as_three_passes(report: dict[str, Any]) -> None:
    assert report["fitted"]
    assert [name.split(" · ")[:2] for name in report["passes"]] == [
        ["1 whole", "strength 0.70"],
        ["2 ring", "strength 0.40"],
        ["3 wide", "strength 0.25"],
    ]


def test_pass_2_is_redone_three_times_and_the_best_is_kept(report: dict[str, Any]) -> None:
    assert report["only the last is seen"] == [False, False, False, True]
    assert (report["pass 1 stays"], report["pass 2 differs"]) == (1, 4)
    assert report["kept"] == 1
    assert report["before and after"]
    assert report["levels off by merging"] <= 1


def test_the_history_outlives_the_file(report: dict[str, Any]) -> None:
    assert report["jobs"] >= 5
    assert report["pictures"]
    assert report["reselected"] > 0


def test_what_is_protected_does_not_change(report: dict[str, Any]) -> None:
    assert report["protected px"] > 4000
    changed, of_what_is_protected = report["changed px"]
    assert changed > 1000
    assert of_what_is_protected == 0


LOOKS = {  # name: screen, theme, scale, height of the docker
    "small": ("1366x768x24", "", 1.0, 0),
    "low": ("1366x768x24", "", 1.0, 290),
    "light": ("1600x1000x24", "Krita bright", 1.0, 0),
    "dense": ("3200x2000x24", "", 2.0, 0),
}


# The tightest each time, the others where their pictures are wanted.
@pytest.mark.parametrize("look", LOOKS if WANTED else ["low"])
def test_what_runs_is_in_sight(
    look: str, new_home: Any, pictures: dict[str, Any], tmp_path: Path
) -> None:
    screen, theme, scale, height = LOOKS[look]
    with virtual_display(screen) as name, serving(tmp_path / "server") as server:
        home = new_home(server)
        if theme:
            with (home.config / "kritarc").open("a") as file:
                file.write(f"\n[theme]\nTheme={theme}\n")
        shown = tmp_path / f"guide-{look}.png"
        report = drive(
            home, name, "guide.look", seconds=120, scale=scale,
            height=height, picture=str(shown), **pictures,
        )  # fmt: skip
    assert report["window"] == [int(side) / scale for side in screen.split("x")[:2]]
    assert report["inside"], "the docker makes the window larger than the screen"
    assert report["hidden"] == []
    if height:
        assert report["docker"] <= height
    if WANTED:
        keep(tmp_path, Path(WANTED))
