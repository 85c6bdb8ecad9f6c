"""Our source files and what they import, read without running them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    ROOT / "protocol" / "sfumato_protocol",
    ROOT / "plugin" / "sfumato",
    ROOT / "server" / "sfumato_server",
)
_NOT_OURS = {"_vendor", "__pycache__", ".venv", "build", "dist", "out", ".git", ".cache"}


@dataclass(frozen=True)
class Import:
    """One import: the module it names in full. lazy: not run when the importer is imported."""

    module: str
    line: int
    lazy: bool


@dataclass(frozen=True)
class Source:
    """One module of ours, by its full name."""

    name: str
    path: Path

    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))

    def imports(self) -> Iterator[Import]:
        """Every import, those in functions too; those for type checkers count as lazy."""
        is_package = self.path.name == "__init__.py"
        package = self.name if is_package else self.name.rpartition(".")[0]
        for node, lazy in _walk(self.tree(), lazy=False):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, node.lineno, lazy)
            elif isinstance(node, ast.ImportFrom):
                base = _absolute(package, node)
                for alias in node.names:
                    inner = f"{base}.{alias.name}"
                    yield Import(inner if inner in names() else base, node.lineno, lazy)


def _walk(node: ast.AST, lazy: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        postponed = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            postponed = True
        yield child, postponed
        yield from _walk(child, postponed)


def _absolute(package: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - node.level + 1])
    return f"{base}.{node.module}" if node.module else base


@cache
def modules() -> tuple[Source, ...]:
    """Every module of protocol, plugin and server."""
    found = []
    for package in PACKAGES:
        for path in sorted(package.rglob("*.py")):
            if not _NOT_OURS & set(path.relative_to(package).parts):
                parts = list(path.relative_to(package.parent).with_suffix("").parts)
                if parts[-1] == "__init__":
                    parts.pop()
                found.append(Source(".".join(parts), path))
    return tuple(found)


@cache
def names() -> frozenset[str]:
    """The full names of all our modules."""
    return frozenset(source.name for source in modules())


@cache
def slow(packages: tuple[str, ...]) -> frozenset[str]:
    """Our modules that import one of `packages`, or a module that does, when they are imported."""
    at_once = {
        source.name: {found.module for found in source.imports() if not found.lazy}
        for source in modules()
    }
    found = {
        name for name, used in at_once.items() if {one.split(".")[0] for one in used} & {*packages}
    }
    while more := {name for name, used in at_once.items() if used & found} - found:
        found |= more
    return frozenset(found)


def python_files() -> list[Path]:
    """Every Python file of the repository that people write."""
    files = []
    for top in ("protocol", "plugin", "server", "tests", "tools", "benchmarks", "examples"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if not _NOT_OURS & set(path.relative_to(ROOT).parts):
                files.append(path)
    return files


def is_standard(module: str) -> bool:
    """Whether a module comes with Python."""
    return module.split(".")[0] in sys.stdlib_module_names
