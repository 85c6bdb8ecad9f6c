"""What of the plugin is in Krita's folders."""

from __future__ import annotations

import re
from pathlib import Path

_VERSION = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)


def installed_version(resources: Path) -> str | None:
    """The version of the plugin in a resource folder, None where there is no plugin."""
    try:
        source = (resources / "pykrita" / "sfumato" / "__init__.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = _VERSION.search(source)
    return found[1] if found else "of unknown version"


def is_enabled(kritarc: Path) -> bool:
    """Whether Krita's settings enable the plugin."""
    try:
        return "enable_sfumato=true" in kritarc.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
