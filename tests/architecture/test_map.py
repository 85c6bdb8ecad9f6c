"""ARCHITECTURE.md's map is the tree, and the tree can be taken in at a glance."""

from __future__ import annotations

import re
from statistics import median

from .sources import ROOT, modules

MOST_FLAT = 4
MEDIAN_LINES = 130
WORDS_COLUMN = 30


def mapped() -> set[str]:
    """The modules in the map, as paths without their endings.

    A line names modules, or one folder with a slash behind it, at an indent of two spaces a level;
    what stands after two spaces or more says what they are, in lines of its own too.
    """
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("```")[1]
    found, folders = set(), [""]
    for line in text.strip("\n").splitlines():
        indent, names = re.match(r"( *)(\S+(?: \S+)*)", line).groups()  # type: ignore[union-attr]
        level = len(indent) // 2
        if len(indent) >= WORDS_COLUMN:
            continue
        assert len(folders) > level, f"{line!r} is in no folder"
        del folders[level + 1 :]
        if names.endswith("/"):
            folders.append(folders[-1] + names)
        else:
            found |= {folders[-1] + name for name in names.split(" ")}
    return found


def test_the_map_is_the_tree() -> None:
    there = {
        source.path.relative_to(ROOT).with_suffix("").as_posix()
        for source in modules()
        if source.path.name != "__init__.py"
    }
    assert mapped() == there


def test_few_modules_lie_flat_in_the_server() -> None:
    flat = [source.name for source in modules() if source.path.parent.name == "sfumato_server"]
    assert len(flat) <= MOST_FLAT, flat


def test_most_files_are_short() -> None:
    lengths = [len(source.path.read_text(encoding="utf-8").splitlines()) for source in modules()]
    assert median(lengths) <= MEDIAN_LINES
