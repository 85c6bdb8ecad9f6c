"""A machine without Krita is told so in one line that says what to do."""

from pathlib import Path

import pytest
from krita_harness import machine


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = machine.missing()
    assert "\n" not in said
    for word in ("krita", "Xvfb", "xdotool", "apt-get install", machine.WITHOUT):
        assert word in said


def test_nothing_is_missing_here(krita_on_this_machine: None) -> None:
    assert machine.missing() == ""


@pytest.mark.parametrize(("value", "allowed"), [("1", True), ("", False), ("0", False)])
def test_only_an_explicit_word_lets_a_machine_go_without(
    monkeypatch: pytest.MonkeyPatch, value: str, allowed: bool
) -> None:
    monkeypatch.setenv(machine.WITHOUT, value)
    assert machine.may_go_without() == allowed
