"""Build the plugin as Krita wants it: a folder and a zip with everything it needs inside.

Krita's Python has no pip and is shared by all plugins, so the plugin carries its own copies of
websockets, msgpack and the protocol in `sfumato/_vendor`, reached by relative imports alone:
nothing goes on `sys.path` and another plugin's `websockets` is never touched. The sources name
those packages plainly; the copies' import lines are rewritten here.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "sfumato"
VENDORED = ("websockets", "msgpack", "sfumato_protocol")
_STAMP = (2020, 1, 1, 0, 0, 0)
_NOT_SHIPPED = ("__pycache__", "_vendor", "*.pyc", "*.so", "*.c", "*.pyi", "py.typed")
# websockets takes its C masking where it can, else its own Python one; the copy takes ours.
_MASKING = re.compile(r"try:\n    from \.speedups import apply_mask\nexcept ImportError:\n"
                      r"    from \.utils import apply_mask\n")  # fmt: skip


@dataclass(frozen=True)
class Wheel:
    """A pinned wheel from the package index. build: the file name's tags after the version."""

    name: str
    version: str
    tags: tuple[str, str, str]
    sha256: str

    @property
    def filename(self) -> str:
        return "-".join((self.name, self.version, *self.tags)) + ".whl"


# The last versions for Python 3.8. msgpack has no pure wheel: its C part is left out of the copy.
WHEELS = (
    Wheel(
        "websockets",
        "13.1",
        ("py3", "none", "any"),
        "a9a396a6ad26130cdae92ae10c36af09d9bfe6cafe69670fd3b6da9b07b4044f",
    ),
    Wheel(
        "msgpack",
        "1.1.1",
        ("cp38", "cp38", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
        "b8f93dcddb243159c9e4109c9750ba5b335ab8d48d9522c5308cd05d7e3ce600",
    ),
)


class PackagingError(Exception):
    """The plugin cannot be built; the text says what was got, expected and what to do."""


def fetch_wheels(folder: Path) -> list[Path]:
    """The pinned wheels in `folder`, downloaded by pip if they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_fetch(wheel, folder) for wheel in WHEELS]


def build(destination: Path, wheels: list[Path]) -> Path:
    """Write `sfumato/`, `sfumato.desktop` and `sfumato.action` into `destination`, made anew."""
    shutil.rmtree(destination, ignore_errors=True)
    package = destination / NAME
    ignored = shutil.ignore_patterns(*_NOT_SHIPPED)
    shutil.copytree(ROOT / "plugin" / NAME, package, ignore=ignored)
    for suffix in (".desktop", ".action"):
        shutil.copy(ROOT / "plugin" / (NAME + suffix), destination)
    vendor = package / "_vendor"
    vendor.mkdir()
    (vendor / "__init__.py").write_text('"""Copies of what the plugin needs."""\n')
    shutil.copytree(
        ROOT / "protocol" / "sfumato_protocol", vendor / "sfumato_protocol", ignore=ignored
    )
    for wheel in wheels:
        _unpack(wheel, vendor)
    _use_own_masking(vendor / "websockets")
    for source in sorted(package.rglob("*.py")):
        _make_relative(source, package)
    return destination


def make_zip(built: Path, target: Path) -> Path:
    """Pack a built folder; the same sources give the same bytes.

    Krita's importer looks for the entry `sfumato/` itself, so folders get entries of their own.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(built.rglob("*")):
            name = path.relative_to(built).as_posix() + ("/" if path.is_dir() else "")
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.external_attr = (0o40755 << 16 | 0x10) if path.is_dir() else 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, b"" if path.is_dir() else path.read_bytes())
    return target


