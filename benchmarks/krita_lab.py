"""A real Krita for the benchmarks, on a display of its own, with the plugin as it ships."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "krita"))

from krita_harness import launch, machine  # noqa: E402
from krita_harness.display import virtual_display  # noqa: E402
from krita_harness.home import Home  # noqa: E402
from krita_harness.plugin import build_plugin, install_plugin  # noqa: E402
from krita_harness.server import serving  # noqa: E402

ENGINE = "benchmarks.still_engine:Still"


@dataclass(frozen=True)
class Lab:
    """A warm Krita home with plugin and driver, and a display."""

    home: Home
    display: str

    def run(self, scenario: str, **parameters: Any) -> dict[str, Any]:
        """Run one of the driver's scenarios in a Krita of its own, next to a real server."""
        with serving(self.home.root / "server", [ENGINE]) as server:
            plugins = ["sfumato", "sfumato_driver"]
            choices = {"recipe": "face-swap-boundary", "seed": "7", "seed_locked": "1"}
            self.home.configure(plugins, server=server.url, token=server.token, **choices)
            return launch.drive(self.home, self.display, scenario, seconds=400, **parameters)


@contextmanager
def krita_lab() -> Iterator[Lab]:
    """Set everything up and warm Krita once. Exits with one line where there is no Krita."""
    if machine.missing():
        sys.exit(machine.missing())
    with tempfile.TemporaryDirectory() as folder, virtual_display() as display:
        home = Home.create(Path(folder) / "home")
        launch.install_driver(home)
        home.configure(["sfumato_driver"])
        launch.drive(home, display, "basics.start", seconds=200)
        install_plugin(home, build_plugin())
        yield Lab(home, display)
