"""What reaches a terminal or a log file is plain, and bounded."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from sfumato_server.cli.logs import MOST_ALIKE, WINDOW_SECONDS, FewAlike, JsonLines, Lines

RUDE = "a\x1b[2J\x07\n2026-01-01 ERROR forged\x7f\x85\x9b31m\u2028\u202e\udcff"


def record(message: str = "heard %s", *arguments: object, trace: bool = False) -> logging.LogRecord:
    fault = None
    if trace:
        try:
            raise ValueError(RUDE)
        except ValueError:
            fault = sys.exc_info()
    return logging.LogRecord("a", logging.INFO, "file", 1, message, arguments, fault)


@pytest.mark.parametrize("trace", [False, True])
def test_a_line_for_people_is_one_line_without_commands(trace: bool) -> None:
    shown = Lines("%(message)s").format(record("heard %s", RUDE, trace=trace))
    first, *rest = shown.split("\n")
    assert first.startswith("heard a\\x1b[2J\\x07\\n2026")
    assert all(line.startswith("  | ") for line in rest)
    assert bool(rest) == trace
    assert all(line.isprintable() for line in (first, *rest))


def test_a_line_for_machines_is_ascii_and_holds_the_very_text() -> None:
    shown = JsonLines().format(record("heard %s", RUDE, trace=True))
    assert shown.isascii()
    assert shown.isprintable()
    assert json.loads(shown)["message"] == f"heard {RUDE}"


def test_of_messages_alike_few_are_logged_and_the_rest_counted() -> None:
    now = 100.0
    alike = FewAlike(clock=lambda: now)
    passed = [alike.filter(record("heard %s", number)) for number in range(1000)]
    assert passed == [True] * MOST_ALIKE + [False] * (1000 - MOST_ALIKE)
    assert alike.filter(record("something else"))
    now += WINDOW_SECONDS
    following = record("heard %s", 1000)
    assert alike.filter(following)
    assert following.getMessage() == f"heard 1000 ({1000 - MOST_ALIKE} more like it were left out)"
    assert alike.filter(record("heard %s", 1001))
