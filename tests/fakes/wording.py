"""What the plugin's sources say to the artist, read from their syntax."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import tomllib

from .places import ROOT

PLUGIN = ROOT / "plugin" / "sfumato"
_TRANSLATING = {"tr": (0,), "mark": (0,), "several": (1, 2)}
_LETTERS = re.compile(r"[^\W\d_]{2}")
_FIELD = re.compile(r"\{[^{}]*\}")


def sources() -> list[Path]:
    """The plugin's own modules."""
    return sorted(path for path in PLUGIN.rglob("*.py") if "_vendor" not in path.parts)


def translated(source: str) -> set[str]:
    """The English texts that go through `tr`, `several` or `mark`."""
    found: set[str] = set()
    for call in ast.walk(ast.parse(source)):
        for place in _arguments(call):
            if isinstance(place, ast.Constant) and isinstance(place.value, str):
                found.add(place.value)
    return found


def hidden(source: str) -> list[int]:
    """Lines where what is translated is no literal, so that no catalogue can have it, though it is
    no name either (of a row in a table whose words are marked)."""
    return [
        place.lineno
        for call in ast.walk(ast.parse(source))
        for place in _arguments(call)
        if isinstance(place, (ast.JoinedStr, ast.BinOp))
        or (isinstance(place, ast.Call) and isinstance(place.func, ast.Attribute))
    ]


def untranslated(source: str) -> list[tuple[int, str]]:
    """Literals that a person would read and no catalogue knows: in a call that shows them, or a
    sentence or a place for one, anywhere but in a docstring, an exception or the log."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _LETTERS.search(_FIELD.sub("", node.value))
        and _is_shown(node, parents)
    ]


# Methods and classes of widgets whose words are seen.
_SHOWING = {
    "QLabel", "PlainLabel", "QPushButton", "QCheckBox", "QToolButton", "QRadioButton", "QGroupBox",
    "QAction", "setText", "setToolTip", "setPlaceholderText", "setWindowTitle", "setTitle",
    "setAccessibleName", "setAccessibleDescription", "setStatusTip", "setWhatsThis", "addRow",
    "addItem", "addItems", "addAction", "addMenu", "addButton", "setFormat", "setPrefix",
    "setSuffix", "setSpecialValueText", "setItemText", "setLabelText", "setInformativeText",
    "question", "information", "warning", "critical", "getText", "say", "tip", "setHeaderLabels",
    "addTab",
}  # fmt: skip


def _is_shown(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    text = node.value if isinstance(node, ast.Constant) else ""
    for above in _lineage(node, parents):
        if isinstance(above, ast.Call):
            name = _name(above)
            if name in _TRANSLATING or name in _UNSEEN or _is_log(above):
                return False
            if name in _SHOWING:
                return True
        if isinstance(above, (ast.Raise, ast.Assert)):
            return False
        if isinstance(above, ast.Expr) and isinstance(above.value, ast.Constant):
            return False
        if isinstance(above, ast.stmt):
            break
    return _is_sentence(str(text))


_UNSEEN = {"compile", "getattr", "hasattr", "open", "fault", "encode", "decode"}


def _is_log(call: ast.Call) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    named = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return named in ("log", "diary", "logging")


def _is_sentence(text: str) -> bool:
    """Several words, or one and a place: what no identifier, key or format looks like."""
    return bool(re.search(r"[^\W\d_]{2,}[,.:;…]? +[^\W\d_]{2,}", text)) and "<" not in text


def _lineage(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node


def _arguments(call: ast.AST) -> list[ast.expr]:
    if not isinstance(call, ast.Call):
        return []
    places = _TRANSLATING.get(_name(call), ())
    return [call.args[place] for place in places if place < len(call.args)]


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


SERVER = ROOT / "server" / "sfumato_server"


def servers() -> set[str]:
    """The sentences that a server of ours may write about a plan or a result, {} for what varies,
    and what it says of its own recipes."""
    found: set[str] = set()
    for source in (*(SERVER / "advice").glob("*.py"), SERVER / "imaging" / "figures" / "words.py"):
        found |= {text for text in _texts(ast.parse(source.read_text("utf-8"))) if _ends(text)}
    for recipe in (SERVER / "offer" / "builtin_recipes").glob("*.toml"):
        content = tomllib.loads(recipe.read_text("utf-8"))
        found |= {content["title"], content["description"]}
    return found


def _texts(tree: ast.AST) -> Iterator[str]:
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, (ast.JoinedStr, ast.Expr))
        for part in ast.walk(node)
        if part is not node
        and (isinstance(node, ast.JoinedStr) or isinstance(node.value, ast.Constant))
    }
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )


def _ends(text: str) -> bool:
    return text.endswith(".") and " " in text
