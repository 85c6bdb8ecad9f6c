"""Where a local server is found: its address and the file that holds its token."""

import ipaddress
import os
import sys
from pathlib import Path
from typing import Mapping, Optional, Tuple
from urllib.parse import urlsplit

from . import small_files

HOST = "127.0.0.1"
PORT = 9440
PATH = "/sfumato"
_MOST_TOKEN = 4096


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Sfumato's own folder: $SFUMATO_HOME, else the platform's place for configuration."""
    if environment.get("SFUMATO_HOME"):
        return Path(environment["SFUMATO_HOME"])
    if sys.platform == "win32":
        return Path(environment.get("APPDATA", str(Path.home()))) / "sfumato"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "sfumato"
    base = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "sfumato"


def token_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The 0600 file in which a local server leaves the token that clients must show."""
    return home(environment) / "token"


def read_token(environment: Mapping[str, str] = os.environ) -> Optional[str]:
    """The local server's token, or None while there is none.

    A sandboxed program may have its own XDG folders, so the user's plain ~/.config is tried too.
    """
    fallback = Path.home() / ".config" / "sfumato" / "token"
    places: Tuple[Path, ...] = (token_file(environment), fallback)
    for place in places:
        try:
            return small_files.read_text(place, _MOST_TOKEN).strip()
        except (OSError, ValueError):
            continue
    return None


def token_for(address: str, environment: Mapping[str, str] = os.environ) -> Optional[str]:
    """The token to show at a WebSocket address if none was given: the local server's, and that to
    nobody but this machine. None for other machines, and while there is no token.
    """
    return read_token(environment) if is_here(address) else None


def is_here(address: str) -> bool:
    """Whether an address names this machine by a loopback name."""
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def url(host: str = HOST, port: int = PORT, secure: bool = False) -> str:
    """The WebSocket address of a server."""
    shown = "[{}]".format(host) if ":" in host else host
    return "{}://{}:{}{}".format("wss" if secure else "ws", shown, port, PATH)
