"""Text of others reaches terminals, logs and messages tamed."""

from __future__ import annotations

import pytest

from sfumato_protocol.plain_text import encodable, printable


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\r", "a\\nb\\r"),
        ("\x7f\x85\x9b31m", "\\x7f\\x85\\x9b31m"),
        ("one\u2028two\u2029", "one\\u2028two\\u2029"),
        ("\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066"),
        ("m\udcff.safetensors", "m\\udcff.safetensors"),
        ("Größe, 修复 “soft” – 🙂", "Größe, 修复 “soft” – 🙂"),
    ],
)  # fmt: skip
def test_what_commands_a_terminal_is_shown_as_an_escape(raw: str, shown: str) -> None:
    assert printable(raw) == shown
    printable(raw).encode("utf-8")


def test_anything_can_be_shown() -> None:
    assert printable(ValueError("a\nb")) == "a\\nb"


def test_only_what_has_no_utf8_changes_on_the_way_into_a_message() -> None:
    assert encodable("ä\n\udcff\ud83d") == "ä\n\\udcff\\ud83d"
