"""What doctor reads of Krita's folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfumato_server import __version__
from sfumato_server.cli.doctor import _engines
from sfumato_server.cli.install_plugin import installed_version, is_enabled, krita_places, sources


def test_the_plugin_s_own_version_is_found() -> None:
    place = sources()
    assert place is not None
    plugin = (place / "plugin" / "sfumato" / "__init__.py").read_text()
    assert f'__version__ = "{__version__}"' in plugin, "server and plugin go together"


def test_a_recipe_that_cannot_be_used_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path))
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "mine.toml").write_text("engine = 5")
    (note,) = (one for one in _engines() if "mine.toml" in one.text)
    assert note.right is None


def test_no_plugin_has_no_version(tmp_path: Path) -> None:
    assert installed_version(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "enabled"),
    [
        ("[python]\nenable_sfumato=true\n", True),
        ("[python]\nenable_sfumato=false\n", False),
        ("[python]\nenable_sfumato_other=true\n", False),
        ("", False),
    ],
)
def test_whether_the_plugin_is_enabled(tmp_path: Path, text: str, enabled: bool) -> None:
    kritarc = tmp_path / "kritarc"
    kritarc.write_text(text)
    assert is_enabled(kritarc) is enabled
    assert is_enabled(tmp_path / "nowhere") is False


def test_krita_s_folders_follow_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert krita_places()[0].resources == tmp_path / "data" / "krita"
