"""Settings kept in a dictionary."""

from __future__ import annotations


class Memory:
    """A `Store` whose content tests may look into."""

    def __init__(self, **content: str) -> None:
        self.content = content

    def read(self, name: str, default: str) -> str:
        return self.content.get(name, default)

    def write(self, name: str, value: str) -> None:
        self.content[name] = value
