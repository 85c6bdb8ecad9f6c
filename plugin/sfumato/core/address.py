"""What an artist types for a server's address, made whole; and whether two mean one server."""

import re
from typing import Tuple, Union
from urllib.parse import urlsplit

from sfumato_protocol import endpoint

_PARTS = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?P<host>\[[0-9a-fA-F:.]+\]|[^/:\s]+)(?::(?P<port>\d+))?(?P<path>/\S*)?"
)


def completed(typed: str) -> str:
    """The WebSocket address meant by `typed`: scheme, port and path default to a local server's.

    "" is the local server itself. What cannot be an address comes back as it is, to be refused
    with its own words when it is dialled.
    """
    text = typed.strip()
    if not text:
        return endpoint.url()
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return text
    path = parts["path"] if parts["path"] not in (None, "/") else endpoint.PATH
    port = parts["port"] or endpoint.PORT
    return "{}://{}:{}{}".format(parts["scheme"] or "ws", parts["host"], port, path)


def same_server(one: str, other: str) -> bool:
    """Whether two addresses lead to one server: this computer has several names for itself."""
    return _server(one) == _server(other)


def _server(address: str) -> Union[str, Tuple[object, ...]]:
    try:
        parts = urlsplit(address)
        host = endpoint.HOST if endpoint.is_here(address) else parts.hostname
        return (parts.scheme, host, parts.port, parts.path)
    except ValueError:  # no address: it is itself alone
        return address
