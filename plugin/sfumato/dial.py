"""Reaches a server: connects, greets, and says in one sentence why when it cannot."""

import socket
import ssl
import struct
import sys
from dataclasses import dataclass
from typing import Any, Dict, Optional, Union
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import connect

from sfumato_protocol import VERSION, codec, errors, lifecycle
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Failed, Hello, Welcome
from sfumato_protocol.offers import OFFER, WAITING
from sfumato_protocol.peer import Peer

from . import __version__
from .core import sentences, status
from .core.status import Unreachable
from .line import Ears, Line

OPEN_SECONDS = 5.0
STALL_SECONDS = 20.0


@dataclass(frozen=True)
class Address:
    """url: WebSocket address. token: None sends none. own_token: it was typed in."""

    url: str
    token: Optional[str]
    own_token: bool


def dial(address: Address, ears: Ears) -> Line:
    """Connect and greet. Raises `Unreachable` with the sentence for the artist."""
    connection = _open(address)
    try:
        peer = Peer(lifecycle.CLIENT)
        return Line(connection, peer, _greet(connection, peer, address), ears, address.url)
    except BaseException:
        connection.close()
        raise


def _open(address: Address) -> Any:
    if not _is_websocket(address.url):
        raise Unreachable(status.REFUSED, sentences.bad_address(address.url))
    try:
        # Entered by hand because the line outlives this call; `Line.run` closes it.
        return connect(address.url, **_options(address)).__enter__()
    except InvalidStatus as error:
        code = error.response.status_code
        if code == 401:
            words = sentences.wrong_token(address.url, address.own_token)
            raise Unreachable(status.WRONG_TOKEN, words) from error
        raise Unreachable(status.REFUSED, sentences.refused(address.url, code)) from error
    except ssl.SSLError as error:
        words = sentences.insecure(address.url, error.reason or str(error))
        raise Unreachable(status.REFUSED, words) from error
    except (OSError, TimeoutError) as error:
        raise Unreachable(status.NO_SERVER, sentences.no_server(address.url)) from error
    except (WebSocketException, EOFError, ValueError) as error:
        raise Unreachable(status.REFUSED, sentences.not_sfumato(address.url)) from error


def _limit_stalls(connected: socket.socket) -> None:
    """A server that takes in nothing for `STALL_SECONDS` is lost, rather than waited for for ever.

    This is the system's own limit on one write: a timeout of Python's would hold for reads too.
    """
    if sys.platform == "win32":
        limit: Union[int, bytes] = int(STALL_SECONDS * 1000)
    else:
        seconds, rest = divmod(STALL_SECONDS, 1.0)
        limit = struct.pack("@ll", int(seconds), int(rest * 1e6))
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _is_websocket(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, or beyond 65535
        return False


def _options(address: Address) -> Dict[str, Any]:
    options: Dict[str, Any] = {
        "compression": None,  # deflate is thirty times slower than the loopback
        "max_size": codec.MAX_FRAME,
        "open_timeout": OPEN_SECONDS,
        "close_timeout": 1.0,
    }
    if address.token:
        options["additional_headers"] = {"Authorization": "Bearer " + address.token}
    if "proxy" in (connect.__kwdefaults__ or {}):
        options["proxy"] = None  # newer clients send even 127.0.0.1 through the system's proxy
    return options


def _greet(connection: Any, peer: Peer, address: Address) -> Welcome:
    try:
        _limit_stalls(connection.socket)
        for frame in peer.send(Hello(VERSION, "krita-sfumato/" + __version__, (OFFER, WAITING))):
            connection.send(frame)
        received = peer.receive(connection.recv(timeout=OPEN_SECONDS))
    except (ProtocolError, OSError, ConnectionClosed, TypeError) as error:
        raise Unreachable(status.REFUSED, sentences.not_sfumato(address.url)) from error
    message = received.message if received else None
    if isinstance(message, Failed):
        if message.code == errors.WRONG_VERSION:
            raise Unreachable(status.WRONG_VERSION, sentences.wrong_version(message.expected))
        words = errors.sentence(message.got, message.expected, message.remedy)
        raise Unreachable(status.REFUSED, words)
    if not isinstance(message, Welcome):
        raise Unreachable(status.REFUSED, sentences.not_sfumato(address.url))
    if message.version != VERSION:
        raise Unreachable(status.WRONG_VERSION, sentences.wrong_version(message.version))
    return message
