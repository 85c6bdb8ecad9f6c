"""`sfumato install-plugin`: builds the plugin from its sources and puts it where Krita looks."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from sfumato_protocol import endpoint

_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parents[1]
# A wheel carries its own copy of the folders that the tools read.
_CARRIED = _PACKAGE / "krita_files"
_VERSION = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class KritaPlace:
    """One Krita of this user: its resource folder and its kritarc, there or not."""

    label: str
    resources: Path
    config: Path


def sources() -> Path | None:
    """The folder that holds `plugin/`, `protocol/` and `tools/`, or None."""
    for place in (_CHECKOUT, _CARRIED):
        if (place / "tools" / "install_plugin.py").is_file():
            return place
    return None


def krita_places() -> list[KritaPlace]:
    """Where the plugin goes, as the installing tool knows it."""
    place = sources()
    if place is None:
        return []
    tool = runpy.run_path(str(place / "tools" / "install_plugin.py"))
    found = tool["chosen"](tool["places"]())
    return [KritaPlace(one.label, one.resources, one.config) for one in found]


def install(resources: Path | None) -> int:
    """Build and install; the exit status."""
    place = sources()
    if place is None:
        click.echo(
            f"The plugin's sources are neither in {_CHECKOUT} nor in {_CARRIED}. "
            "Install Sfumato again, or run from a checkout.",
            err=True,
        )
        return 1
    tools = place / "tools"
    out = place / "build" if place == _CHECKOUT else endpoint.home() / "plugin-build"
    build = [sys.executable, str(tools / "package_plugin.py"), "--out", str(out)]
    if subprocess.run(build, stdout=subprocess.DEVNULL, check=False).returncode:
        click.echo("The plugin could not be built, see above.", err=True)
        return 1
    install_it = [sys.executable, str(tools / "install_plugin.py"), "--built", str(out / "plugin")]
    if resources is not None:
        install_it += ["--resources", str(resources)]
    return subprocess.run(install_it, check=False).returncode


def installed_version(resources: Path) -> str | None:
    """The version of the plugin in a resource folder, None where there is no plugin."""
    try:
        source = (resources / "pykrita" / "sfumato" / "__init__.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = _VERSION.search(source)
    return found[1] if found else "of unknown version"


def is_enabled(kritarc: Path) -> bool:
    """Whether Krita's settings enable the plugin."""
    try:
        return "enable_sfumato=true" in kritarc.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
