"""Write typings/krita/__init__.pyi: Krita's Python interface, asked of the Krita on this machine.

Krita's classes have no docstrings, but Qt's meta-object knows the names and types of everything
that is invokable. This module runs twice: on the command line it starts `kritarunner`, which
imports it again and calls `inside`.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "typings" / "krita" / "__init__.pyi"
SECONDS = 120
# What has no meta-object in Krita, being written in Python or too small.
BY_HAND = """\
class DockWidgetFactory(DockWidgetFactoryBase):
    def __init__(self, _id: str, _dockPosition: Any, _klass: Callable[[], DockWidget]) -> None: ...
"""
# Pointers that Krita never leaves empty.
ALWAYS = {
    "Krita.instance", "Krita.notifier", "Document.rootNode", "Document.createNode",
    "Document.createGroupLayer", "Node.clone", "Node.duplicate", "Window.qwindow",
    "View.canvas", "View.document", "View.window", "Selection.duplicate",
}  # fmt: skip
PLAIN = {
    "": "None", "void": "None", "bool": "bool", "int": "int", "uint": "int", "qreal": "float",
    "double": "float", "float": "float", "QString": "str", "QStringList": "List[str]",
    "QVariant": "Any", "long": "int",
}  # fmt: skip


def python_type(cpp: str, known: Iterable[str]) -> str:
    """The annotation for a C++ type's name; Any where there is none. Pure.

    known: the classes that annotations may name. A pointer may be None.
    """
    name = cpp.replace("const ", "").replace("&", "").strip()
    if name in PLAIN:
        return PLAIN[name]
    inner = re.match(r"(QList|QVector)<(.*)>$", name)
    if inner:
        return f"List[{python_type(inner[2].rstrip('*'), known)}]"
    if re.match(r"QMap<QString,\s*(.*)>$", name):
        return "Dict[str, Any]"
    if name.endswith("*"):
        pointed = python_type(name[:-1], known)
        return pointed if pointed == "Any" else f"Optional[{pointed}]"
    return name if name in known else "Any"


def inside(arguments: list[str]) -> None:
    """Called by kritarunner: write the stub to the file named first."""
    import traceback

    status = 1
    try:
        import krita

        Path(arguments[0]).write_text(stub_of(krita))
        status = 0
    except BaseException:  # noqa: BLE001 (kritarunner would end with 0 all the same)
        traceback.print_exc()
    os._exit(status)


def stub_of(krita: Any) -> str:
    """The stub's text."""
    classes = {name: value for name, value in vars(krita).items() if _is_class(value)}
    classes.pop("DockWidgetFactory", None)
    qt = _qt_names()
    version = krita.Krita.instance().version()
    lines = [
        f"# Made by tools/make_krita_stub.py from Krita {version}.",
        '# mypy: disable-error-code="override"',
        "from typing import Any, Callable, Dict, List, Optional",
        "",
    ]
    body: list[str] = []
    for name, cls in sorted(classes.items()):
        body += ["", *_class_lines(name, cls, classes, qt)]
    body += ["", *BY_HAND.splitlines()]
    used = set(re.findall(r"\bQ\w+|\bpyqtBoundSignal\b", "\n".join(body)))
    for module in sorted({qt[word] for word in used if word in qt}):
        names = sorted(word for word in used if qt.get(word) == module)
        lines.append(f"from {module} import {', '.join(names)}")
    return "\n".join([*lines, *body, ""])


def _is_class(value: Any) -> bool:
    return isinstance(value, type) and value.__module__.startswith("PyKrita")


def _qt_names() -> dict[str, str]:
    """Qt class → the PyQt5 module it is imported from."""
    from PyQt5 import QtCore, QtGui, QtWidgets

    modules = (QtCore, QtGui, QtWidgets)
    return {name: module.__name__ for module in modules for name in vars(module)}


