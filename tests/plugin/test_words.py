"""Every word that the artist reads can be said in another language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import wording
from sfumato.core import words

# Names, which are the same in every language, and what is no sentence.
KEPT = {
    ("krita_io/building.py", "Mask of "),  # a layer's name stays with the picture
    ("extension.py", "Sfumato"),
    ("ui/job_rows.py", "Sfumato"),
    ("ui/recipe_bar.py", "Sfumato"),
    ("ui/connection.py", "sfumato serve"),
    ("ui/connection.py", "<code>{}</code>"),
    ("starting.py", "Sfumato listens at"),
    ("krita_io/watching.py", "selection status"),  # what Krita calls a label of its own
}
LOG = "diary.py"  # is for a report, which its readers want in English


def test_no_literal_is_shown_untranslated() -> None:
    found = {
        (source.relative_to(wording.PLUGIN).as_posix(), text): line
        for source in wording.sources()
        for line, text in wording.untranslated(source.read_text("utf-8"))
        if source.name != LOG
    }
    new = [f"{at[0]}:{line}: {at[1]}" for at, line in found.items() if at not in KEPT]
    assert not new, "wrap these in tr(), or mark() in a table; what is no word goes into KEPT"


def test_what_is_translated_is_a_literal() -> None:
    for source in wording.sources():
        assert wording.hidden(source.read_text("utf-8")) == [], source


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('box.setText("Cancel")', ["Cancel"]),
        ('box.setText(tr("Cancel"))', []),
        ('box.setText(tr("Cancel {}").format("now"))', ["now"]),
        ('QLabel("Seed" if one else "Seeds")', ["Seed", "Seeds"]),
        ('form.addRow("Seed", box)', ["Seed"]),
        ('said = "The server is gone."', ["The server is gone."]),
        ('return {"a": "Nothing is selected"}', ["Nothing is selected"]),
        ('return several(n, "one job", "{} jobs")', []),
        ('TABLE = (Row(mark("Lay it on top")),)', []),
        ('"""A docstring is for readers of the code."""', []),
        ('raise ValueError("what a programmer reads")', []),
        ('diary.log.info("a job %s ended", 1)', []),
        ('settings.read("seed_locked", "")', []),
        ('box.setText("{} / {}".format(1, 2))', []),
    ],
)
def test_a_literal_is_found_where_it_is_shown(source: str, found: list[str]) -> None:
    if source.startswith("return"):
        source = f"def f():\n    {source}"
    assert sorted(text for _, text in wording.untranslated(source)) == found


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(words, "_FOLDER", str(tmp_path))
    yield tmp_path
    words.use("C")


def test_words_are_said_in_the_language_in_use(catalogues: Path) -> None:
    (catalogues / "de.json").write_text(json.dumps({"Cancel": "Abbrechen"}), "utf-8")
    words.use("de_AT")
    assert (words.tr("Cancel"), words.tr("Undo")) == ("Abbrechen", "Undo")
    assert words.several(2, "Undo", "Cancel") == "Abbrechen"
    words.use("fi")
    assert words.tr("Cancel") == "Cancel"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"Cancel": 1}', '{"Cancel": "{} {}"}'])
def test_a_catalogue_that_is_broken_leaves_english(catalogues: Path, content: str) -> None:
    (catalogues / "de.json").write_text(content, "utf-8")
    words.use("de")
    assert words.tr("Cancel") == "Cancel"


FIELD = re.compile(r"\{[^}]*\}")


@pytest.mark.parametrize("code", ["de", "fr"])
def test_a_catalogue_says_what_the_english_says(code: str) -> None:
    assert code in words.languages()
    for text, said in words.catalogue(code).items():
        assert sorted(FIELD.findall(text)) == sorted(FIELD.findall(said)), text
        assert said.strip() == said != "", text
        assert text.endswith((".", "…")) == said.endswith((".", "…")), text
