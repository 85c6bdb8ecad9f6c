"""A TCP proxy that breaks connections after a given number of bytes."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset rather than a farewell


class CuttingProxy:
    """Forwards to `target()`, (host, port).

    cuts: each new connection takes the first of these numbers and breaks after so many bytes; where
    there are none left it lives on.
    """

    def __init__(self, target: Callable[[], tuple[str, int]], cuts: list[int]) -> None:
        self._target = target
        self.cuts = list(cuts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._carriers: list[threading.Thread] = []
        self._pairs: list[_Pair] = []

    @property
    def carried(self) -> int:
        """Bytes that went through the latest connection."""
        return self._pairs[-1].carried

    @property
    def broken(self) -> int:
        """How many connections were broken."""
        return sum(pair.is_cut for pair in self._pairs)

    def serve(self) -> None:
        """Accept connections until the listener is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            carrier = threading.Thread(target=self._carry, args=(client,), daemon=True)
            self._carriers.append(carrier)
            carrier.start()

    def connect(self) -> socket.socket:
        """A new way through."""
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def close(self) -> None:
        """Accept nobody any more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def join(self) -> None:
        """Wait until every connection has ended."""
        for carrier in self._carriers:
            carrier.join(10)

    def _carry(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target(), 10)
        except OSError:
            client.close()
            return
        pair = _Pair(client, server, self.cuts.pop(0) if self.cuts else None)
        self._pairs.append(pair)
        pair.carry()


class _Pair:
    """Two sockets and what may still pass between them."""

    def __init__(self, client: socket.socket, server: socket.socket, most: int | None) -> None:
        self._sockets = (client, server)
        self._most = most
        self._lock = threading.Lock()
        self.carried = 0
        self.is_cut = False

    def carry(self) -> None:
        client, server = self._sockets
        back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
        back.start()
        self._pump(client, server)
        back.join()
        for one in self._sockets:
            if self.is_cut:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            one.close()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                with self._lock:
                    allowed = len(data) if self._most is None else self._most - self.carried
                    part = data[:allowed]
                    self.carried += len(part)
                sink.sendall(part)
                if len(part) < len(data):
                    self.is_cut = True
                    break
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(target: Callable[[], tuple[str, int]], cuts: list[int]) -> Iterator[CuttingProxy]:
    """A proxy that accepts connections while the context lasts."""
    proxy = CuttingProxy(target, cuts)
    thread = threading.Thread(target=proxy.serve, name="proxy")
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(10)
        proxy.join()
