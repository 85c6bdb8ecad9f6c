"""The plugin runs on Python 3.8: its syntax, and the standard library it uses."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from fakes.places import ROOT

PLUGIN = ROOT / "plugin" / "sfumato"


def test_every_source_parses_as_python_3_8() -> None:
    sources = [path for path in PLUGIN.rglob("*.py") if "_vendor" not in path.parts]
    assert len(sources) > 25
    for source in sources:
        ast.parse(source.read_text("utf-8"), str(source), feature_version=(3, 8))


def test_no_call_or_annotation_needs_more_than_python_3_8() -> None:
    vermin = Path(sys.executable).with_name("vermin")
    options = ["--target=3.8-", "--violations", "--eval-annotations", "--no-tips"]
    command = [str(vermin), *options, "--exclude-regex", "_vendor", str(PLUGIN)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