def relative_imports(source: str, package: str) -> str:
    """`source` with its imports of vendored packages made relative. Pure.

    package: dots and name that lead from the module to the folder `_vendor` (or, inside it, to its
    parent), as in "._vendor". Raises `PackagingError` for a form that cannot be rewritten.
    """
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and not node.level and _vendored(node.module):
            before, after = (
                "from " + str(node.module),
                f"from {_join(package, node.module)}",
            )
        elif isinstance(node, ast.Import) and any(_vendored(alias.name) for alias in node.names):
            name = node.names[0].name
            before, after = "import " + name, f"from {package} import {name}"
            if len(node.names) > 1 or "." in name or node.names[0].asname:
                raise PackagingError(f"line {node.lineno}: import {name} alone and plainly")
        else:
            continue
        line = lines[node.lineno - 1].encode()  # ast counts columns in bytes
        head, tail = line[: node.col_offset].decode(), line[node.col_offset :].decode()
        if not tail.startswith(before):
            raise PackagingError(f"line {node.lineno}: got “{tail}”, expected “{before}”")
        lines[node.lineno - 1] = head + after + tail[len(before) :]
    return "\n".join(lines)


def absolute_imports(source: str) -> list[str]:
    """The vendored packages that `source` still imports by their plain names, anywhere in it."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and not node.level and _vendored(node.module):
            found.append(str(node.module))
        elif isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names if _vendored(alias.name))
    return found


def _vendored(module: str | None) -> bool:
    return (module or "").split(".")[0] in VENDORED


def _join(package: str, module: str | None) -> str:
    return package + ("" if package.endswith(".") else ".") + str(module)


def _make_relative(path: Path, package: Path) -> None:
    steps = path.relative_to(package).parts
    inside = steps[0] == "_vendor"
    dots = "." * (len(steps) - 1 if inside else len(steps))
    source = path.read_text(encoding="utf-8")
    rewritten = relative_imports(source, dots if inside else dots + "_vendor")
    left = absolute_imports(rewritten)
    if left:
        raise PackagingError("{} still imports {}".format(path, ", ".join(left)))
    if rewritten != source:
        path.write_text(rewritten, encoding="utf-8")


def _use_own_masking(websockets: Path) -> None:
    path = websockets / "frames.py"
    changed, hits = _MASKING.subn("from ...masking import apply_mask\n", path.read_text())
    if hits != 1:
        raise PackagingError(f"got {hits} places in {path} to change, expected 1")
    path.write_text(changed)


def _fetch(wheel: Wheel, folder: Path) -> Path:
    path = folder / wheel.filename
    if not path.exists():
        _download(wheel, folder)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != wheel.sha256:
        raise PackagingError(
            f"{path} has the hash {digest}, expected {wheel.sha256}. Delete it and try again."
        )
    return path


def _download(wheel: Wheel, folder: Path) -> None:
    python, abi, platform = wheel.tags
    version = "3.8" if python == "py3" else python[2:3] + "." + python[3:]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
         "--disable-pip-version-check", "--dest", str(folder),
         "--python-version", version, "--implementation", python[:2], "--abi", abi,
         "--platform", platform.split(".")[-1], f"{wheel.name}=={wheel.version}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode or not (folder / wheel.filename).exists():
        reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise PackagingError(
            f"pip could not fetch {wheel.name} {wheel.version} ({reason}). "
            f"Try again, or put {wheel.filename} into {folder} yourself."
        )


def _unpack(wheel: Path, vendor: Path) -> None:
    """The wheel's Python sources, and its licence beside them."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            top, _, rest = name.partition("/")
            if top.endswith(".dist-info"):
                if rest in ("LICENSE", "COPYING"):
                    folder = vendor / top.split("-")[0]
                    folder.mkdir(exist_ok=True)
                    (folder / "LICENSE").write_bytes(archive.read(name))
            elif name.endswith(".py") and not name.endswith("__main__.py"):
                archive.extract(name, vendor)


def main() -> None:
    """Command line: build the folder and the zip, say where they are."""
    parser = argparse.ArgumentParser(description="Build the Krita plugin as a folder and a zip.")
    parser.add_argument("--out", type=Path, default=ROOT / "build", help="where to put them")
    out = parser.parse_args().out
    try:
        built = build(out / "plugin", fetch_wheels(out / "wheels"))
    except PackagingError as error:
        sys.exit(str(error))
    archive = make_zip(built, out / (NAME + "-krita.zip"))
    print(f"Plugin folder: {built}")
    print(f"Plugin zip:    {archive} ({archive.stat().st_size / 1000:.0f} KB)")


if __name__ == "__main__":
    main()
