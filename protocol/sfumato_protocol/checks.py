"""Field checks that messages run on construction.

Each raises `InvalidField` with what was got and what was expected.
"""

import re
from typing import Any, Iterable

from .errors import InvalidField

_JOB_ID = re.compile(r"[0-9a-f]{32}\Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}\Z")


def whole(field: str, value: Any, low: int, high: int) -> None:
    """`value` is an int (no bool) in low..high."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidField(field, value, "a whole number from {} to {}".format(low, high))


def number(field: str, value: Any, low: float, high: float) -> None:
    """`value` is a finite number in low..high."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:  # NaN is in no range
        raise InvalidField(field, value, "a number from {:g} to {:g}".format(low, high))


def text(field: str, value: Any, longest: int) -> None:
    """`value` is a str of at most `longest` characters, none of them half of a pair."""
    if not isinstance(value, str):
        raise InvalidField(field, value, "text")
    if len(value) > longest:
        got = "{} characters".format(len(value))
        raise InvalidField(field, got, "at most {} characters".format(longest), "Shorten it.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:  # half of a surrogate pair, as Qt and file names may give
        raise InvalidField(field, value, "text that is Unicode") from error


def one_of(field: str, value: Any, allowed: Iterable[str]) -> None:
    """`value` is one of `allowed`."""
    options = tuple(allowed)
    if value not in options:
        raise InvalidField(field, value, "one of " + ", ".join(options))


def flag(field: str, value: Any) -> None:
    """`value` is True or False."""
    if not isinstance(value, bool):
        raise InvalidField(field, value, "true or false")


def job_id(field: str, value: Any) -> None:
    """`value` is 32 lower-case hexadecimal digits (`uuid4().hex`)."""
    if not isinstance(value, str) or not _JOB_ID.match(value):
        raise InvalidField(field, value, "32 lower-case hexadecimal digits")


def name(field: str, value: Any) -> None:
    """`value` is a listed name: letters, digits and ._/- up to 64."""
    if not isinstance(value, str) or not _NAME.match(value):
        raise InvalidField(field, value, "a name of letters, digits and . _ / - (at most 64)")


def count(field: str, value: Any, most: int) -> None:
    """The tuple `value` has at most `most` items."""
    if not isinstance(value, tuple):
        raise InvalidField(field, value, "a list")
    if len(value) > most:
        raise InvalidField(field, "{} items".format(len(value)), "at most {} items".format(most))
