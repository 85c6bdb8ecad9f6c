"""Starts the server of this computer, as a process that outlives Krita, and tells how it comes on.

Nothing is asked again and again: the system tells when the server's log grows and when it ends.
"""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any, Callable, Dict, Optional, Sequence

from sfumato_protocol import endpoint

from . import diary
from .core import starting_sentences as sentences
from .core import status
from .core.status import Status
from .local_server import arguments, cleaned
from .qt import QCoreApplication, QFileSystemWatcher, QObject, QTimer, Signal

LISTENS = "Sfumato listens at"
SLOW_MS = 60 * 1000
_MOST_READ = 16 * 1024
_LONGEST_LINE = 300


class Starter(QObject):
    """command: the words that start `sfumato`, none where it is not found.

    changed: `told` would say something else. listening: the server is there, try it now.
    """

    changed = Signal()
    listening = Signal()
    _ended = Signal(object)  # the process, from the thread that waits for it

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__()
        self._command = tuple(command)
        self._sentence = self._address = ""
        self._process: Any = None
        self._mourner: Optional[_Mourner] = None
        self._log = ""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._read)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.timeout.connect(self._say_slow)
        self._ended.connect(self._conclude)

    @property
    def under_way(self) -> bool:
        """Whether a server was started that has not been reached yet."""
        return self._process is not None

    def can_start(self, address: str) -> bool:
        """Whether a server at this address is one that can be started here."""
        return bool(self._command and arguments(address))

    def told(self, now: Status, address: str) -> Status:
        """How things stand with the server, with what is known of its start."""
        if now.kind == status.READY:
            self._forget()
        if now.kind != status.NO_SERVER or not self.can_start(address):
            return now
        said = self._sentence if address == self._address else ""
        if said and self.under_way:
            return Status(status.CONNECTING, said)
        return replace(now, sentence=said or sentences.can_be_started(address), startable=True)

    def start(self, address: str) -> None:
        """Start the server for an address; does nothing while one is being started."""
        if self.under_way or not self.can_start(address):
            return
        self._address = address
        command = [*self._command, *arguments(address)]
        diary.log.info("starting %s", os.path.basename(command[0]))
        try:
            self._process = self._run(command)
        except OSError as error:
            self._say(sentences.not_run(command[0], error.strerror or str(error)))
            return
        self._say(sentences.starting(address))
        self._watcher.addPath(self._log)
        self._slow.start(SLOW_MS)
        self._mourner = _Mourner(self._process, self._ended.emit)
        self._read()

    def stop(self) -> None:
        """Krita closes: the server goes on, and its end is nobody's news any more."""
        self._forget()

    def _run(self, command: Sequence[str]) -> Any:
        home = str(endpoint.home())
        os.makedirs(home, mode=0o700, exist_ok=True)
        self._log = os.path.join(home, "server.log")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(self._log, flags, 0o600), "wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=home,  # not where Krita was started: Python looks for modules there
                env=cleaned(os.environ, _bundle()),
                **_detached(),
            )

    def _read(self, _path: str = "") -> None:
        """The server wrote something."""
        if not self.under_way:
            return
        text = self._tail()
        if LISTENS in text:
            self._say(sentences.listening())
            self.listening.emit()
        elif text:
            self._say(sentences.says(_last_line(text)))

    def _tail(self) -> str:
        try:
            with open(self._log, "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - _MOST_READ))
                return file.read(_MOST_READ).decode("utf-8", "replace").strip()
        except OSError:
            return ""

    def _conclude(self, process: object) -> None:
        """The process ended; that of an earlier start, or of one that was reached, is no news."""
        if process is self._process:
            self._forget()
            diary.log.warning("the server that was started has ended")
            self._say(sentences.ended(_last_line(self._tail())))

    def _say_slow(self) -> None:
        if self.under_way:
            self._say(sentences.slow(self._log))

    def _say(self, sentence: str) -> None:
        if sentence != self._sentence:
            self._sentence = sentence
            self.changed.emit()

    def _forget(self) -> None:
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        self._slow.stop()
        if self._mourner is not None:
            self._mourner.dismiss()
        self._process = self._mourner = None
        self._sentence = ""


class _Mourner:
    """Waits on a thread of its own for the end of a process, and tells it unless dismissed."""

    def __init__(self, process: Any, ended: Callable[[object], None]) -> None:
        self._process = process
        self._ended: Optional[Callable[[object], None]] = ended
        self._telling = threading.Lock()
        threading.Thread(target=self._wait, name="sfumato-start", daemon=True).start()

    def dismiss(self) -> None:
        """Tell nothing from now on: who would be told may be gone."""
        with self._telling:
            self._ended = None

    def _wait(self) -> None:
        self._process.wait()
        with self._telling:
            if self._ended is not None:
                self._ended(self._process)


def _last_line(text: str) -> str:
    return text.splitlines()[-1].strip()[:_LONGEST_LINE] if text.strip() else ""


def _bundle() -> str:
    """The folder of Krita's programs where it is Krita's alone."""
    return QCoreApplication.applicationDirPath() if sys.platform == "win32" else ""


def _detached() -> Dict[str, Any]:
    """A process of its own, that ends neither with Krita nor with Krita's terminal."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
