"""A WebSocket to a server and the `Peer` that gives it meaning; every failure is a sentence."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TypeVar

from websockets.exceptions import ConnectionClosed

import sfumato_protocol
from sfumato_protocol import messages
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import sentence
from sfumato_protocol.lifecycle import CLIENT
from sfumato_protocol.peer import Peer, Received

from .errors import JobFailed, ServerUnreachable
from .opening import HANDSHAKE_SECONDS, opened

M = TypeVar("M", bound=messages.Message)


class Connection:
    """An open, greeted connection. `where` is the server's address, `welcome` its first word."""

    def __init__(self, where: str, token: str) -> None:
        """Connect and greet.

        Raises `ServerUnreachable`, `JobFailed` if the greeting is refused.
        """
        self._open = ExitStack()
        self._socket = self._open.enter_context(opened(where, token))
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
        received = self.receive_within(timeout)
        if received is None:
            raise ServerUnreachable(
                f"Something listens at {self.where} but does not answer. Is it Sfumato's?",
                again=True,
            )
        return received

    def receive_within(self, seconds: float | None) -> Received | None:
        """The same, None after so long a silence."""
        while True:
            try:
                frame = self._socket.recv(timeout=seconds)
            except ConnectionClosed as closed:
                raise self._lost(closed) from closed
            except TimeoutError:
                return None
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
            "Its log tells more; start it again with: sfumato serve", again=True,
        )  # fmt: skip


def failure(message: messages.Failed) -> JobFailed:
    """A `failed` message as an exception."""
    return JobFailed(message.code, sentence(message.got, message.expected, message.remedy))
