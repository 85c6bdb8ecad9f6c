"""The plugin as it ships: built, and put into a home as `make run` would."""

import subprocess
import sys
from pathlib import Path

from .home import Home

ROOT = Path(__file__).parents[3]
TOOLS = ROOT / "tools"


def build_plugin() -> Path:
    """Build folder and zip below build/; returns that folder."""
    out = ROOT / "build"
    command = [sys.executable, str(TOOLS / "package_plugin.py"), "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return out


def install_plugin(home: Home, built: Path) -> None:
    """Put the built plugin into the home's resource folder."""
    command = [sys.executable, str(TOOLS / "install_plugin.py"), "--built", str(built / "plugin")]
    env = home.environment()
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)
