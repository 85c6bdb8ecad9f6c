"""A plugin that drives Krita for tests: it runs the scenario named in the request and quits.

Without SFUMATO_DRIVER_REQUEST it does nothing.
"""

import os

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


Krita.instance().addExtension(Driver(Krita.instance()))
