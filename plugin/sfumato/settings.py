"""What the plugin remembers between two runs of Krita."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any, Dict, Protocol

from sfumato_protocol import endpoint
from sfumato_protocol.messages import MAX_PROMPT, MAX_SEED

from .core.choices import Choices


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
    """server: WebSocket address. token: "" reads the local server's token file at each attempt."""

    server: str = endpoint.url()
    token: str = ""
    recipe: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    seed: int = 0
    seed_locked: bool = False
    engine: str = ""

    @property
    def choices(self) -> Choices:
        return Choices(**{field.name: getattr(self, field.name) for field in fields(Choices)})


def load(store: Store) -> Settings:
    """The stored settings; anything missing or unreadable takes its default."""
    defaults = Settings()
    values: Dict[str, Any] = {}
    for field in fields(Settings):
        default = getattr(defaults, field.name)
        values[field.name] = _parse(store.read(field.name, ""), default)
    return Settings(**values)


def save(store: Store, settings: Settings) -> None:
    """Store every setting as text."""
    for field in fields(Settings):
        value = getattr(settings, field.name)
        store.write(field.name, str(int(value)) if isinstance(value, int) else value)


def _parse(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        return text == "1" if text in ("0", "1") else default
    if isinstance(default, int):
        return min(int(text), MAX_SEED) if text.isdecimal() else default
    return text[:MAX_PROMPT] or default
