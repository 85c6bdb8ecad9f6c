"""What the plugin took at the start, where a benchmark has it timed."""

import sys

from . import desk
from .runner import Pause


def spent():
    """Seconds by the name of what was called."""
    desk.main_window()
    yield Pause(500)
    return {"spent": sys.modules["sfumato"].spent}
