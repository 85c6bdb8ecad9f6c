"""Imports point one way; what is slow to import is imported late; importing does nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sfumato_server.engines.registry import BUILT_IN
from sfumato_server.offer.models import ENGINE as MODEL_ENGINE

from .rooms import BEHIND_LOAD, FOREIGN, LAZY, MAY_IMPORT, ROOTS
from .sources import ROOT, Source, is_standard, modules, names, slow

OURS = ("sfumato_protocol", "sfumato_server", "sfumato")


def room_of(module: str) -> str:
    """The room a module lies in: the longest name that fits."""
    fitting = [room for room in MAY_IMPORT if within(module, room)]
    return max(fitting, key=len)


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


@pytest.mark.parametrize("source", modules(), ids=lambda source: source.name)
def test_every_module_lies_in_a_listed_room(source: Source) -> None:
    room = room_of(source.name)
    assert room not in ROOTS or source.name in ROOTS, (
        f"{source.name} is in no room of tests/architecture/rooms.py: decide what it may import"
    )


@pytest.mark.parametrize("source", modules(), ids=lambda source: source.name)
def test_a_room_looks_only_where_it_may(source: Source) -> None:
    room = room_of(source.name)
    for found in source.imports():
        if found.module.split(".")[0] not in OURS:
            continue
        if within(found.module, room) or found.module in ROOTS:
            assert found.module != "sfumato" or source.name.startswith("sfumato.")
            continue
        allowed = any(within(found.module, other) for other in MAY_IMPORT[room])
        assert allowed, (
            f"{source.path.relative_to(ROOT)}:{found.line} imports {found.module}; "
            f"{room} may import {', '.join(MAY_IMPORT[room]) or 'nothing of ours'}"
        )


@pytest.mark.parametrize("source", modules(), ids=lambda source: source.name)
def test_packages_from_elsewhere_are_used_only_where_listed(source: Source) -> None:
    for found in source.imports():
        top = found.module.split(".")[0]
        if top in OURS or is_standard(top):
            continue
        allowed = any(within(source.name, room) for room in _rooms_for(top, source))
        assert allowed, f"{source.path.relative_to(ROOT)}:{found.line} imports {top}"


def _rooms_for(top: str, source: Source) -> tuple[str, ...]:
    """Rooms that may import `top`; "sfumato" means that one module, not all inside it."""
    rooms = FOREIGN.get(top, ())
    return tuple(room for room in rooms if room not in ROOTS or source.name == room)


def test_what_is_slow_to_import_lies_behind_an_engines_load() -> None:
    found = slow(LAZY)
    assert not [name for name in found if not any(within(name, room) for room in BEHIND_LOAD)]
    assert not found & {spec.partition(":")[0] for spec in (*BUILT_IN, MODEL_ENGINE)}


def test_the_listed_rooms_are_there() -> None:
    packages = {name.rpartition(".")[0] for name in names()} | names()
    for room in MAY_IMPORT:
        assert room in packages, f"{room} is listed and not there"


_PROBE = """
import importlib, json, sys, threading
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps({"modules": sorted(sys.modules), "threads": threading.active_count()}))
"""


def import_fresh(wanted: list[str], home: Path) -> tuple[set[str], int]:
    """Import modules in a new process: what is loaded then, and how many threads run."""
    places = [str(ROOT / "protocol"), str(ROOT / "server")]
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": os.pathsep.join(places)}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROBE, json.dumps(wanted)],
        capture_output=True, text=True, env=environment, cwd=home, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    lines = ran.stdout.splitlines()
    assert len(lines) == 1, f"importing printed: {ran.stdout}"
    seen = json.loads(lines[0])
    return set(seen["modules"]), seen["threads"]


def test_importing_the_server_does_nothing_and_loads_no_torch(tmp_path: Path) -> None:
    wanted = [name for name in sorted(names() - slow(LAZY)) if not within(name, "sfumato")]
    loaded, threads = import_fresh(wanted, tmp_path)
    assert not {name.split(".")[0] for name in loaded} & set(LAZY)
    assert threads == 1
    assert list(tmp_path.iterdir()) == []


def test_help_needs_hardly_anything(tmp_path: Path) -> None:
    loaded, _ = import_fresh(["sfumato_server.__main__"], tmp_path)
    assert not loaded & {"numpy", "cv2", "PIL", "rich", "websockets", "asyncio"}


def test_serving_needs_neither_pillow_nor_rich(tmp_path: Path) -> None:
    loaded, _ = import_fresh(["sfumato_server.cli.serve"], tmp_path)
    assert not loaded & {"PIL", "rich", "torch"}
