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


HANDS = """
import importlib
from dataclasses import replace
from sfumato.qt import QApplication, QLineEdit, QMessageBox, QPoint, Qt, QTimer
test = importlib.import_module("PyQt{}.QtTest".format(sys.argv[1])).QTest
application = QApplication([])
from fakes.flat_server import WELCOME
from sfumato.ui.choices import ChoicesForm
from sfumato_protocol.messages import RecipeInfo
own = replace(WELCOME.recipes[0], own=True)
form = ChoicesForm()
form.show_welcome(replace(WELCOME, recipes=(own,), features=("recipes",)))
told, deleted = [], []
form.changed.connect(told.append)
form.deleted.connect(deleted.append)
part, table = form.ladder_part, form.table
part.resize(340, 500)
part.show()
part.activateWindow()
slider, left = table.rows[0].strength, Qt.MouseButton.LeftButton
middle = QPoint(slider.width() // 2, slider.height() // 2)
test.mouseClick(slider, left, Qt.KeyboardModifier.NoModifier, middle)
assert 0.4 < told[-1].ladder[0].step.strength < 0.6
test.keyClick(slider, Qt.Key.Key_End)
assert told[-1].ladder[0].step.strength == 1.0
test.keyClick(slider, Qt.Key.Key_0)
field = slider.findChild(QLineEdit)
test.keyClicks(field, ".3")
test.keyClick(field, Qt.Key.Key_Return)
assert told[-1].ladder[0].step.strength == 0.3
for button in (table.more, table.add, table.up, table.down, table.remove, part.bar.restore):
    button.click()
assert told[-1].ladder == ()
QTimer.singleShot(0, lambda: QApplication.activeModalWidget().button(
    QMessageBox.StandardButton.Yes).click())
part.bar.delete.click()
assert deleted == [own]
application.processEvents()
assert not part.grab().isNull()
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


@pytest.mark.parametrize("major", [5, 6])
def test_the_ladder_in_hand_under_both(major: int) -> None:
    run(major, HANDS)
