"""Who may connect: a known path and Host, no Origin (no web page), and the token."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
import re
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from sfumato_protocol import endpoint, small_files
from sfumato_protocol.errors import shorten

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MOST_FAILURES = 10
WINDOW_SECONDS = 60.0
_MOST_ADDRESSES = 4096
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\s]+)(?::\d{1,5})?\Z", re.IGNORECASE)
_TOKEN = re.compile(r"[!-~]{8,512}\Z")  # what a header can carry, and nobody guesses


class TokenError(Exception):
    """The file with the token holds none; the text says what to do."""


class Gate:
    """Looks at each handshake before anything else is read.

    port: where the server listens, set once it does. After `MOST_FAILURES` wrong tokens within
    `WINDOW_SECONDS` an address elsewhere is turned away unheard until the window has passed;
    programs on this machine share one address and only their wrong tokens are.
    """

    def __init__(self, token: str, allowed_hosts: tuple[str, ...]) -> None:
        self.port = 0
        self._authorization = f"Bearer {token}".encode()
        self._allowed_hosts = allowed_hosts
        self._failures = Failures()

    def check(self, connection: ServerConnection, request: Request) -> Response | None:
        """None to let a client in, else the refusal."""
        address = str((connection.remote_address or ("unknown",))[0])
        if request.path != endpoint.PATH:
            return connection.respond(HTTPStatus.NOT_FOUND, f"expected {endpoint.PATH}\n")
        hosts = request.headers.get_all("Host")
        if not self._host_is_known(hosts):
            shown = shorten(hosts[0] if hosts else "")
            message = f"unknown Host {shown}: start the server with --allow-host and that name\n"
            return connection.respond(HTTPStatus.FORBIDDEN, message)
        if request.headers.get_all("Origin"):
            return connection.respond(HTTPStatus.FORBIDDEN, "web pages may not connect\n")
        barred = self._failures.too_many(address)
        if self._token_is_right(request.headers.get_all("Authorization")):
            if not barred or _is_loopback(address):
                return None
        else:
            self._failures.note(address)
        if barred:
            message = f"too many wrong tokens: wait {WINDOW_SECONDS:.0f} s\n"
            return connection.respond(HTTPStatus.TOO_MANY_REQUESTS, message)
        log.info("a wrong or missing token from %s", address)
        message = "wrong or missing token: see the file 'token' in the server's folder\n"
        return connection.respond(HTTPStatus.UNAUTHORIZED, message)

    def _token_is_right(self, shown: list[str]) -> bool:
        if len(shown) != 1:
            return False
        return hmac.compare_digest(shown[0].encode(errors="replace"), self._authorization)

    def _host_is_known(self, hosts: list[str]) -> bool:
        """Of this machine's own names any port will do: a tunnel may end at another one, and no
        page can be called by them from elsewhere."""
        found = _HOST.match(hosts[0]) if len(hosts) == 1 else None
        if found is None:
            return False
        if found["name"].lower() in LOOPBACK:
            return True
        known = {f"{name}:{self.port}" for name in self._allowed_hosts}
        return hosts[0] in known or hosts[0] in self._allowed_hosts


class Failures:
    """Wrong tokens of the last while, by address; remembers a bounded number of addresses."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def note(self, address: str) -> None:
        """One more from this address."""
        times = self._times.setdefault(address, deque(maxlen=MOST_FAILURES))
        times.append(self._clock())
        self._times.move_to_end(address)
        if len(self._times) > _MOST_ADDRESSES:
            self._times.popitem(last=False)

    def too_many(self, address: str) -> bool:
        """Whether this address has used up its tries for now."""
        times = self._times.get(address, deque())
        return len(times) == MOST_FAILURES and self._clock() - times[0] < WINDOW_SECONDS


def own_token(home: Path) -> str:
    """The token in `home`, made there (mode 0600) if there is none. Raises `OSError`, and
    `TokenError` where something else is in its file."""
    place = home / "token"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        place.chmod(0o600)
        kept = _read(place)
        if kept:
            return kept
        place.unlink()
        return own_token(home)
    token = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token


def _read(place: Path) -> str:
    try:
        token = small_files.read_text(place, 4096).strip()
    except UnicodeDecodeError:
        token = "\0"
    if token and not _TOKEN.match(token):
        raise TokenError(
            f"{place} holds no token; expected 8 to 512 letters, digits and signs in one line. "
            "`sfumato serve --new-token` makes a new one."
        )
    return token


def new_token(home: Path) -> str:
    """A fresh token in place of the one in `home`; clients read it when they next connect."""
    (home / "token").unlink(missing_ok=True)
    return own_token(home)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
