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


RESULTS = """
from sfumato.qt import QApplication
application = QApplication([])
from fakes import plugin_values as values
from fakes.documents import FakeDocument, FakeDocuments
from fakes.flat_server import WELCOME
from fakes.stores import Memory
from dataclasses import replace
from sfumato import thumbnails
from sfumato.core import status
from sfumato.core.again import Wish
from sfumato.core.placement import plan_layers
from sfumato.studio import Studio
job, document, memory = values.finished_job(), FakeDocument(), Memory()
document.enter(plan_layers(job, thumbnails={job.id: thumbnails.jpeg(job)}))
studio = Studio(memory, FakeDocuments(document), memory)
able = replace(WELCOME, features=("again",))
studio.link.status_changed.emit(status.Status(status.READY, "Connected.", able))
panel = studio.make_panel()
panel.show()
panel.sections["history"].open(True)
studio.results.history.look()
assert not panel.history.list.item(0).icon().isNull()
panel.redo.count.show_value(2)
panel.redo.redo.click()
for one in studio.jobs.all():
    for heard in (values.accepted(one.request), values.pass_done(one.request, 1),
                  values.pass_done(one.request, 2), values.job_done(one.request)):
        studio.jobs.heard(heard)
strip = panel.variations
assert [button.text() for button in strip.buttons] == ["ready", "ready"]
strip.buttons[1].click()
assert not document.shown["group 1"]
assert not panel.grab().isNull()
strip.keep.click()
strip.give_up.click()
assert document.shown["group 1"]
panel.redo.compare.click()
assert not document.shown["group 1"]
panel.redo.compare.click()
panel.history.restore.click()
assert document.selected is not None
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


MASK = """
from sfumato.qt import QApplication, QEvent, QKeyEvent, QTransform, QWidget, Qt
application = QApplication([])
from fakes import plugin_values as values
from sfumato.core.shaping import Foresight, Look, Place, Zone
from sfumato.core.sketch import Sketch
from sfumato.ui.advice import Advice
from sfumato.ui.mask_overlay import MaskOverlay
from sfumato.ui.mask_part import MaskPart
from sfumato.ui.overlay import Overlays
from sfumato_protocol.messages import Note

class Canvas:
    widget = QWidget()
    def transform(self):
        return QTransform()

class Canvases:
    def showing(self, document_id):
        return [Canvas()]

request = values.request()
zones = tuple(Zone(planned, 64, 48, bytes([255]) * 3072) for planned in values.plan(request))
place = Place(request, zones, Sketch(64, 48, bytes(4 * 3072)))
note = Note("mask.small", "It is small.", why="Because.")
shown = Foresight((place,), (note,), 2.0)
part = MaskPart()
part.resize(300, 500)
part.show()
part.show_foresight(shown)
part.show_look(Look(index=1))
application.processEvents()
assert not part.grab().isNull()
(line,) = part.advice.lines
plain = Qt.KeyboardModifier.NoModifier
line.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, plain))
assert line.words.text().endswith("Because.")
canvas = Canvas.widget
canvas.resize(200, 200)
canvas.show()
MaskOverlay(Overlays(Canvases())).show(shown, Look(on_canvas=True))
application.processEvents()
seen = canvas.grab().toImage()
inside, outside = seen.pixelColor(30, 20).name(), seen.pixelColor(150, 150).name()
assert inside != outside, inside
"""


@pytest.mark.parametrize("major", [5, 6])
def test_the_mask_before_the_click_under_both(major: int) -> None:
    run(major, MASK)


WATCHING = """
from sfumato.qt import (
    QApplication, QDockWidget, QListView, QMainWindow, QStandardItem,
    QStandardItemModel, QToolButton, QTreeView, QEventLoop, QTimer,
)
application = QApplication([])
from sfumato.krita_io.watching import KritaWatching

def with_list(name, view):
    dock = QDockWidget(window)
    dock.setObjectName(name)
    model = QStandardItemModel(view)
    for text in "ab":
        model.appendRow(QStandardItem(text))
    view.setModel(model)
    dock.setWidget(view)
    return model

def heard():
    loop = QEventLoop()
    QTimer.singleShot(50, loop.quit)
    loop.exec()
    said, told[:] = list(told), []
    return said

window, told = QMainWindow(), []
button = QToolButton()
button.setObjectName("selection status")
window.statusBar().addWidget(button)
layers = QTreeView()
rows = with_list("KisLayerBox", layers)
undo = with_list("History", QListView())
watching = KritaWatching()
for name in ("selection_changed", "picture_changed", "layer_changed", "document_changed"):
    getattr(watching, name).connect(lambda name=name: told.append(name))
watching.listen(window)
watching.listen_to_windows()
heard()
button.setToolTip("x = 1")
button.setToolTip("x = 2")
assert heard() == ["selection_changed"]
layers.setCurrentIndex(rows.index(1, 0))
assert heard() == ["layer_changed"]
rows.appendRow(QStandardItem("c"))
assert heard() == ["layer_changed"]
rows.removeRow(2)
assert heard() == ["layer_changed"]
undo.beginResetModel()
undo.endResetModel()
watching.turned_to()
assert heard() == ["document_changed", "picture_changed"]
KritaWatching().listen(QMainWindow())  # another Krita may name all this otherwise
assert heard() == []
"""


@pytest.mark.parametrize("major", [5, 6])
def test_what_happens_in_krita_is_heard_under_both(major: int) -> None:
    run(major, WATCHING)


@pytest.mark.parametrize("major", [5, 6])
def test_what_is_done_with_results_under_both(major: int) -> None:
    run(major, RESULTS)
