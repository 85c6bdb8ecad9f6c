"""The plugin under both bindings of Qt: PyQt5 as in Krita 5, PyQt6 as in Krita 6.

The other tests run under PyQt5. What needs Krita itself is driven in Krita 5 only (tests/krita).
"""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from fakes.places import ROOT

PLUGIN = ROOT / "plugin" / "sfumato"
PRELUDE = """
import sys, types
krita = types.ModuleType("pykrita")
krita.qt_major_version = lambda: int(sys.argv[1])
sys.modules["pykrita"] = krita
"""


def run(major: int, code: str, *arguments: str) -> None:
    """Run `code` in a Python whose Krita carries that Qt; no other binding may be imported."""
    path = ":".join(str(ROOT / folder) for folder in ("plugin", "protocol", "tests"))
    environment = {"PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen", "PATH": ""}
    other = f"\nassert 'PyQt{11 - major}' not in sys.modules"
    command = [sys.executable, "-W", "error", "-c", PRELUDE + code + other, str(major), *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def used() -> set[str]:
    """Every name that a module of the plugin takes from `qt`."""
    return {
        alias.name
        for path in PLUGIN.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "qt"
        for alias in node.names
    }


@pytest.mark.parametrize("major", [5, 6])
def test_every_name_is_there_under_both(major: int) -> None:
    assert {"QAction", "QWidget", "Signal"} <= used()
    code = """
from sfumato import qt
missing = [name for name in sys.argv[2:] if not hasattr(qt, name)]
assert not missing, missing
assert qt.QWidget.__module__ == "PyQt{}.QtWidgets".format(sys.argv[1])
"""
    run(major, code, *sorted(used()))


DOCKER = """
import importlib, pkgutil
from sfumato import ui
for module in pkgutil.iter_modules(ui.__path__):
    importlib.import_module("sfumato.ui." + module.name)
from sfumato.qt import QApplication
application = QApplication([])
from sfumato.core import status
from sfumato.jobs import Jobs
from sfumato.ui.panel import InpaintPanel
from sfumato.ui.server_dialog import ServerDialog
from fakes import flat_server, plugin_values as values
jobs = Jobs()
panel = InpaintPanel(jobs)
panel.show()
panel.show_status(status.Status(status.READY, "Connected.", flat_server.WELCOME))
job = jobs.start(values.request())
jobs.heard(values.accepted(job.request))
jobs.heard(values.progress(job.request, 1, 1, 2))
assert ServerDialog("ws://x", "", panel).address == "ws://x"
application.processEvents()
assert not panel.grab().isNull()
"""


EXTENSION = """
from sfumato.qt import QApplication, QDockWidget, QToolBar
application = QApplication([])
from fakes import krita as fake
installed = fake.install()
installed.settings["sfumato", "server"] = "ws://127.0.0.1:9/sfumato"
from sfumato import extension
extension.register(installed)
for registered in installed.extensions:
    registered.setup()
window = installed.open_window()
docker = window.findChild(QDockWidget, extension.DOCKER)
panel = docker.widget()
docker.close()
window.findChild(QToolBar, extension.TOOLBAR).actions()[0].trigger()
assert panel.sentence.text() == panel.connection.sentence.text() != ""
assert docker.isVisible()
installed.notifier().applicationClosing.emit()
"""


@pytest.mark.parametrize("major", [5, 6])
def test_the_extension_under_both(major: int) -> None:
    """Against a stand-in for Krita's module, whose enums are scoped as Krita 6 has them."""
    run(major, EXTENSION)


@pytest.mark.parametrize("major", [5, 6])
def test_the_docker_under_both(major: int) -> None:
    run(major, DOCKER)
