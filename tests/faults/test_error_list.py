"""docs/errors.md lists every error: each code, each refusal at the door, each sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from fakes.places import ROOT
from sfumato_protocol import errors

PAGE = ROOT / "docs" / "errors.md"
CORE = ROOT / "plugin/sfumato/core"
SPOKEN = [
    CORE / name
    for name in (
        "sentences.py", "again_sentences.py", "recipe_sentences.py", "shaping_sentences.py",
        "starting_sentences.py",
    )
]  # fmt: skip
GATE = ROOT / "server/sfumato_server/transport/auth.py"
# What is said when all is well.
GOOD = {
    "connected", "waiting", "running", "finished", "sending",
    "redoing", "running_again", "selection_restored", "merged", "cleaned_up", "given_up",
    "settings_again", "saved", "deleted", "replace_it", "delete_it", "nothing", "about_passes",
    "about_pass", "takes", "starting", "says", "listening",
}  # fmt: skip
FIELD = re.compile(r"\{[^}]*\}")


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def page() -> str:
    return plain(PAGE.read_text(encoding="utf-8"))


def codes() -> list[str]:
    return [value for name, value in vars(errors).items() if name.isupper()]


@pytest.mark.parametrize("code", codes())
def test_every_code_has_a_row_with_cause_and_remedy(code: str) -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{code}` |")]
    assert len(rows) == 1
    assert all(cell.strip() for cell in rows[0].strip("|").split("|"))


def test_no_code_is_listed_that_is_gone() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(codes())


def statements(file: Path) -> Iterator[tuple[str, ast.AST]]:
    """Sentences by name: constants, and functions that put one together."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, ast.Module(node.body[1:], [])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node


def spoken() -> list[tuple[str, str]]:
    """The longest fixed part of each sentence, with the name it goes by."""
    found = []
    for name, tree in (one for file in SPOKEN for one in statements(file)):
        texts = [
            plain(piece)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            for piece in FIELD.split(node.value)
        ]
        if name not in GOOD and max(map(len, texts), default=0) > 8:
            found.append((name, max(texts, key=len).strip(" .,;:(")))
    return found


@pytest.mark.parametrize(("name", "words"), spoken(), ids=lambda value: value[:30])
def test_every_sentence_to_artists_is_listed(name: str, words: str, page: str) -> None:
    assert words in page, name


def test_every_refusal_at_the_door_is_listed(page: str) -> None:
    used = set(re.findall(r"HTTPStatus\.([A-Z_]+)", GATE.read_text()))
    assert used
    for name in used:
        assert f"| {HTTPStatus[name].value} |" in page
