"""The oldest Python each part must run on, and how long a file may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from .sources import ROOT, python_files

LONGEST = 500
FLOORS = {"protocol/sfumato_protocol": (3, 8), "plugin/sfumato": (3, 8), "server": (3, 10)}


def floor_of(path: Path) -> tuple[int, int] | None:
    inside = path.relative_to(ROOT).as_posix()
    return next((floor for top, floor in FLOORS.items() if inside.startswith(top + "/")), None)


@pytest.mark.parametrize("path", [p for p in python_files() if floor_of(p)], ids=lambda p: p.stem)
def test_the_grammar_is_old_enough(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=floor_of(path))


@pytest.mark.parametrize("top", sorted(FLOORS))
def test_the_standard_library_is_old_enough(top: str) -> None:
    """vermin knows when each function and argument came."""
    major, minor = FLOORS[top]
    # tomllib is imported from 3.11 on, tomli before.
    command = [
        sys.executable, "-c", "import vermin; vermin.main()", f"-t={major}.{minor}-",
        "--violations", "--no-tips", "--eval-annotations", "--exclude", "tomllib",
        "--exclude-regex", "/_vendor/", str(ROOT / top),
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("path", python_files(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_stay_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{lines} lines; expected at most {LONGEST}: give a part its own file"
