"""A WebSocket to a server and the `Peer` that gives it meaning; every failure is a sentence."""

from __future__ import annotations

import ssl
from contextlib import ExitStack
from typing import TypeVar

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket

import sfumato_protocol
from sfumato_protocol import codec, endpoint, messages
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import sentence
from sfumato_protocol.lifecycle import CLIENT
from sfumato_protocol.peer import Peer, Received

from ..websocket_log import WebSocketLog
from .errors import JobFailed, ServerUnreachable

HANDSHAKE_SECONDS = 10.0
M = TypeVar("M", bound=messages.Message)

_REFUSALS = {
    401: "the token is not its own. Give the one in the server's token file.",
    403: "it does not serve this host name. Allow the name where the server is started.",
    429: "it heard too many wrong tokens. Wait a minute and give the right one.",
    404: f"the address must end in {endpoint.PATH}.",
}


class Connection:
    """An open, greeted connection. `where` is the server's address, `welcome` its first word."""

    def __init__(self, where: str, token: str) -> None:
        """Connect and greet.

        Raises `ServerUnreachable`, `JobFailed` if the greeting is refused.
        """
        self._open = ExitStack()
        self._socket = self._open.enter_context(_opened(where, token))
        self._peer = Peer(CLIENT)
        self.where = where
        try:
            self.say(messages.Hello(sfumato_protocol.VERSION, "sfumato python client"))
            self.welcome = self._answer(messages.Welcome)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Say goodbye. Jobs under way go on without us."""
        self._open.close()

    def next_blob_id(self) -> int:
        """A blob id not used before on this connection."""
        return self._peer.next_blob_id()

    def say(self, message: messages.Message, blobs: tuple[Blob, ...] = ()) -> None:
        """Send a message with its pixels. Raises `ServerUnreachable`, `ProtocolError`."""
        try:
            for frame in self._peer.send(message, blobs):
                self._socket.send(frame)
        except ConnectionClosed as closed:
            raise self._lost(closed) from closed

    def receive(self, timeout: float | None = None) -> Received:
        """The next message with all its pixels; waits for ever where `timeout` (s) is None."""
        while True:
            try:
                frame = self._socket.recv(timeout=timeout)
            except ConnectionClosed as closed:
                raise self._lost(closed) from closed
            except TimeoutError as error:
                raise ServerUnreachable(
                    f"Something listens at {self.where} but does not answer. Is it Sfumato's?"
                ) from error
            if isinstance(frame, str):
                raise ServerUnreachable(f"{self.where} speaks text; expected a Sfumato server.")
            received = self._peer.receive(frame)
            if received is not None:
                return received

    def _answer(self, kind: type[M]) -> M:
        message = self.receive(HANDSHAKE_SECONDS).message
        if isinstance(message, messages.Failed):
            raise failure(message)
        if not isinstance(message, kind):
            raise ServerUnreachable(f"got {message.type} from {self.where}; expected {kind.type}.")
        return message

    def _lost(self, closed: ConnectionClosed) -> ServerUnreachable:
        why = closed.rcvd.reason if closed.rcvd and closed.rcvd.reason else "no reason given"
        return ServerUnreachable(
            f"The server at {self.where} closed the connection ({why}). "
            "Its log tells more; start it again with: sfumato serve"
        )


def failure(message: messages.Failed) -> JobFailed:
    """A `failed` message as an exception."""
    return JobFailed(message.code, sentence(message.got, message.expected, message.remedy))


def _opened(where: str, token: str) -> ClientConnection:
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
        status = error.response.status_code
        raise ServerUnreachable(f"{where} refused us: {_REFUSALS.get(status, status)}") from error
    except (InvalidURI, ValueError) as error:  # ValueError: a port that is no port
        raise ServerUnreachable(
            f"got {where}; expected an address such as {endpoint.url()}."
        ) from error
    except ssl.SSLError as error:
        raise ServerUnreachable(
            f"No secure connection to {where} ({error.reason or error}). Check its certificate; "
            "a server without one is called with ws://."
        ) from error
    except (InvalidHandshake, TimeoutError) as error:
        raise ServerUnreachable(f"{where} is no Sfumato server: {error}.") from error
    except OSError as error:
        raise ServerUnreachable(
            f"No server at {where} ({error.strerror or error}). Start it with: sfumato serve"
        ) from error
