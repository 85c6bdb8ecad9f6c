"""As much of Krita's Python module as the extension touches, over real widgets of either Qt.

`install` puts it in the place of the `krita` module; `uninstall` takes it and all that was imported
with it away again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import Enum
from typing import Any

from sfumato.qt import QAction, QDockWidget, QIcon, QMainWindow, QObject, Qt, Signal

_BOUND_TO_KRITA = ("sfumato.extension", "sfumato.krita_io")


class Document: ...


class Node: ...


class Selection: ...


class Extension(QObject): ...


class DockWidget(QDockWidget): ...


class DockWidgetFactoryBase:
    """Places have their names inside the enum alone, as in Krita 6."""

    class DockPosition(Enum):
        DockRight = 3


class DockWidgetFactory:
    def __init__(self, name: str, area: Enum, made: Callable[[], DockWidget]) -> None:
        self.name, self.area, self.made = name, area, made


class Notifier(QObject):
    windowCreated = Signal()  # noqa: N815 (Krita's name)
    applicationClosing = Signal()  # noqa: N815
    imageSaved = Signal(str)  # noqa: N815
    imageClosed = Signal(str)  # noqa: N815
    viewCreated = Signal(object)  # noqa: N815

    def setActive(self, active: bool) -> None:  # noqa: N802
        self.active = active


class Window:
    """Krita deletes its wrapper after `createActions`; calls on this one fail after `delete`."""

    def __init__(self, main: QMainWindow) -> None:
        self._main: QMainWindow | None = main
        self.menus: dict[str, str] = {}

    def qwindow(self) -> QMainWindow:
        if self._main is None:
            raise RuntimeError("wrapped C/C++ object of type Window has been deleted")
        return self._main

    def createAction(self, name: str, text: str, menu: str) -> QAction:  # noqa: N802
        action = QAction(text, self.qwindow())
        action.setObjectName(name)
        self.menus[name] = menu
        return action

    def delete(self) -> None:
        self._main = None


class Krita(QObject):
    """The application: settings, notifier, what was registered, windows as Krita opens them."""

    _instance: Krita | None = None

    def __init__(self) -> None:
        super().__init__()
        self._notifier = Notifier()
        self.settings: dict[tuple[str, str], str] = {}
        self.extensions: list[Any] = []
        self.factories: list[DockWidgetFactory] = []
        self.windows: list[QMainWindow] = []
        # What Krita does to a window between `createActions` and its notice: toolbars and their
        # remembered places.
        self.put_in_order: Callable[[QMainWindow], None] = lambda main: None

    @classmethod
    def instance(cls) -> Krita:
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    def notifier(self) -> Notifier:
        return self._notifier

    def icon(self, name: str) -> QIcon:
        return QIcon.fromTheme(name)

    def readSetting(self, group: str, name: str, default: str) -> str:  # noqa: N802
        return self.settings.get((group, name), default)

    def writeSetting(self, group: str, name: str, value: str) -> None:  # noqa: N802
        self.settings[(group, name)] = value

    def getAppDataLocation(self) -> str:  # noqa: N802
        return "/nowhere"

    def version(self) -> str:
        return "5.1.5"

    def addExtension(self, extension: Any) -> None:  # noqa: N802
        self.extensions.append(extension)

    def addDockWidgetFactory(self, factory: DockWidgetFactory) -> None:  # noqa: N802
        self.factories.append(factory)

    def activeDocument(self) -> None:  # noqa: N802
        return None

    def documents(self) -> list[Document]:
        return []

    def open_window(self) -> QMainWindow:
        """The order of a real window: dockers (hidden, as from Krita 5.2 on), actions, notice."""
        main = QMainWindow()
        self.windows.append(main)
        for factory in self.factories:
            docker = factory.made()
            docker.setObjectName(factory.name)
            main.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, docker)
            docker.hide()
        main.show()
        window = Window(main)
        for extension in self.extensions:
            extension.createActions(window)
        window.delete()
        self.put_in_order(main)
        self._notifier.windowCreated.emit()
        return main


def install() -> Krita:
    Krita._instance = None
    sys.modules["krita"] = sys.modules[__name__]
    return Krita.instance()


def uninstall() -> None:
    sys.modules.pop("krita", None)
    for name in [held for held in sys.modules if held.startswith(_BOUND_TO_KRITA)]:
        del sys.modules[name]
