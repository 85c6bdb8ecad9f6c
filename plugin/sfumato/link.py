"""The socket thread seen from Qt: keeps one line to the server open and tells the main thread.

All signals are emitted on the socket's threads and arrive in the main thread's event loop.
"""

import threading
from typing import Callable, Optional

from . import diary
from .core import sentences, status
from .core.status import Status, Unreachable
from .dial import Address, dial
from .line import Ears, Line
from .qt import QObject, Signal

FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0


class Link(QObject):
    """status_changed: a `Status`. opened: the new `Line`, after its READY status.

    received: a `Received` message. trouble: a `ProtocolError`. address: asked before each attempt,
    so that a new token file is found.
    """

    status_changed = Signal(object)
    opened = Signal(object)
    received = Signal(object)
    trouble = Signal(object)

    def __init__(self, address: Callable[[], Address]) -> None:
        super().__init__()
        self._address = address
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._line: Optional[Line] = None
        self._thread: Optional[threading.Thread] = None

    def start(self) -> None:
        """Begin to connect, and reconnect for ever, in a daemon thread."""
        self._thread = threading.Thread(target=self._run, name="sfumato-link", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Try now rather than after the pause. Does nothing while connected."""
        self._awake.set()

    def reconnect(self) -> None:
        """Leave the present line, if any, and dial the address as it is now."""
        line = self._line
        if line is not None:
            line.close()
        self._awake.set()

    def stop(self) -> None:
        """Close the line and end the thread."""
        self._stopping.set()
        self.reconnect()
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    def _run(self) -> None:
        ears = Ears(self.received.emit, self.trouble.emit)
        wait = FIRST_WAIT
        self.status_changed.emit(status.seeking())
        while not self._stopping.is_set():
            self._awake.clear()
            address = self._address()
            try:
                self._line = dial(address, ears)
            except Unreachable as error:
                self.status_changed.emit(error.status)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                if address != self._address():  # it was changed while this one answered
                    self._line.close()
                self._serve(self._line)
                wait = FIRST_WAIT
            self._awake.wait(0 if self._stopping.is_set() else wait)

    def _serve(self, line: Line) -> None:
        words = sentences.connected(line.welcome.server)
        if line.welcome.dropped:
            words += " " + sentences.left_out(len(line.welcome.dropped))
        self.status_changed.emit(Status(status.READY, words, line.welcome))
        self.opened.emit(line)
        try:
            reason = line.run()
        except Exception as error:  # noqa: BLE001 - a fault here must not end reconnecting
            diary.fault("the line", error)
            reason = repr(error)
        self._line = None
        self.status_changed.emit(Status(status.LOST, sentences.lost(reason)))
