"""Docker and toolbar of the real Krita: seen after installing and when the button is pressed, and
remembered where the artist puts them."""

from pathlib import Path

import pytest
from krita_harness.home import Home
from krita_harness.launch import drive
from krita_harness.plugin import install_plugin


@pytest.fixture
def home(warmed_home: Home, built: Path, tmp_path: Path) -> Home:
    """A home in which the plugin has just been installed; no server answers."""
    fresh = warmed_home.copy(tmp_path / "home")
    install_plugin(fresh, built)
    fresh.configure(["sfumato", "sfumato_driver"], server="ws://127.0.0.1:9/sfumato")
    return fresh


def starts(home: Home, display: str, close: bool) -> bool:
    """Start Krita and quit; whether the docker was to be seen. close: it is closed before."""
    report = drive(home, display, "docking.start", close=close)
    assert report["quit"]
    return bool(report["in sight"])


def test_it_is_shown_once_after_installing(home: Home, display: str) -> None:
    assert starts(home, display, close=True)
    assert not starts(home, display, close=False)
    # Installed into a Krita that would start it hidden: nothing but the note is different.
    settings = home.config / "kritarc"
    settings.write_text(settings.read_text().replace("docker_shown=1\n", ""))
    assert starts(home, display, close=False)


def test_the_button_brings_it_into_sight(home: Home, display: str) -> None:
    said = drive(home, display, "docking.pressed")["said"]
    assert "No Sfumato server answers" in said
    log = home.root / "data" / "krita" / "sfumato" / "plugin.log"
    assert "no_server, ws 127.0.0.1:9" in log.read_text()


def test_krita_remembers_where_the_toolbar_is_and_whether_it_is_shown(
    home: Home, display: str
) -> None:
    left, top = 1, 4  # of Qt's ToolBarArea
    first = drive(home, display, "toolbars.hide_at_the_left")
    assert (first["found"], first["left"]) == ([True, top], [False, left])
    second = drive(home, display, "toolbars.show_again")
    assert (second["found"], second["second"]) == ([False, left], [False, left])
    assert second["left"] == [[False, left], [True, left]]
