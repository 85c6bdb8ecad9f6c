"""The one function that every word said to the artist goes through, and the catalogues behind it.

A catalogue is a JSON file in `words/`, named by its language: English text → its translation, with
the same {} places. Nothing is read before `use`; without a catalogue the words are English.
"""

import json
import os
from contextlib import suppress
from typing import Dict, Mapping, Tuple

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "words")
_SERVERS = os.path.join(_FOLDER, "servers")
_now: Dict[str, str] = {}
_servers: Dict[str, str] = {}


def tr(text: str) -> str:
    """`text` in the artist's language; English where there is no translation."""
    return _now.get(text, text)


def several(count: int, one: str, many: str) -> str:
    """What is said of one, or of any other number; the number goes in by `format`."""
    return tr(one if count == 1 else many)


def mark(text: str) -> str:
    """`text` itself: says that a table's words are in the catalogues, and `tr` is at their use."""
    return text


def use(language: str) -> None:
    """Speak the language of a locale name such as "de_AT"; English where there is no catalogue, or
    one that cannot be used."""
    code = language.replace("-", "_").split("_")[0].lower()
    _now.clear()
    _servers.clear()
    if code in languages():
        with suppress(OSError, ValueError):
            _now.update(catalogue(code))
            _servers.update(catalogue(code, _SERVERS))


def languages() -> Tuple[str, ...]:
    """The languages that there are catalogues of."""
    names = sorted(os.listdir(_FOLDER)) if os.path.isdir(_FOLDER) else []
    return tuple(name[: -len(".json")] for name in names if name.endswith(".json"))


def servers() -> Mapping[str, str]:
    """What servers may write, in the language in use."""
    return _servers


def catalogue(code: str, folder: str = "") -> Mapping[str, str]:
    """A language's catalogue. folder: of other ones than the plugin's own. Raises `OSError`,
    `ValueError`."""
    with open(os.path.join(folder or _FOLDER, code + ".json"), encoding="utf-8") as file:
        content = json.load(file)
    if not isinstance(content, dict):
        raise ValueError("{} is no catalogue".format(code))
    return {text: said for text, said in content.items() if _fits(text, said)}


def _fits(text: str, said: object) -> bool:
    """Whether a translation takes what is put into the text."""
    return isinstance(said, str) and said.count("{") == text.count("{")
