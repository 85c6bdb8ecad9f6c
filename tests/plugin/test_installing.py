"""Where the plugin goes, and what happens to Krita's settings."""

from __future__ import annotations

import configparser
import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sfumato import local_server


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The least that passes for a built plugin."""
    package = tmp_path / "built" / "sfumato"
    (package / "_vendor" / "sfumato_protocol").mkdir(parents=True)
    (package / "__init__.py").write_text("new = True\n")
    for suffix in (".desktop", ".action"):
        (package.parent / f"sfumato{suffix}").write_text(suffix)
    return package.parent


@pytest.mark.parametrize(
    ("platform", "environment", "resources", "config"),
    [
        ("linux", {}, ".local/share/krita", ".config/kritarc"),
        ("linux", {"XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c"}, "/d/krita", "/c/kritarc"),
        ("win32", {"APPDATA": "/r", "LOCALAPPDATA": "/l"}, "/r/krita", "/l/kritarc"),
        ("darwin", {}, "Library/Application Support/krita", "Library/Preferences/kritarc"),
    ],
)
def test_krita_is_looked_for_where_it_keeps_things(
    install_plugin: ModuleType,
    platform: str,
    environment: dict[str, str],
    resources: str,
    config: str,
) -> None:
    home = Path("/home/artist")
    place = install_plugin.places(platform, environment, home)[0]
    assert (place.resources, place.config) == (home / resources, home / config)


def test_flatpak_is_served_where_it_is_used(install_plugin: ModuleType, tmp_path: Path) -> None:
    candidates = install_plugin.places("linux", {}, tmp_path)
    assert [place.label for place in install_plugin.chosen(candidates)] == ["Krita"]
    candidates[1].resources.mkdir(parents=True)
    assert [place.label for place in install_plugin.chosen(candidates)] == ["Krita (Flatpak)"]
    candidates[0].config.parent.mkdir()
    candidates[0].config.write_text("")
    assert len(install_plugin.chosen(candidates)) == 2


def test_an_older_version_goes_away_whole(
    install_plugin: ModuleType, built: Path, tmp_path: Path
) -> None:
    resources = tmp_path / "krita"
    old = resources / "pykrita" / "sfumato"
    old.mkdir(parents=True)
    (old / "gone.py").write_text("")
    put = install_plugin.install(built, resources)
    assert all(path.exists() for path in put)
    assert sorted(path.name for path in old.iterdir()) == [
        "__init__.py",
        "_vendor",
        "server.json",
    ]
    assert sorted(path.name for path in (resources / "pykrita").iterdir()) == [
        "sfumato",
        "sfumato.desktop",
    ]
    assert (resources / "actions" / "sfumato.action").read_text() == ".action"


def test_what_is_no_built_plugin_is_not_installed(
    install_plugin: ModuleType, tmp_path: Path
) -> None:
    with pytest.raises(install_plugin.InstallError, match="make plugin"):
        install_plugin.install(tmp_path, tmp_path / "krita")
    assert not (tmp_path / "krita").exists()


def test_a_folder_that_cannot_be_written_is_named(
    install_plugin: ModuleType, built: Path, tmp_path: Path
) -> None:
    (tmp_path / "krita").write_text("a file")
    with pytest.raises(install_plugin.InstallError, match="--resources"):
        install_plugin.install(built, tmp_path / "krita")


@pytest.mark.parametrize(
    "before",
    [
        "",
        "[general]\na=1",
        "[general]\na=1\n\n[python]\nenable_other=true\n\n[zoom]\nb=[python]\n",
        "[python]\nenable_sfumato=false\nenable_other=true\n",
        "[python]\nenable_sfumato=true\n",
    ],
)
def test_enabling_changes_one_line(install_plugin: ModuleType, before: str) -> None:
    after = install_plugin.enabled(before)
    read = configparser.ConfigParser()
    read.read_string(after)
    assert read["python"]["enable_sfumato"] == "true"
    kept = [line for line in before.split("\n") if "sfumato" not in line and line]
    assert [line for line in after.split("\n") if line in kept and line] == kept
    assert install_plugin.enabled(after) == after


def test_kritarc_keeps_its_mode_and_leaves_nothing_beside_it(
    install_plugin: ModuleType, tmp_path: Path
) -> None:
    kritarc = tmp_path / "config" / "kritarc"
    install_plugin.enable(kritarc)
    kritarc.chmod(0o640)
    install_plugin.enable(kritarc)
    assert stat.S_IMODE(kritarc.stat().st_mode) == 0o640
    assert [path.name for path in kritarc.parent.iterdir()] == ["kritarc"]


@pytest.mark.parametrize("running", [True, False])
def test_one_sentence_says_what_was_done_and_what_to_do(
    install_plugin: ModuleType, built: Path, tmp_path: Path, running: bool
) -> None:
    place = install_plugin.KritaPlace(tmp_path / "krita", tmp_path / "kritarc", "Krita")
    (said,) = install_plugin.install_everywhere(built, [place], running)
    assert "enable_sfumato=true" in place.config.read_text()
    assert str(place.resources) in said
    assert ("restart it" in said) is running


def test_the_plugin_is_told_how_the_server_is_started(
    install_plugin: ModuleType, built: Path, tmp_path: Path
) -> None:
    install_plugin.install(built, tmp_path)
    python, *module = local_server.command(str(tmp_path / "pykrita" / "sfumato"), {})
    assert (python, module) == (sys.executable, ["-m", "sfumato_server"])
