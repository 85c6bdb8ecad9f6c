"""A virtual X display of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from .processes import end_group


@contextmanager
def virtual_display(size: str = "1600x1000x24") -> Iterator[str]:
    """Start Xvfb on a free display and give its name, such as ":5"; end it afterwards."""
    reading, writing = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        size,
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    server = subprocess.Popen(
        command, pass_fds=[writing], stderr=subprocess.DEVNULL, start_new_session=True
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as chosen:
            number = chosen.readline().strip()
        if not number:
            raise RuntimeError(f"Xvfb ended with {server.wait()} before it had a display")
        yield f":{number}"
    finally:
        end_group(server)
