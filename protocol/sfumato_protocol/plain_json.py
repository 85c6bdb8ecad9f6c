"""JSON that somebody else may have written: bounded in size and depth, with ordinary numbers only.

`json` alone takes NaN, numbers of a million digits (which old Pythons read for minutes) and lists
nested so deep that nothing can be said of them any more.
"""

import json
from typing import Any

DEEPEST = 12
LONGEST_NUMBER = 40  # characters; a float has at most 25


def parse(text: str, longest: int) -> Any:
    """Maps, lists and values. longest: characters. Raises `ValueError` with the reason."""
    if len(text) > longest:
        raise ValueError("{} characters of at most {}".format(len(text), longest))
    try:
        content = json.loads(
            text, parse_constant=_no_number, parse_int=_whole, parse_float=_fraction
        )
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    require_shallow(content, DEEPEST)
    return content


def _whole(digits: str) -> int:
    return int(_short(digits))


def _fraction(digits: str) -> float:
    return float(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number of {} characters".format(len(digits)))
    return digits


def _no_number(word: str) -> float:
    raise ValueError("{} is no number".format(word))


def require_shallow(content: Any, levels: int) -> None:
    """Raise `ValueError` for maps and lists in each other more than `levels` deep."""
    if not isinstance(content, (dict, list)):
        return
    if levels == 0:
        raise ValueError("nested too deep")
    for child in content.values() if isinstance(content, dict) else content:
        require_shallow(child, levels - 1)
