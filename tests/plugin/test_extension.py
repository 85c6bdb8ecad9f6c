"""What the extension builds in a Krita: actions, toolbars, dockers, one per window."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from xml.etree import ElementTree

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAction,
    QApplication,
    QDockWidget,
    QMainWindow,
    QToolBar,
    QWidget,
)

from fakes import krita as fake
from fakes import rude_servers
from fakes.places import ROOT
from fakes.qt_waiting import Recorder
from sfumato.core import status
from sfumato.core.actions import ACTIONS, INPAINT, LOCK_SEED, SHOW_TOOLBAR
from sfumato.ui.panel import InpaintPanel

Settings = dict[tuple[str, str], str]


@contextmanager
def started(settings: Settings) -> Iterator[fake.Krita]:
    """Krita as it is after it has imported the plugin and before its first window."""
    installed = fake.install()
    installed.settings.update(settings)
    try:
        importlib.import_module("sfumato.extension").register(installed)
        for extension in installed.extensions:
            extension.setup()
        yield installed
        installed.notifier().applicationClosing.emit()
    finally:
        fake.uninstall()


@pytest.fixture
def fresh(application: object) -> Settings:
    """The settings of a Krita that starts with the plugin for the first time."""
    return {("sfumato", "server"): f"ws://127.0.0.1:{rude_servers.free_port()}/sfumato"}


@pytest.fixture
def krita(fresh: Settings) -> Iterator[fake.Krita]:
    with started(fresh) as installed:
        yield installed


def docker_of(window: QMainWindow) -> QDockWidget:
    found = window.findChild(QDockWidget, "sfumato_docker")
    assert isinstance(found, QDockWidget)
    return found


def in_sight(window: QMainWindow) -> bool:
    """Whether the artist sees anything of the docker once the window has laid itself out."""
    QApplication.processEvents()
    return not docker_of(window).visibleRegion().isEmpty()


def toolbar_of(window: QMainWindow) -> QToolBar:
    found = window.findChild(QToolBar, "sfumato_toolbar")
    assert isinstance(found, QToolBar)
    return found


def panel_of(window: QMainWindow) -> InpaintPanel:
    panel = docker_of(window).findChild(InpaintPanel)
    assert isinstance(panel, InpaintPanel)
    return panel


def test_each_window_gets_one_toolbar_with_the_button(krita: fake.Krita) -> None:
    windows = [krita.open_window(), krita.open_window()]
    for window in windows:
        assert len(window.findChildren(QToolBar, "sfumato_toolbar")) == 1
        (action,) = toolbar_of(window).actions()
        assert action.objectName() == "sfumato_inpaint"
        assert action.text() == "Inpaint selection"
        assert not action.icon().isNull()
    assert krita.notifier().active


def test_the_toolbars_button_starts_the_click(krita: fake.Krita) -> None:
    window = krita.open_window()
    panel = panel_of(window)
    toolbar_of(window).actions()[0].trigger()
    assert panel.sentence.text() != ""
    assert panel.sentence.text() == panel.connection.sentence.text()


def test_the_docker_is_on_the_right_and_finds_no_server(krita: fake.Krita) -> None:
    (factory,) = krita.factories
    right = fake.DockWidgetFactoryBase.DockPosition.DockRight
    assert (factory.name, factory.area) == ("sfumato_docker", right)
    panel = panel_of(krita.open_window())
    heard = Recorder(krita.extensions[0].studio.link.status_changed)
    heard.until(lambda now: now.kind == status.NO_SERVER)
    assert panel.connection.guide.isVisibleTo(panel)


def test_a_docker_that_krita_does_not_take_leaves_nothing_behind(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fresh

    def refuse(krita: fake.Krita, factory: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(fake.Krita, "addDockWidgetFactory", refuse)
    installed = fake.install()
    with pytest.raises(RuntimeError, match="no room"):
        importlib.import_module("sfumato.extension").register(installed)
    fake.uninstall()
    assert installed.extensions == []


def test_the_docker_is_shown_once_after_installing(fresh: Settings) -> None:
    with started(fresh) as first:
        window = first.open_window()
        assert in_sight(window)
        docker_of(window).close()
        assert not in_sight(first.open_window())
        assert not any(name == "docker_shown" for _, name in first.settings), "noted before its end"
    with started(first.settings) as second:
        assert not in_sight(second.open_window())


def test_the_button_shows_a_docker_that_is_hidden_in_its_own_window(krita: fake.Krita) -> None:
    windows = [krita.open_window(), krita.open_window()]
    for window in windows:
        docker_of(window).close()
    toolbar_of(windows[1]).actions()[0].trigger()
    assert [in_sight(window) for window in windows] == [False, True]


def test_the_button_raises_a_docker_that_lies_behind_another(krita: fake.Krita) -> None:
    window = krita.open_window()
    ours, other = docker_of(window), QDockWidget("Layers", window)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, other)
    window.tabifyDockWidget(ours, other)
    other.show()
    other.raise_()
    assert not in_sight(window)
    toolbar_of(window).actions()[0].trigger()
    assert in_sight(window)
    assert not other.visibleRegion().intersects(other.rect())


def test_choices_go_into_kritas_settings_when_it_closes(krita: fake.Krita) -> None:
    panel = panel_of(krita.open_window())
    panel.choices.prompt.setPlainText("a calm sea")
    krita.notifier().applicationClosing.emit()
    assert krita.settings[("sfumato", "prompt")] == "a calm sea"


def test_the_action_file_is_the_table_and_names_the_actions_that_are_made(
    krita: fake.Krita, write_actions: ModuleType
) -> None:
    assert (ROOT / "plugin" / "sfumato.action").read_text("utf-8") == write_actions.action_file()
    tree = ElementTree.fromstring(write_actions.action_file())
    window = krita.open_window()
    for action in tree.iter("Action"):
        (made,) = window.findChildren(QAction, action.get("name"))
        assert action.findtext("text") == made.text()
        assert (action.findtext("isCheckable") == "true") == made.isCheckable()
        # 0: enabled without a document too, so that the click can say what is missing.
        assert action.findtext("activationFlags") == "0"
    defaults = [found.text for found in tree.iter("shortcut") if found.text]
    assert defaults == ["Ctrl+Shift+M"], "one default, which the real Krita's tests know"


def test_every_action_but_the_toolbars_has_its_button_and_presses_it(krita: fake.Krita) -> None:
    window = krita.open_window()
    for known in ACTIONS:
        (made,) = window.findChildren(QAction, known.id)
        if known.id == SHOW_TOOLBAR:
            continue
        (button,) = docker_of(window).findChildren(QAbstractButton, known.id)
        assert button.accessibleName() == known.text
        clicks: list[bool] = []
        button.disconnect()  # what a click leads to is for other tests
        button.clicked.connect(clicks.append)
        inside: QWidget | None = button
        while inside is not None:  # without a server much is greyed
            inside.setEnabled(True)
            inside = inside.parentWidget()
        if known.id != INPAINT:
            made.trigger()
            assert len(clicks) == 1, known.id
        made.setShortcut("Ctrl+Alt+Shift+F9")
        assert button.toolTip() == f"{known.tip} (Ctrl+Alt+Shift+F9)"
        made.setShortcut("")
        assert button.toolTip() == known.tip


def test_a_tick_is_on_the_action_and_its_button(krita: fake.Krita) -> None:
    window, other = krita.open_window(), krita.open_window()
    (made,) = window.findChildren(QAction, LOCK_SEED)
    button = panel_of(window).choices.lock
    before = button.isChecked()
    made.trigger()
    assert button.isChecked() is made.isChecked() is not before
    assert panel_of(other).choices.lock.isChecked() is not before
    button.click()
    assert button.isChecked() is made.isChecked() is before
    button.setEnabled(False)
    made.trigger()
    assert button.isChecked() is made.isChecked() is before


def test_a_hidden_toolbar_can_be_shown_by_the_menu(krita: fake.Krita) -> None:
    window = krita.open_window()
    (tick,) = window.findChildren(QAction, "sfumato_toolbar_shown")
    assert tick.isChecked()
    toolbar_of(window).hide()
    assert not tick.isChecked()
    tick.trigger()
    assert toolbar_of(window).isVisible()
    tick.trigger()
    assert not toolbar_of(window).isVisible()


def test_the_toolbar_is_there_before_krita_puts_its_windows_in_order(krita: fake.Krita) -> None:
    """Or else Krita forgets its place, and a hidden one comes back."""
    krita.put_in_order = lambda main: toolbar_of(main).hide()
    window = krita.open_window()
    assert not toolbar_of(window).isVisible()
