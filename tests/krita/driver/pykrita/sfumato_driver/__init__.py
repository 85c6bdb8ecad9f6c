"""A plugin that drives Krita for tests: it runs the scenario named in the request and quits.

Without SFUMATO_DRIVER_REQUEST it does nothing.
"""

import os
import sys
import traceback

from krita import Extension, Krita

from .runner import Runner


class Driver(Extension):
    """Waits for the first window, then hands over to the scenario."""

    def __init__(self, parent):
        super().__init__(parent)
        self._runner = None

    def setup(self):
        request = os.environ.get("SFUMATO_DRIVER_REQUEST")
        if request is None or self._runner is not None:
            return
        self._runner = Runner(request)
        notifier = Krita.instance().notifier()
        notifier.setActive(True)
        notifier.windowCreated.connect(self._runner.start)

    def createActions(self, window):  # noqa: N802 (Krita's name)
        pass


def _end_with(*fault):
    """A fault that nobody catches ends Krita, which would show a dialog until its time is over."""
    traceback.print_exception(*fault)
    sys.stderr.flush()
    os._exit(1)


if "SFUMATO_DRIVER_REQUEST" in os.environ:
    sys.excepthook = _end_with
Krita.instance().addExtension(Driver(Krita.instance()))
