"""What the plugin remembers between two runs of Krita."""

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Dict, Protocol

from sfumato_protocol import codec, endpoint, plain_json
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import MAX_PROMPT, MAX_SEED

from .core.choices import Choices

_LONGEST_TEXT = 1024 * 1024


class Store(Protocol):
    """Where settings live: text under names, as in Krita's own configuration."""

    def read(self, name: str, default: str) -> str:
        """The text under `name`, or `default`."""

    def write(self, name: str, value: str) -> None:
        """Keep `value` under `name`."""


class FileStore:
    """A `Store` of small files, on disk at once and whole.

    Krita's own configuration is written only when Krita ends properly.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def read(self, name: str, default: str) -> str:
        try:
            with open(self._place(name), encoding="utf-8") as file:
                return file.read()
        except (OSError, ValueError):
            return default

    def write(self, name: str, value: str) -> None:
        """Keep `value`, or remove the file for "". Raises `OSError`."""
        if not value:
            with suppress(FileNotFoundError):
                os.unlink(self._place(name))
            return
        handle, beside = tempfile.mkstemp(prefix="sfumato-", suffix=".part", dir=self._folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(value)
            os.replace(beside, self._place(name))
        except BaseException:
            os.unlink(beside)
            raise

    def _place(self, name: str) -> str:
        return os.path.join(self._folder, "sfumato-{}.json".format(name))


@dataclass(frozen=True)
class Settings:
    """server: WebSocket address. token: "" reads the local server's token file at each attempt.
    folds: which sections of the docker are open, "" for those that are so at first. on_canvas:
    previews of running jobs are shown over the canvas too."""

    server: str = endpoint.url()
    token: str = ""
    folds: str = ""
    on_canvas: bool = False
    choices: Choices = field(default_factory=Choices)

    def by_name(self) -> Dict[str, Any]:
        """Every setting under the name that it is stored by."""
        mine = {name: value for name, value in vars(self).items() if name != "choices"}
        return {**mine, **vars(self.choices)}


def load(store: Store) -> Settings:
    """The stored settings; anything missing or unreadable takes its default."""
    defaults = Settings().by_name()
    values = {
        name: _parse(name, store.read(name, ""), default) for name, default in defaults.items()
    }
    mine = {name: values.pop(name) for name in vars(Settings()) if name != "choices"}
    return Settings(choices=Choices(**values), **mine)


def save(store: Store, settings: Settings) -> None:
    """Store every setting as text."""
    for name, value in settings.by_name().items():
        store.write(name, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(int(value))
    return json.dumps(codec.plain(value), separators=(",", ":"))


def _parse(name: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        return text == "1" if text in ("0", "1") else default
    if isinstance(default, int):
        return min(int(text), MAX_SEED) if text.isdecimal() else default
    written = isinstance(default, str)
    if written and not hasattr(Choices(), name):
        return text or default
    try:
        value = text[:MAX_PROMPT] or default if written else plain_json.parse(text, _LONGEST_TEXT)
        content = {name: value}
        return getattr(codec.from_map(Choices, content, "settings"), name)
    except (ValueError, ProtocolError):
        return default
