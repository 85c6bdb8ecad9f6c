"""What an artist types for a server's address, made whole; and whether two mean one server."""

import re
from typing import Tuple, Union
from urllib.parse import urlsplit

from sfumato_protocol import endpoint

_PLAIN_PORT, _SECURE_PORT = 80, 443  # where none is named in a whole address
_PARTS = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?P<host>\[[0-9a-fA-F:.]+\]|[^/:\s]+)(?::(?P<port>\d+))?(?P<path>/\S*)?"
)


def completed(typed: str) -> str:
    """The WebSocket address meant by `typed`: scheme, port and path default to a local server's.

    "" is the local server itself. With wss:// the port is that of all secure sites, where a proxy
    answers for a server behind it. What cannot be an address comes back as it is, to be refused
    with its own words when it is dialled.
    """
    text = typed.strip()
    if not text:
        return endpoint.url()
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return text
    scheme = parts["scheme"] or "ws"
    path = parts["path"] if parts["path"] not in (None, "/") else endpoint.PATH
    port = parts["port"] or (_SECURE_PORT if scheme == "wss" else endpoint.PORT)
    return "{}://{}:{}{}".format(scheme, parts["host"], port, path)


def same_server(one: str, other: str) -> bool:
    """Whether two addresses lead to one server: this computer has several names for itself."""
    return _server(one) == _server(other)


def _server(address: str) -> Union[str, Tuple[object, ...]]:
    try:
        parts = urlsplit(address)
        host = endpoint.HOST if endpoint.is_here(address) else parts.hostname
        port = parts.port or (_SECURE_PORT if parts.scheme == "wss" else _PLAIN_PORT)
        return (parts.scheme, host, port, parts.path)
    except ValueError:  # no address: it is itself alone
        return address
