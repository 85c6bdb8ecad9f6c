"""German and French are complete: all that the plugin may say, and nothing else."""

from __future__ import annotations

import pytest

from fakes import wording
from sfumato.core import words


def english() -> set[str]:
    return set().union(
        *(wording.translated(source.read_text("utf-8")) for source in wording.sources())
    )


@pytest.mark.parametrize("code", ["de", "fr"])
def test_every_text_of_the_plugin_is_in_the_catalogue(code: str) -> None:
    known = words.catalogue(code).keys()
    missing, stale = sorted(english() - known), sorted(known - english())
    assert not missing, f"put these into plugin/sfumato/words/{code}.json"
    assert not stale, f"take these out of plugin/sfumato/words/{code}.json"
