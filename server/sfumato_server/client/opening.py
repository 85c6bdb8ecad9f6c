"""Opens the WebSocket to a server; why it does not open is one sentence with the true cause."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket

from sfumato_protocol import codec, endpoint

from ..websocket_log import WebSocketLog
from .errors import ServerUnreachable

HANDSHAKE_SECONDS = 10.0

_REFUSALS = {
    401: "the token is not its own. Give the one in the server's token file.",
    403: "it does not serve this host name. Allow the name where the server is started.",
    404: f"the address must end in {endpoint.PATH}.",
    407: "a proxy on the way wants a password. Reach the server without it.",
    429: "it heard too many wrong tokens. Wait a minute and give the right one.",
}
_AWAY = (502, 503, 504)


def opened(where: str, token: str) -> ClientConnection:
    """An open WebSocket to the address `where`. Raises `ServerUnreachable`."""
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ServerUnreachable("The token has characters that no token has. Give it as it is.")
    try:
        return open_socket(
            where,
            additional_headers={"Authorization": f"Bearer {token}"},
            compression=None,
            proxy=None,
            max_size=codec.MAX_FRAME,
            open_timeout=HANDSHAKE_SECONDS,
            logger=WebSocketLog("websockets.client"),
        )
    except InvalidStatus as error:
        raise _refused(where, error.response.status_code) from error
    except ssl.SSLError as error:  # before its base, ValueError
        raise ServerUnreachable(_insecure(where, error)) from error
    except (InvalidURI, ValueError) as error:  # ValueError: a port that is no port
        raise ServerUnreachable(
            f"got {where}; expected an address such as {endpoint.url()}."
        ) from error
    except TimeoutError as error:
        seconds = f"{HANDSHAKE_SECONDS:.0f} s"
        raise ServerUnreachable(
            f"Nothing at {where} answered within {seconds}. A firewall may be in the way, the "
            "server busy, or something else listen there.", again=True,
        ) from error  # fmt: skip
    except InvalidHandshake as error:
        raise _no_handshake(where, error) from error
    except (EOFError, ConnectionClosed) as error:
        raise _cut(where) from error
    except OSError as error:
        raise _no_line(where, error) from error


def _refused(where: str, status: int) -> ServerUnreachable:
    if status in _AWAY:
        return ServerUnreachable(
            f"A proxy at {where} answers for the server, with {status}: it does not reach it. "
            "Start the server, or look into the proxy's settings.", again=True,
        )  # fmt: skip
    if 300 <= status < 400:
        return ServerUnreachable(f"{where} sends us elsewhere ({status}). Give the new address.")
    why = _REFUSALS.get(status, f"it answers {status}. Is it Sfumato's?")
    return ServerUnreachable(f"{where} refused us: {why}")


def _insecure(where: str, error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {where} cannot be trusted ({error.verify_message}). Use the name "
            "and the time that it is made for, or name its authority's file in $SSL_CERT_FILE."
        )
    return (
        f"No secure connection to {where} ({error.reason or error}). Check its certificate; "
        "a server without one is called with ws://."
    )


def _no_handshake(where: str, error: InvalidHandshake) -> ServerUnreachable:
    if isinstance(error.__cause__, (EOFError, ConnectionError)):
        return _cut(where)
    return ServerUnreachable(f"{where} is no Sfumato server: {str(error)[:200]}.")


def _cut(where: str) -> ServerUnreachable:
    return ServerUnreachable(
        f"{where} closed the connection before it answered: a proxy without a server behind it, "
        "or a server that is just stopping.", again=True,
    )  # fmt: skip


def _no_line(where: str, error: OSError) -> ServerUnreachable:
    if isinstance(error, socket.gaierror):
        name = urlsplit(where).hostname
        return ServerUnreachable(
            f"No computer is known by the name {name} ({error.strerror}). Check the address and "
            "the network.", again=error.errno == socket.EAI_AGAIN,
        )  # fmt: skip
    reason = error.strerror or str(error) or type(error).__name__
    return ServerUnreachable(
        f"No server at {where} ({reason}). Start it with: sfumato serve", again=True
    )
