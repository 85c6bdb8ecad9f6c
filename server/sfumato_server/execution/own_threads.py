"""Threads of their own for one kind of work, so that it keeps no other kind waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class OwnThreads:
    """A few threads, begun when first needed, for calls from the event loop."""

    def __init__(self, most: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(most, f"sfumato-{name}")

    async def do(self, call: Callable[..., T], *arguments: object) -> T:
        """What `call` returns or raises. It goes on where its caller is cancelled."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, call, *arguments)
