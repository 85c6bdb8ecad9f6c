"""Errors that travel: a code for programs, three short texts for people."""

from typing import Optional

BAD_MESSAGE = "bad_message"
UNKNOWN_TYPE = "unknown_type"
OUT_OF_ORDER = "out_of_order"
TOO_LARGE = "too_large"
WRONG_VERSION = "wrong_version"
UNKNOWN_JOB = "unknown_job"
UNKNOWN_RECIPE = "unknown_recipe"
UNKNOWN_ENGINE = "unknown_engine"
UNSUPPORTED_COLOUR = "unsupported_colour"
EMPTY_SELECTION = "empty_selection"
QUEUE_FULL = "queue_full"
STORAGE = "storage"
CANCELLED = "cancelled"
ENGINE_FAILED = "engine_failed"
ENGINE_CRASHED = "engine_crashed"
ENGINE_HUNG = "engine_hung"
INTERNAL = "internal"
MOVED = "moved"


class ProtocolError(Exception):
    """Something said that cannot be acted on.

    code: one of this module's constants. got, expected, remedy: a short phrase each, for people.
    job: the job it concerns, or "" for the connection as a whole. request: likewise, of a message
    that has one.
    """

    def __init__(self, code: str, got: str, expected: str, remedy: str = "", job: str = "") -> None:
        super().__init__(sentence(got, expected, remedy))
        self.code = code
        self.got = got
        self.expected = expected
        self.remedy = remedy
        self.job = job
        self.request = ""


class InvalidField(ProtocolError):
    """A message field outside its range or of the wrong type."""

    def __init__(self, field: str, got: object, expected: str, remedy: str = "") -> None:
        super().__init__(BAD_MESSAGE, "{} = {}".format(field, shorten(got)), expected, remedy)
        self.field = field


def cancelled(job: str = "") -> ProtocolError:
    """A job ended because it was asked to."""
    return ProtocolError(CANCELLED, "the job was cancelled", "", job=job)


def moved(job: str = "") -> ProtocolError:
    """Another connection has asked for this job and hears of it from now on."""
    remedy = "It goes on there. Take it back by asking for it again."
    return ProtocolError(MOVED, "the job was taken over by another connection", "", remedy, job)


def shorten(value: object, length: int = 80) -> str:
    """`repr(value)` cut to `length` characters, so that an error never echoes a megabyte."""
    try:
        text = repr(value[: length + 1] if isinstance(value, (str, bytes)) else value)
    except (RecursionError, ValueError):  # nested too deep, or with too many digits to be written
        text = "a {} too large to show".format(type(value).__name__)
    return text if len(text) <= length else text[: length - 1] + "…"


def sentence(got: str, expected: str, remedy: Optional[str] = "") -> str:
    """One line for a person: what was got, what was expected, what to do."""
    line = "got {}; expected {}".format(got, expected) if expected else got
    whole = line if line.endswith((".", "!", "?")) else line + "."
    return "{} {}".format(whole, remedy) if remedy else whole