def _class_lines(name: str, cls: Any, classes: dict[str, Any], qt: dict[str, str]) -> Iterator[str]:
    known = {*classes, *qt}
    base = cls.__mro__[1].__name__
    yield f"class {name}({base}):" if base in known else f"class {name}:"
    getattr(cls, "_fill", None)  # sip fills a class in when it is first asked for an attribute
    signatures = dict(_signatures(name, cls, known))
    yield from _enum_lines(cls)
    inherited = {word for parent in cls.__mro__[1:] for word in dir(parent)}
    members = [
        word
        for word in sorted(vars(cls))
        if not word.startswith("_") and (word in signatures or word not in inherited)
    ]
    for member in members:
        kind = type(vars(cls)[member]).__name__
        parameters, result = signatures.get(member, ("*args: Any", "Any"))
        if kind == "pyqtSignal":
            yield f"    {member}: pyqtBoundSignal"
        elif kind == "methoddescriptor" and _is_static(getattr(cls, member)):
            yield "    @staticmethod"
            yield f"    def {member}({parameters}) -> {result}: ..."
        elif kind == "methoddescriptor":
            between = ", " if parameters else ""
            yield f"    def {member}(self{between}{parameters}) -> {result}: ..."
    if not members:
        yield "    ..."


def _enum_lines(cls: Any) -> Iterator[str]:
    """Enums with their members inside, the one place that both Qt 5 and Qt 6 know them by."""
    for word, kind in sorted(vars(cls).items()):
        if isinstance(kind, type) and issubclass(kind, int):
            members = sorted(name for name, value in vars(cls).items() if isinstance(value, kind))
            yield from (f"    class {word}:", *(f"        {member}: Any" for member in members))


def _is_static(function: Any) -> bool:
    """Whether calling it through its class complains of the arguments and not of a missing self."""
    try:
        function(*[object()] * 30)
    except TypeError as error:
        return "unbound method" not in str(error)
    return True


def _signatures(name: str, cls: Any, known: set[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """(method, (parameters, result)) of what the meta-object knows.

    A method with defaults is listed once for each number of arguments it takes, the longest first.
    """
    meta = getattr(cls, "staticMetaObject", None)
    if meta is None:
        return
    shortest: dict[str, int] = {}
    longest: dict[str, Any] = {}
    for index in range(meta.methodOffset(), meta.methodCount()):
        method = meta.method(index)
        word, count = bytes(method.name()).decode(), method.parameterCount()
        shortest[word] = min(count, shortest.get(word, count))
        if word not in longest or count > longest[word].parameterCount():
            longest[word] = method
    for word, method in longest.items():
        result = python_type(method.typeName() or "", known)
        if f"{name}.{word}" in ALWAYS:
            result = re.sub(r"^Optional\[(.*)\]$", r"\1", result)
        yield word, (_parameters(method, shortest[word], known), result)


def _parameters(method: Any, required: int, known: set[str]) -> str:
    names = [bytes(name).decode() for name in method.parameterNames()]
    types = [bytes(kind).decode() for kind in method.parameterTypes()]
    return ", ".join(
        f"{name or 'a' + str(i)}: {python_type(kind, known)}{' = ...' if i >= required else ''}"
        for i, (name, kind) in enumerate(zip(names, types))  # noqa: B905 (Krita's Python is 3.8 on)
    )


def main() -> None:
    """Command line: run Krita and write the stub."""
    parser = argparse.ArgumentParser(description="Write the type stub of Krita's Python module.")
    parser.add_argument("--out", type=Path, default=TARGET, help="the file to write")
    out = parser.parse_args().out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        env.update(HOME=home, QT_QPA_PLATFORM="offscreen", LC_ALL="C.UTF-8")
        env.update({f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CONFIG", "DATA", "CACHE")})
        env.update(XDG_RUNTIME_DIR=home, PYTHONPATH=str(Path(__file__).parent))
        command = ["kritarunner", "-s", Path(__file__).stem, "-f", "inside", str(out)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        sys.exit(f"kritarunner ended with {done.returncode}:\n{done.stderr[-2000:]}")
    print(f"Wrote {out}")


if __name__ == "__main__":
    main()
