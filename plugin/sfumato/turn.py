"""One thing at a time: Krita's own calls run Python timers and slots while they work."""

from contextlib import contextmanager
from typing import Iterator

from .core import sentences
from .core.types import Refusal


class Turn:
    """Whatever touches a document takes it. busy: somebody has it."""

    def __init__(self) -> None:
        self.busy = False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Raises `Refusal` while it is taken already."""
        if self.busy:
            raise Refusal(sentences.busy())
        self.busy = True
        try:
            yield
        finally:
            self.busy = False
