"""Servers that misbehave in one way each, on real sockets."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from sfumato_protocol import codec


@contextmanager
def speaking(converse: Callable[[ServerConnection], None]) -> Iterator[str]:
    """A WebSocket server whose every connection is `converse`; yields its address."""

    def hold(connection: ServerConnection) -> None:
        try:
            converse(connection)
            for _ in connection:
                pass
        except ConnectionClosed:
            return

    with serve(hold, "127.0.0.1", 0, compression=None, max_size=codec.MAX_FRAME) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host, port = server.socket.getsockname()
        try:
            yield f"ws://{host}:{port}/sfumato"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def answering_http(answer: bytes) -> Iterator[str]:
    """A TCP server that says `answer` to whoever connects, once; yields a WebSocket address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve_one() -> None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # nobody came before the end
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve_one)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{listener.getsockname()[1]}/sfumato"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def mute_after(*frames: bytes) -> Iterator[str]:
    """A WebSocket server that says `frames` and then neither reads nor answers pings."""
    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve_one() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(_upgrade(connection.recv(4096)))
                for frame in frames:
                    header = struct.pack("!BBH", 0x82, 126, len(frame))  # final, binary, 16-bit
                    connection.sendall(header + frame)
                gone.wait()

        thread = threading.Thread(target=serve_one)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{listener.getsockname()[1]}/sfumato"
        finally:
            gone.set()
            thread.join()


def _upgrade(request: bytes) -> bytes:
    """The answer of RFC 6455, section 4.2.2."""
    name = b"Sec-WebSocket-Key:"
    (key,) = (line[18:].strip() for line in request.split(b"\r\n") if line.startswith(name))
    proof = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    lines = (
        b"HTTP/1.1 101 Switching Protocols",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: " + proof,
    )
    return b"\r\n".join((*lines, b"", b""))


def free_port() -> int:
    """A port where nothing listens (just now)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
