"""The one sentence that every docker shows, which goes away when it is no longer true."""

import time
from typing import Callable

from .qt import QObject, QTimer, Signal

BRIEF_MS = 6000
# s in which Krita may still tell of what led to a sentence: new layers, an old selection
SETTLING = 2.0
BARELY = 0.3


class Saying(QObject):
    """changed: the sentence, "" for none. clock: s.

    What tells of an outcome stays until the artist has gone on; what refuses a click, until
    anything changes that it may have been about.
    """

    changed = Signal(str)

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._since = clock()
        self._fleeting = False
        self._brief = QTimer(self)
        self._brief.setSingleShot(True)
        self._brief.timeout.connect(self.clear)
        self.text = ""

    def say(self, text: str) -> None:
        """Show a sentence in place of the last."""
        self._brief.stop()
        self.text, self._since, self._fleeting = text, self._clock(), False
        self.changed.emit(text)

    def refused(self, brief: bool) -> None:
        """What was said last refuses a click. brief: it holds for a moment only."""
        self._fleeting = True
        if brief:
            self._brief.start(BRIEF_MS)

    def outdate(self, *_what: object) -> None:
        """The artist has gone on: another selection, document, choice or connection."""
        settling = BARELY if self._fleeting else SETTLING
        if self.text and self._clock() - self._since > settling:
            self.clear()

    def clear(self) -> None:
        """Show no sentence."""
        if self.text:
            self.say("")
