"""How the server of this computer is found and called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sfumato import local_server


def program(place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("#!/bin/sh\n")
    place.chmod(0o755)
    return place


def test_what_was_noted_comes_before_what_is_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    python = program(tmp_path / "venv" / "python")
    note, environment = tmp_path / local_server.NOTE, {"PATH": str(tmp_path / "bin")}
    assert local_server.command(str(tmp_path), environment) == ()
    at_home = program(tmp_path / ".local" / "bin" / "sfumato")
    assert local_server.command(str(tmp_path), environment) == (str(at_home),)
    on_path = program(tmp_path / "bin" / "sfumato")
    assert local_server.command(str(tmp_path), environment) == (str(on_path),)
    note.write_text(json.dumps({"command": [str(python), "-m", "sfumato_server"]}))
    noted = (str(python), "-m", "sfumato_server")
    assert local_server.command(str(tmp_path), environment) == noted
    python.unlink()
    assert local_server.command(str(tmp_path), environment) == (str(on_path),)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"command": "sh"}', '{"command": [1]}', "[" * 99])
def test_a_note_that_cannot_be_used_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / local_server.NOTE).write_text(text)
    assert local_server.command(str(tmp_path), {"PATH": ""}) == ()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("ws://127.0.0.1:9440/sfumato", "serve --host 127.0.0.1 --port 9440"),
        ("ws://localhost:80/sfumato", "serve --host 127.0.0.1 --port 80"),
        ("ws://[::1]:7/sfumato", "serve --host ::1 --port 7"),
        ("ws://127.0.0.1:0/sfumato", ""),
        ("wss://127.0.0.1:9440/sfumato", ""),
        ("ws://127.0.0.1:9440/elsewhere", ""),
        ("ws://192.168.0.7:9440/sfumato", ""),
        ("ws://127.0.0.1.evil.example:9440/sfumato", ""),
        ("ws://127.0.0.1:99999/sfumato", ""),
        ("nonsense", ""),
    ],
)
def test_only_an_address_of_this_computer_is_served(address: str, told: str) -> None:
    assert " ".join(local_server.arguments(address)) == told


def test_what_krita_set_for_itself_stays_with_krita() -> None:
    krita = {
        "APPDIR": "/tmp/.mount_krita",
        "PATH": "/tmp/.mount_krita/usr/bin:/usr/bin:/tmp/.mount_kritas:/home/a/bin",
        "LD_LIBRARY_PATH": "/tmp/.mount_krita/usr/lib",
        "PYTHONPATH": "/tmp/.mount_krita/python",
        "PYTHONHOME": "/tmp/.mount_krita/usr",
        "QT_PLUGIN_PATH": "/tmp/.mount_krita/plugins",
        "XDG_DATA_DIRS": "/tmp/.mount_krita/usr/share:/usr/share",
        "XDG_CONFIG_HOME": "/home/a/.config",
        "HSA_OVERRIDE_GFX_VERSION": "10.3.0",
        "SFUMATO_HOME": "/home/a/sfumato",
    }
    assert local_server.cleaned(krita) == {
        "PATH": "/usr/bin:/tmp/.mount_kritas:/home/a/bin",
        "XDG_DATA_DIRS": "/usr/share",
        "XDG_CONFIG_HOME": "/home/a/.config",
        "HSA_OVERRIDE_GFX_VERSION": "10.3.0",
        "SFUMATO_HOME": "/home/a/sfumato",
    }
    bundled = local_server.cleaned({"PATH": "/apps/krita/bin:/usr/bin"}, "/apps/krita/bin")
    assert bundled == {"PATH": "/usr/bin"}
