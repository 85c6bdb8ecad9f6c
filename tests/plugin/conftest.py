"""Qt without a screen, and the tools as modules."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")

from PyQt5.QtWidgets import QApplication

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def application() -> QApplication:
    """The one QApplication of the test process, alive to its end."""
    running = QApplication.instance()
    return running if isinstance(running, QApplication) else QApplication([])


@pytest.fixture(autouse=True)
def nothing_left_in_sight() -> Iterator[None]:
    """Hide the windows of a test when it is over: one that is painted while Python collects it as
    garbage ends the process."""
    yield
    for window in QApplication.topLevelWidgets() if QApplication.instance() else ():
        window.hide()


def load_tool(name: str) -> ModuleType:
    """A module of `tools/`, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def package_plugin() -> ModuleType:
    return load_tool("package_plugin")


@pytest.fixture(scope="session")
def install_plugin() -> ModuleType:
    return load_tool("install_plugin")


@pytest.fixture(scope="session")
def write_actions() -> ModuleType:
    return load_tool("write_actions")
