"""`sfumato serve`."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import click

from sfumato_protocol import endpoint
from sfumato_protocol.plain_text import printable

from ..config import Config
from ..engines.base import EngineError
from ..transport import server
from ..transport.auth import TokenError, own_token
from ..transport.auth import new_token as make_new_token
from ..transport.home_lock import HomeTaken
from ..transport.tls import TlsError
from . import logs


def run(
    host: str,
    port: int,
    home: Path | None,
    allow_host: tuple[str, ...],
    engines: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    new_token: bool,
    log_json: bool,
    verbose: bool,
) -> int:
    """Serve until a signal; the exit status. The address is the first line printed."""
    logs.set_up(as_json=log_json, verbose=verbose)
    if (tls_cert is None) != (tls_key is None):
        click.echo("The server cannot start: --tls-cert and --tls-key go together.", err=True)
        return 1
    defaults = Config()
    config = Config(
        host=host,
        port=port,
        home=home or defaults.home,
        allowed_hosts=allow_host,
        engines=engines or defaults.engines,
        tls=(tls_cert, tls_key) if tls_cert and tls_key else None,
    )
    try:
        _make_token(config.home, new_token)
        server.run(config, lambda address: _greet(address, config))
    except (_Unwritable, HomeTaken, EngineError, TokenError, TlsError) as error:
        click.echo(f"The server cannot start: {error}", err=True)
        return 1
    except OSError as error:
        click.echo(_trouble(error, endpoint.url(host, port)), err=True)
        return 1
    return 0


class _Unwritable(Exception):
    """The server's folder is none that can be written; the text says what to do."""


def _make_token(home: Path, new: bool) -> None:
    try:
        (make_new_token if new else own_token)(home)
    except OSError as error:
        raise _Unwritable(
            f"its folder {home} cannot be written ({error.strerror or error}). "
            "Name another with --home."
        ) from error


def _trouble(error: OSError, address: str) -> str:
    if error.filename is not None:  # a file's, not the socket's
        return f"The server cannot start: {error.filename}: {error.strerror}."
    return f"The server cannot listen at {address}: {_why(error)}"


def _why(error: OSError) -> str:
    """What kept the server from listening, and what to do. A host that is no name of this machine
    has a `socket.gaierror` or EADDRNOTAVAIL; asyncio wraps other reasons in words of its own."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            "--host is no address of this machine. 127.0.0.1 serves it alone, 0.0.0.0 others too."
        )
    reason = os.strerror(error.errno) if error.errno else str(error)
    return f"{reason}. Is one running already? `sfumato doctor` tells; --port takes another."


def _greet(address: str, config: Config) -> None:
    click.echo(f"Sfumato listens at {address}")
    click.echo(f"Token file: {printable(config.home / 'token')}. Ctrl-C stops.")
    if address != endpoint.url():
        click.echo(
            f"Clients look at {endpoint.url()} by themselves: give them this address, in Krita "
            "with Server…, else with --url."
        )
