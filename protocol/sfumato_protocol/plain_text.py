"""Text that somebody else may have written, made fit to be sent, and to be shown in one line."""

import re

# What can begin a line, command a terminal or turn the direction of what stands beside it: C0, DEL,
# C1 (NEL among them), line and paragraph separators, marks of direction, halves of pairs.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def encodable(text: str) -> str:
    """`text` with what has no UTF-8 (a half of a surrogate pair, as file names give) as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def printable(text: object) -> str:
    """`str(text)` for a terminal or a log, in one line: control characters, line breaks, marks of
    direction and what has no UTF-8 stand there as escapes, "\\x1b" say."""
    return _UNSAFE.sub(_escaped, str(text))


def _escaped(found: "re.Match[str]") -> str:
    return found[0].encode("unicode_escape").decode("ascii")
