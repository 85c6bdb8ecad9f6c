"""A client with one job that it means to finish, whatever happens on the way.

It does what the plugin does: it submits until it is accepted, resumes from then on with the passes
it has, submits again where the server has forgotten, acknowledges what it has. It notices when a
pass that was announced is lost, and when one comes that it had already.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from websockets.sync.client import ClientConnection, connect

from faults.server_process import TOKEN
from sfumato_protocol import VERSION, codec, errors
from sfumato_protocol.blobs import Blob
from sfumato_protocol.lifecycle import CLIENT
from sfumato_protocol.messages import (
    Accepted,
    Ack,
    Again,
    Failed,
    Hello,
    JobDone,
    Message,
    PassDone,
    Resume,
    Submit,
    Welcome,
)
from sfumato_protocol.peer import Peer, Received
from sfumato_server.websocket_log import WebSocketLog

PATIENCE = 30.0  # s without a word, after which a job counts as stuck


class Accident(Exception):
    """Raised by a test's `boundary`: the connection is to be cut here."""


@dataclass
class Artist:
    """boundary: called after each frame that was sent or heard, with its number from 1.

    passes: what has arrived whole. announced: for each pass spoken of, the seconds it took, by
    which a pass that was lost and done again gives itself away. faults: what went wrong.
    """

    submit: Submit | Again
    blobs: tuple[Blob, ...]
    boundary: Callable[[int], None] = lambda number: None
    accepted: bool = False
    passes: dict[int, bytes] = field(default_factory=dict)
    announced: dict[int, float] = field(default_factory=dict)
    end: JobDone | Failed | None = None
    safe: bool = False
    faults: list[str] = field(default_factory=list)
    frames: int = 0

    def converse(self, url: str, way: socket.socket | None = None) -> None:
        """Connect and go on until the job is over and the server knows that all is safe here.

        way: an open TCP connection to it, to take instead of a new one.
        Raises `OSError`, `WebSocketException` or `Accident` when the connection ends before.
        """
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with connect(
            url,
            sock=way,
            additional_headers=headers,
            compression=None,
            proxy=None,
            max_size=codec.MAX_FRAME,
            close_timeout=0.2,
            logger=WebSocketLog("websockets.client"),
        ) as line:
            try:
                self._talk(line, Peer(CLIENT))
            except Accident:
                line.socket.close()
                raise

    def _talk(self, line: ClientConnection, peer: Peer) -> None:
        self._say(line, peer, Hello(VERSION, "tests"))
        while not isinstance(self._hear(line, peer).message, Welcome):
            pass
        if self.end is None:
            self._finish(line, peer)
        for index in sorted(self.passes):
            self._say(line, peer, Ack(self.submit.job, index))
        self._say(line, peer, Resume(self.submit.job, tuple(self.passes)))
        while not isinstance(self._hear(line, peer).message, (JobDone, Failed)):
            pass  # a server that answers this has heard the acknowledgements before
        self.safe = True

    def _finish(self, line: ClientConnection, peer: Peer) -> None:
        if self.accepted:
            self._say(line, peer, Resume(self.submit.job, tuple(self.passes)))
        else:
            self._say(line, peer, self.submit, self.blobs)
        while self.end is None:
            received = self._hear(line, peer)
            message = received.message
            if isinstance(message, Accepted):
                self.accepted = True
            elif isinstance(message, PassDone):
                self._keep(received, message)
            elif isinstance(message, Failed) and message.code == errors.UNKNOWN_JOB:
                if self.accepted:
                    self.faults.append("the server forgot a job that it had accepted")
                self._say(line, peer, self.submit, self.blobs)
            elif isinstance(message, (JobDone, Failed)):
                self.end = message

    def _keep(self, received: Received, message: PassDone) -> None:
        index = message.planned.index
        if index in self.passes:
            self.faults.append(f"pass {index} came twice")
        self.passes[index] = b"".join(bytes(blob.pixels()) for blob in received.blobs)

    def _say(
        self, line: ClientConnection, peer: Peer, message: Message, blobs: tuple[Blob, ...] = ()
    ) -> None:
        for frame in peer.send(message, blobs):
            line.send(frame)
            self._count()

    def _hear(self, line: ClientConnection, peer: Peer) -> Received:
        while True:
            frame = line.recv(PATIENCE)
            assert isinstance(frame, bytes)
            spoken = codec.decode(frame)
            if isinstance(spoken, PassDone):
                self._note_announced(spoken)
            self._count()
            received = peer.receive(frame)
            if received is not None:
                return received

    def _note_announced(self, message: PassDone) -> None:
        index = message.planned.index
        if self.announced.setdefault(index, message.seconds) != message.seconds:
            self.faults.append(f"pass {index} was lost after it was announced")

    def _count(self) -> None:
        self.frames += 1
        self.boundary(self.frames)
