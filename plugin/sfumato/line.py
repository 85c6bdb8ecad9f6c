"""One open connection to a server, after the greeting: sends and receives.

No Qt; runs on threads of its own. Encoding, compressing, cutting into chunks and
masking all happen here, off the main thread.
"""

import queue
import threading
from dataclasses import dataclass, replace
from typing import Any, Callable, Optional, Set, Tuple, Union

from websockets.exceptions import ConnectionClosed

from sfumato_protocol import errors, lifecycle
from sfumato_protocol.blobs import RAW, Blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Cancel, Message, Move, Welcome
from sfumato_protocol.peer import Peer, Received

from .core import request
from .core.words import tr

PING_SECONDS = 15.0

# A maker of blob ids → a message, and its pictures encoded. Runs on the line's own thread.
Pack = Callable[[Callable[[], int]], Tuple[Message, Tuple[Blob, ...]]]


@dataclass(frozen=True)
class _Parcel:
    pack: Pack


Outgoing = Union[Message, request.Request, _Parcel, None]


@dataclass(frozen=True)
class Ears:
    """Who hears what: called on the line's threads, so they only pass it on."""

    received: Callable[[Received], None]
    trouble: Callable[[ProtocolError], None]


class Line:
    """An open connection after hello and welcome. `run` serves it until it ends.

    address: the one that was dialled.
    """

    def __init__(
        self, connection: Any, peer: Peer, welcome: Welcome, ears: Ears, address: str
    ) -> None:
        self.welcome = welcome
        self.address = address
        self._connection = connection
        self._peer = peer
        self._ears = ears
        self._outbox: "queue.Queue[Outgoing]" = queue.Queue()
        self._abandoned: Set[str] = set()
        self._speaking = threading.Lock()
        self._reason = ""

    def say(self, message: Message) -> None:
        """Send a message after what is queued already. Any thread; lost if the line is."""
        self._outbox.put(message)

    def submit(self, wanted: request.Request) -> None:
        """Send a job with its pixels. Any thread; returns at once."""
        self._outbox.put(wanted)

    def send(self, pack: Pack) -> None:
        """Send a message with pixels, which `pack` makes on the line's thread: compressing is not
        for the main thread. Any thread; returns at once; lost if the line is."""
        self._outbox.put(_Parcel(pack))

    def abandon(self, job: str) -> None:
        """Cancel a job; if it is being uploaded, the rest of its pixels stays here. Any thread."""
        self._abandoned.add(job)
        self._outbox.put(Cancel(job))

    def close(self) -> None:
        """End the line; `run` returns soon after. Any thread."""
        self._outbox.put(None)

    def run(self) -> str:
        """Serve until the connection ends; returns why, for people ("" for an ordinary end)."""
        receiver = threading.Thread(target=self._receive, name="sfumato-receive", daemon=True)
        receiver.start()
        try:
            self._send()
        except ConnectionClosed as error:
            self._reason = self._reason or _ending(error)
        finally:
            self._connection.close()
            receiver.join()
        return self._reason

    def _send(self) -> None:
        pong: Optional[threading.Event] = None
        while True:
            try:
                item = self._outbox.get(timeout=PING_SECONDS)
            except queue.Empty:
                if pong is not None and not pong.is_set():
                    self._reason = tr("no answer for {:.0f} s").format(PING_SECONDS)
                    return
                pong = self._connection.ping()
                continue
            if item is None:
                return
            try:
                self._put(item)
            except ProtocolError as error:
                self._ears.trouble(error)

    def _put(self, item: Union[Message, request.Request, _Parcel]) -> None:
        if isinstance(item, request.Request):
            self._upload(item)
        elif isinstance(item, _Parcel):
            self._deliver(item)
        else:
            self._tell(item)

    def _deliver(self, parcel: _Parcel) -> None:
        message, pictures = parcel.pack(self._peer.next_blob_id)
        try:
            with self._speaking:
                frames = self._peer.send(message, pictures)
        except ProtocolError as error:
            error.job = error.job or getattr(message, "job", "")
            raise
        for frame in frames:
            self._connection.send(frame)

    def _tell(self, message: Message) -> None:
        with self._speaking:
            job = getattr(message, "job", "")
            new = self._peer.lifecycle.job(job) == lifecycle.NEW
            if new and isinstance(message, (Cancel, Move)):
                return  # the server never heard of it
            frames = self._peer.send(message)
        for frame in frames:
            self._connection.send(frame)

    def _upload(self, wanted: request.Request) -> None:
        if wanted.job in self._abandoned:
            return
        try:
            message, pictures = request.encode(wanted, self._peer.next_blob_id)
            with self._speaking:
                frames = self._peer.send(message, pictures)
        except ProtocolError as error:
            error.job = wanted.job
            raise
        for frame in frames:
            if wanted.job in self._abandoned:
                return
            self._connection.send(frame)

    def _receive(self) -> None:
        try:
            while True:
                self._hear(self._connection.recv())
        except ConnectionClosed as error:
            self._reason = self._reason or _ending(error)
        except ProtocolError as error:
            self._reason = tr("it sent {}").format(error.got)
        finally:
            self._outbox.put(None)

    def _hear(self, frame: Union[str, bytes]) -> None:
        """Raises `ProtocolError` for bytes that are no message: there is no going on from there."""
        if isinstance(frame, str):
            raise ProtocolError(errors.BAD_MESSAGE, "text", "a binary frame")
        try:
            with self._speaking:
                received = self._peer.receive(frame)
            received = received and _unpacked(received)
        except ProtocolError as error:
            if error.code == errors.BAD_MESSAGE and not error.job:
                raise
            self._ears.trouble(error)
            return
        if received is not None:
            self._ears.received(received)


def _unpacked(received: Received) -> Received:
    """The same with raw pixels, so that the main thread has nothing to decode.

    Raises `ProtocolError` about the message's job for pixels that do not decode.
    """
    try:
        blobs = tuple(_raw(blob) for blob in received.blobs)
    except ProtocolError as error:
        error.job = getattr(received.message, "job", "")
        raise
    return Received(received.message, blobs)


def _raw(blob: Blob) -> Blob:
    info = replace(blob.info, encoding=RAW, stored=blob.info.size)
    return blob if blob.info.encoding == RAW else Blob(info, blob.pixels())


def _ending(error: ConnectionClosed) -> str:
    close = error.rcvd
    return close.reason if close is not None and close.reason else ""
