"""The zip that `make plugin` builds, through Krita's own plugin importer."""

from pathlib import Path

from krita_harness.home import Home
from krita_harness.launch import drive
from krita_harness.server import serving


def test_the_zip_imports_and_the_plugin_runs(
    warmed_home: Home, display: str, built: Path, tmp_path: Path
) -> None:
    home = warmed_home.copy(tmp_path / "home")
    archive = built / "sfumato-krita.zip"
    report = drive(home, display, "importing.import_zip", archive=str(archive))
    assert "Sfumato" in report["asked"]
    assert report["enabled"] == "true"
    assert report["action"]
    with serving(tmp_path / "server", ["fakes.engines:Adder"]) as server:
        home.give_settings(server=server.url, token=server.token)
        found = drive(home, display, "importing.plugin_is_there")
    assert found["button"] == found["menu"] == "Inpaint selection"
    assert found["icon"]
    assert found["recipes"] >= 6
