"""Put the built plugin into Krita's resource folder and switch it on."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "sfumato"
_SECTION = "[python]"
_FLATPAK = Path(".var/app/org.kde.krita")


@dataclass(frozen=True)
class KritaPlace:
    """Where one Krita keeps things. resources: its resource folder. config: its kritarc."""

    resources: Path
    config: Path
    label: str


class InstallError(Exception):
    """The plugin cannot be installed; the text says what was got, expected and what to do."""


def places(
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
    home: Path | None = None,
) -> list[KritaPlace]:
    """Every place where a Krita of this user looks, the ordinary one first."""
    home = home or Path.home()
    if platform == "win32":
        roaming = Path(environment.get("APPDATA", str(home / "AppData/Roaming")))
        local = Path(environment.get("LOCALAPPDATA", str(home / "AppData/Local")))
        return [KritaPlace(roaming / "krita", local / "kritarc", "Krita")]
    if platform == "darwin":
        support = home / "Library/Application Support/krita"
        return [KritaPlace(support, home / "Library/Preferences/kritarc", "Krita")]
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    box = home / _FLATPAK
    return [
        KritaPlace(data / "krita", config / "kritarc", "Krita"),
        KritaPlace(box / "data/krita", box / "config/kritarc", "Krita (Flatpak)"),
    ]


def chosen(candidates: list[KritaPlace]) -> list[KritaPlace]:
    """The places in use; the first one where no Krita has run yet."""
    used = [place for place in candidates if place.resources.is_dir() or place.config.is_file()]
    return used or candidates[:1]


def install(built: Path, resources: Path) -> list[Path]:
    """Copy a built plugin into a resource folder, replacing an older one; returns what was put.

    Raises `InstallError` if `built` is no built plugin or the folder cannot be written.
    """
    package = built / NAME
    if not (package / "_vendor" / "sfumato_protocol").is_dir():
        raise InstallError(f"got {built}, expected a built plugin. Run: make plugin")
    pykrita, actions = resources / "pykrita", resources / "actions"
    targets = [pykrita / NAME, pykrita / f"{NAME}.desktop", actions / f"{NAME}.action"]
    try:
        for folder in (pykrita, actions):
            folder.mkdir(parents=True, exist_ok=True)
        _replace_folder(package, targets[0])
        shutil.copy(built / f"{NAME}.desktop", targets[1])
        shutil.copy(built / f"{NAME}.action", targets[2])
        _note_server(targets[0])
    except OSError as error:
        raise InstallError(
            f"{resources} cannot be written ({error}). Name another with --resources."
        ) from error
    return targets


def enabled(kritarc: str) -> str:
    """A kritarc's text with the plugin switched on and nothing else changed. Pure."""
    lines = kritarc.split("\n")
    key, wanted = f"enable_{NAME}", f"enable_{NAME}=true"
    start = next((i for i, line in enumerate(lines) if line.strip() == _SECTION), None)
    if start is None:
        separator = "" if not kritarc or kritarc.endswith("\n\n") else "\n"
        ending = "" if not kritarc or kritarc.endswith("\n") else "\n"
        return f"{kritarc}{ending}{separator}{_SECTION}\n{wanted}\n"
    for number in range(start + 1, len(lines)):
        if lines[number].startswith("["):
            break
        if lines[number].partition("=")[0].strip() == key:
            lines[number] = wanted
            return "\n".join(lines)
    lines.insert(start + 1, wanted)
    return "\n".join(lines)


def enable(config: Path) -> None:
    """Switch the plugin on in a kritarc, whole or not at all. A Krita that is open keeps the line
    when it writes its own settings, and heeds it at its next start."""
    text = config.read_text(encoding="utf-8") if config.exists() else ""
    config.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=config.parent, prefix="kritarc-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(enabled(text))
    if config.exists():
        shutil.copymode(config, name)
    os.replace(name, config)


def krita_runs(platform: str = sys.platform) -> bool:
    """Whether a Krita of this machine runs, which looks for plugins at its start alone."""
    command = ["tasklist"] if platform == "win32" else ["ps", "-A", "-o", "comm="]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    commands = (line.split()[0] for line in listed.splitlines() if line.strip())
    names = {command.rpartition("/")[2].lower() for command in commands}
    return bool(names & {"krita", "krita.exe"})


def install_everywhere(built: Path, targets: list[KritaPlace], running: bool) -> list[str]:
    """Install and enable in every place; returns one sentence for people about each."""
    said: list[str] = []
    for place in targets:
        install(built, place.resources)
        enable(place.config)
        there = f"{place.label}: the plugin is in {place.resources / 'pykrita'} and switched on"
        said.append(f"{there}; Krita is open, so restart it to have it" if running else there)
    return said


def server_command() -> list[str]:
    """What starts the server that belongs to this Python, [] if it has none."""
    found = importlib.util.find_spec("sfumato_server") is not None
    return [sys.executable, "-m", "sfumato_server"] if found else []


def _note_server(package: Path) -> None:
    """Tell the plugin how the server is started, so that a button in Krita can do it."""
    note = {"command": server_command()}
    (package / "server.json").write_text(json.dumps(note) + "\n", encoding="utf-8")


def _replace_folder(source: Path, target: Path) -> None:
    """An older version goes away whole, so that none of its modules is left behind."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(source, fresh)
    if target.exists():
        shutil.rmtree(target)
    fresh.rename(target)


def main() -> None:
    """Command line: build if asked for nothing else, install, say what was done."""
    parser = argparse.ArgumentParser(description="Install the Sfumato plugin into Krita.")
    parser.add_argument("--built", type=Path, help="a built plugin folder (default: build one)")
    parser.add_argument(
        "--resource-folder", "--resources", type=Path, help="Krita's resource folder"
    )
    arguments = parser.parse_args()
    targets = chosen(places())
    if arguments.resource_folder:
        folder = arguments.resource_folder
        targets = [KritaPlace(folder, targets[0].config, "Krita")]
    try:
        built = arguments.built or _build()
        for line in install_everywhere(built, targets, krita_runs()):
            print(line)
    except InstallError as error:
        sys.exit(str(error))


def _build() -> Path:
    """Build the plugin beside a checkout, or in the user's cache where there is none."""
    root = Path(__file__).resolve().parents[1]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / NAME
    out = root / "build" if (root / "pyproject.toml").exists() else cache
    command = [sys.executable, str(root / "tools" / "package_plugin.py"), "--out", str(out)]
    if subprocess.run(command, check=False).returncode:
        raise InstallError("The plugin was not installed.")
    return out / "plugin"


if __name__ == "__main__":
    main()
