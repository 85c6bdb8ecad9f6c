"""A waiting line in which clients take turns, so that nobody waits for all of another's jobs."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """First come first served for each client, round robin between clients."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, deque[T]] = OrderedDict()
        self._filled = asyncio.Event()

    def put(self, client: str, item: T) -> None:
        """Line up behind the client's own items."""
        self._clients.setdefault(client, deque()).append(item)
        self._filled.set()

    def put_first(self, client: str, item: T) -> None:
        """Take the client's next turn, and let it be the very next one."""
        self._clients.setdefault(client, deque()).appendleft(item)
        self._clients.move_to_end(client, last=False)
        self._filled.set()

    def put_back(self, client: str, item: T) -> None:
        """Leave the turn to the other clients, and be this client's first at its next."""
        self._clients.setdefault(client, deque()).appendleft(item)
        self._clients.move_to_end(client)
        self._filled.set()

    def has_others(self, client: str) -> bool:
        """Whether somebody else is in the line."""
        return any(other != client for other in self._clients)

    async def get(self) -> T:
        """The next item; waits for one."""
        while not self._clients:  # woken for an item that left again, for one
            await self._filled.wait()
        client, items = next(iter(self._clients.items()))
        item = items.popleft()
        self._clients.move_to_end(client)
        self._close_up(client)
        return item

    def remove(self, client: str, item: T) -> None:
        """Leave the line; does nothing for what is not in it."""
        items = self._clients.get(client, deque())
        if item in items:
            items.remove(item)
            self._close_up(client)

    def move(self, client: str, item: T, before: T | None) -> None:
        """Stand right before another item of the client's own, or behind all of them; does nothing
        where one of them is not in its line."""
        items = self._clients.get(client, deque())
        if item in items and item is not before and (before is None or before in items):
            items.remove(item)
            items.insert(len(items) if before is None else items.index(before), item)

    def join(self, client: str, item: T, other: str) -> None:
        """Line up behind another client's items instead, which are this client's by now; does
        nothing for what is not in the line."""
        if item in self._clients.get(client, deque()):
            self.put(other, item)
            self.remove(client, item)

    def order(self) -> list[T]:
        """All items, in the order in which they will be served as the line stands."""
        lines = [list(items) for items in self._clients.values()]
        rounds = max(map(len, lines), default=0)
        return [items[turn] for turn in range(rounds) for items in lines if turn < len(items)]

    def ahead_of(self, item: T) -> int:
        """How many items will be served before `item`, as the line stands; 0 if it is not in it."""
        order = [list(items) for items in self._clients.values()]
        for place, items in enumerate(order):
            if item in items:
                turn = items.index(item)
                before = sum(min(len(others), turn + 1) for others in order[:place])
                after = sum(min(len(others), turn) for others in order[place + 1 :])
                return turn + before + after
        return 0

    def _close_up(self, client: str) -> None:
        if not self._clients[client]:
            del self._clients[client]
        if not self._clients:
            self._filled.clear()
