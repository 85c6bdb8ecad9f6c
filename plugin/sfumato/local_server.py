"""How the server of this computer is started: by which command, for which address, in which
environment."""

import os
import shutil
from pathlib import Path
from typing import Dict, List, Mapping, Tuple
from urllib.parse import urlsplit

from sfumato_protocol import endpoint, plain_json, small_files

NOTE = "server.json"  # beside the plugin's modules, written when it is installed
_LONGEST_NOTE = 64 * 1024
# What a Krita that brings its own Python, Qt and libraries sets for itself, and nobody else.
_KRITAS = (
    "PYTHON", "LD_", "DYLD_", "QT_", "QML", "GTK_", "GDK_PIXBUF", "GIO_", "APPIMAGE", "APPDIR",
    "ARGV0", "OWD", "KRITA", "SFUMATO_DRIVER",
)  # fmt: skip
_LISTS = ("PATH", "XDG_DATA_DIRS", "XDG_CONFIG_DIRS")


def command(folder: str, environment: Mapping[str, str] = os.environ) -> Tuple[str, ...]:
    """The words that start `sfumato` on this computer, () if it is not found: those that were
    noted in the plugin's folder when it was installed, else the one on the path or in
    ~/.local/bin."""
    noted = _noted(os.path.join(folder, NOTE))
    if noted and os.path.isfile(noted[0]):
        return noted
    path = cleaned(environment).get("PATH", os.defpath)
    usual = os.path.join(os.path.expanduser("~"), ".local", "bin")
    found = shutil.which("sfumato", path=os.pathsep.join((path, usual)))
    return (found,) if found else ()


def arguments(address: str) -> Tuple[str, ...]:
    """What `sfumato` is told so that it serves at an address; () where that is none of this
    computer alone, is encrypted, or lies behind another path than the server's."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ()
    here = endpoint.is_here(address) and parts.scheme == "ws" and parts.path == endpoint.PATH
    if not here or not port:
        return ()
    host = parts.hostname if parts.hostname not in (None, "localhost") else endpoint.HOST
    return ("serve", "--host", str(host), "--port", str(port))


def cleaned(environment: Mapping[str, str], bundle: str = "") -> Dict[str, str]:
    """An environment without what Krita set for its own Python and libraries.

    bundle: a folder that holds Krita's programs; with $APPDIR, what lies in it is taken off paths.
    """
    inside = [folder for folder in (bundle, environment.get("APPDIR", "")) if folder]
    kept = {
        name: text for name, text in environment.items() if not name.upper().startswith(_KRITAS)
    }
    for name in _LISTS:
        if name in kept:
            parts = kept[name].split(os.pathsep)
            kept[name] = os.pathsep.join(part for part in parts if not _lies_in(part, inside))
    return kept


def _lies_in(path: str, folders: List[str]) -> bool:
    whole = os.path.normcase(os.path.abspath(path)) + os.sep
    return any(
        whole.startswith(os.path.normcase(os.path.abspath(folder)).rstrip(os.sep) + os.sep)
        for folder in folders
    )


def _noted(note: str) -> Tuple[str, ...]:
    try:
        content = plain_json.parse(small_files.read_text(Path(note), _LONGEST_NOTE), _LONGEST_NOTE)
    except (OSError, ValueError):
        return ()
    words = content.get("command") if isinstance(content, dict) else None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return ()
    return tuple(words)
