"""The real Krita, once for all its tests: a display, a warmed home, and copies of that home."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from krita_harness import launch, machine
from krita_harness.display import virtual_display
from krita_harness.home import Home
from krita_harness.plugin import build_plugin, install_plugin
from krita_harness.server import Server
from numpy.typing import NDArray
from PIL import Image

NewHome = Callable[..., Home]


@pytest.fixture(scope="session", autouse=True)
def krita_on_this_machine() -> None:
    """No Krita is a failure, unless somebody said that this machine may go without."""
    absent = machine.missing()
    if absent and machine.may_go_without():
        pytest.skip(absent)
    if absent:
        pytest.fail(absent, pytrace=False)


@pytest.fixture(scope="session")
def display(krita_on_this_machine: None) -> Iterator[str]:
    """The name of an X display of our own."""
    with virtual_display() as name:
        yield name


@pytest.fixture(scope="session")
def warmed_home(display: str, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which Krita has started once and built its resource cache."""
    home = Home.create(tmp_path_factory.mktemp("krita") / "warm")
    launch.install_driver(home)
    home.configure(["sfumato_driver"])
    launch.drive(home, display, "basics.start", seconds=150)
    return home


@pytest.fixture(scope="session")
def runner_home(krita_on_this_machine: None, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home of kritarunner; whoever comes first warms it."""
    return Home.create(tmp_path_factory.mktemp("kritarunner") / "home")


@pytest.fixture(scope="session")
def built(krita_on_this_machine: None) -> Path:
    """The folder with the built plugin and its zip."""
    return build_plugin()


@pytest.fixture(scope="session")
def new_home(warmed_home: Home, built: Path, tmp_path_factory: pytest.TempPathFactory) -> NewHome:
    """Makes a warm home with the plugin installed, set to a server and a recipe."""
    folder, numbers = tmp_path_factory.mktemp("homes"), itertools.count()

    def make(server: Server, recipe: str = "face-swap-boundary") -> Home:
        home = warmed_home.copy(folder / f"home{next(numbers)}")
        install_plugin(home, built)
        home.configure(
            ["sfumato", "sfumato_driver"],
            server=server.url,
            token=server.token,
            recipe=recipe,
            seed="7",
            seed_locked="1",
        )
        return home

    return make


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph, 512 x 512 px, as a PNG without a profile: sRGB to Krita."""
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    Image.fromarray(skimage.data.astronaut()).save(path)
    return path


@pytest.fixture(scope="session")
def ellipse() -> NDArray[np.uint8]:
    """Coverage (512, 512) of an ellipse around the name tag, its edge about a pixel wide."""
    y, x = np.mgrid[:512, :512]
    inside = 40 * (1 - np.hypot((x - 305) / 44, (y - 359) / 36)) + 0.5
    coverage: NDArray[np.uint8] = (np.clip(inside, 0, 1) * 255).astype(np.uint8)
    return coverage
