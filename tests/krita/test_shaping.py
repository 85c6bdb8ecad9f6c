"""The mask before the click in the real Krita: shown, taken in hand, over the canvas; then run."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from krita_harness.home import Home
from krita_harness.launch import drive
from krita_harness.plugin import install_plugin
from krita_harness.server import serving
from numpy.typing import NDArray
from PIL import Image

VIEWS = ("fitted", "near", "turned", "turned-and-mirrored", "mirrored-and-far")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shots")


@pytest.fixture(scope="module")
def report(
    new_home: Any,
    display: str,
    photo: Path,
    pictures: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("server")
    with serving(home, ["fakes.engines:Adder"]) as server:
        given: dict[str, Any] = {"photo": str(photo), "place": str(pictures)}
        return drive(new_home(server), display, "shaping.before_the_click", **given)


def test_the_mask_follows_selection_and_hand(report: dict[str, Any]) -> None:
    assert report["automatic"].startswith("Feather: auto, ")
    assert report["words"].startswith("3 passes: up to ")
    chosen, written = report["by hand"]
    assert written == f"Feather: {chosen + 3} px"
    assert report["inside"].startswith("3 passes: nothing outside the selection changes.")


def test_advice_comes_before_the_click_and_tells_why_when_asked(report: dict[str, Any]) -> None:
    assert "13 px" in report["advice"]
    said, why = report["why"].split("\n")
    assert said == report["advice"]
    assert len(why) > 20


def test_over_the_canvas_it_is_seen_and_touches_nothing(
    report: dict[str, Any], pictures: Path
) -> None:
    assert report["untouched"] == [True, True, True]
    without, shown = shot(pictures / "docker.png"), shot(pictures / "canvas.png")
    changed = np.abs(shown.astype(int) - without).max(axis=2)[60:950, 70:1150] > 24
    assert 2000 < changed.sum() < 0.2 * changed.size


def test_nobody_is_asked_while_the_docker_is_hidden(report: dict[str, Any]) -> None:
    assert report["asked while hidden"] == 0


def test_what_was_shown_is_what_runs(report: dict[str, Any]) -> None:
    assert (report["planned as shown"], report["passes"]) == (True, 3)
    assert report["crop as shown"]


def test_what_an_inverted_selection_protects_is_not_changed(report: dict[str, Any]) -> None:
    protected, at_all = report["changed where protected, and at all"]
    assert protected == 0
    assert at_all > 100_000


def test_it_goes_with_its_picture(report: dict[str, Any]) -> None:
    assert (report["over another picture"], report["over no picture"]) == (0, 0)


@pytest.mark.parametrize("scale", [1, 2])
def test_an_overlay_lies_exactly_over_its_area(
    warmed_home: Home, built: Path, display: str, tmp_path: Path, scale: int
) -> None:
    home = warmed_home.copy(tmp_path / "home")
    install_plugin(home, built)
    home.configure(["sfumato", "sfumato_driver"], server="ws://127.0.0.1:9/sfumato")
    report = drive(home, display, "shaping.placed", scale=scale, place=str(tmp_path))
    left, top, width, height = (scale * number for number in report["canvas"])
    for view in VIEWS:
        seen = [
            shot(tmp_path / f"{view}-{which}.png")[top : top + height, left : left + width]
            for which in ("with", "without")
        ]
        covered, red = of_hue(seen[0], 2), of_hue(seen[1], 0)
        assert red.sum() > 5000, view
        edge = 4 * np.sqrt(red.sum())  # px, of a square
        assert of_hue(seen[0], 0).sum() < 0.1 * edge, view
        assert (covered ^ red).sum() < 1.5 * edge, view


def shot(path: Path) -> NDArray[np.uint8]:
    """A screenshot, (height, width, 3)."""
    return np.asarray(Image.open(path).convert("RGB"))


def of_hue(picture: NDArray[np.uint8], channel: int) -> NDArray[np.bool_]:
    """Where one channel is high and the others are low."""
    others = [c for c in range(3) if c != channel]
    low = (picture[..., others] < 60).all(axis=2)
    return np.asarray((picture[..., channel] > 200) & low)
