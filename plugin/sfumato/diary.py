"""The plugin's log file, for reports: what happened when, in words that may be shown to anyone.

Only what is named here and where `log` is used gets into it: no token, no prompt, no pixels, no
folder of the artist's, and no sentence of a server's, which might hold any of them.
"""

import logging
import os
import platform
import sys
import traceback
from logging.handlers import RotatingFileHandler
from urllib.parse import urlsplit

from sfumato_protocol.plain_text import printable

from .core.job import Job
from .core.request import Request
from .qt import PYQT_VERSION_STR

FOLDER, FILE = "sfumato", "plugin.log"
_LARGEST = 512 * 1024
_OLD = 2  # files that are kept beside the newest

log = logging.getLogger("sfumato")


def begin(folder: str, version: str, krita: str) -> str:
    """Log into a file in a folder of our own below `folder`, which exists; returns the file's path,
    "" where there can be none. version: the plugin's."""
    end()
    place = os.path.join(folder, FOLDER)
    try:
        if not os.path.isdir(place):
            os.mkdir(place)
    except OSError:
        return ""
    path = os.path.join(place, FILE)
    handler = _Quiet(path, maxBytes=_LARGEST, backupCount=_OLD, encoding="utf-8", delay=True)
    handler.setFormatter(_OneLine("%(asctime)s [%(process)d] %(levelname)s %(message)s"))
    log.setLevel(logging.INFO)
    log.propagate = False  # Krita's own output is not the place
    log.addHandler(handler)
    python, system = platform.python_version(), sys.platform
    words = "plugin %s, Krita %s, Python %s, PyQt %s, %s"
    log.info(words, version, krita, python, PYQT_VERSION_STR, system)
    return path


def end() -> None:
    """Close the file."""
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()


def fault(doing: str, error: BaseException) -> None:
    """Note an error by its kind and where it was raised. Its words may quote anything."""
    steps = traceback.extract_tb(error.__traceback__)
    where = ("{}:{}".format(os.path.basename(step.filename), step.lineno) for step in steps)
    number = getattr(error, "errno", None)
    kind = type(error).__name__ + (" {}".format(number) if number is not None else "")
    log.error("%s: %s at %s", doing, kind, " > ".join(where) or "no place")


def told(address: str) -> str:
    """A server's address without what else may be in one: a name, a password, a query."""
    try:
        parts = urlsplit(address)
        return "{} {}:{}".format(parts.scheme, parts.hostname, parts.port or "")
    except ValueError:
        return "no address"


def asked(request: Request) -> str:
    """What a job is, in numbers."""
    reading = request.reading
    crop, canvas, colour = reading.crop, reading.canvas, reading.colour
    return "{} {}, crop {}x{} of {}x{} {} {}, engine “{}”, prompt of {} characters".format(
        request.job[:8],
        request.recipe.name,
        crop.width,
        crop.height,
        canvas.width,
        canvas.height,
        colour.model,
        colour.depth,
        request.choices.engine,
        len(request.choices.prompt),
    )


def state(job: Job) -> str:
    """How far a job has come."""
    words = "{} is {}, {} of {} passes".format(
        job.id[:8], job.stage, len(job.results), len(job.plan)
    )
    return words + " (of an earlier session)" if job.recalled else words


class _OneLine(logging.Formatter):
    """Each record in one line, whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


class _Quiet(RotatingFileHandler):
    """A disk that is full is no reason to say anything."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Python would write to a standard error that Krita may not have."""
