"""Turns: first come first served for each client, round robin between clients."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from sfumato_server.jobs.fair_queue import FairQueue


def served(line: FairQueue[str], count: int) -> list[str]:
    async def take() -> list[str]:
        return [await asyncio.wait_for(line.get(), 1) for _ in range(count)]

    return asyncio.run(take())


def test_clients_take_turns() -> None:
    line: FairQueue[str] = FairQueue()
    for item in ("a1", "a2", "a3", "b1", "c1", "c2"):
        line.put(item[0], item)
    assert served(line, 6) == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_one_more_try_is_the_very_next() -> None:
    line: FairQueue[str] = FairQueue()
    for item in ("a1", "b1", "b2"):
        line.put(item[0], item)
    assert served(line, 1) == ["a1"]
    line.put_first("a", "a1 again")
    assert served(line, 3) == ["a1 again", "b1", "b2"]


def test_an_empty_line_waits() -> None:
    async def scenario() -> str:
        line: FairQueue[str] = FairQueue()
        waiting = asyncio.create_task(line.get())
        await asyncio.sleep(0)
        assert not waiting.done()
        line.put("a", "a1")
        return await asyncio.wait_for(waiting, 1)

    assert asyncio.run(scenario()) == "a1"


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=20), st.data())
def test_the_place_in_the_line_is_true(clients: list[str], data: st.DataObject) -> None:
    line: FairQueue[str] = FairQueue()
    items = [f"{client}{place}" for place, client in enumerate(clients)]
    for item in items:
        line.put(item[0], item)
    item = data.draw(st.sampled_from(items))
    ahead = line.ahead_of(item)
    assert line.order().index(item) == ahead
    assert served(line, len(items)).index(item) == ahead


def test_what_left_the_line_is_ahead_of_nobody() -> None:
    line: FairQueue[str] = FairQueue()
    for item in ("a1", "a2", "b1", "b2"):
        line.put(item[0], item)
    line.remove("a", "a1")
    line.remove("b", "b9")
    line.remove("c", "c1")
    assert [line.ahead_of(item) for item in ("a2", "b1", "b2")] == [0, 1, 2]
    line.remove("a", "a2")
    assert served(line, 2) == ["b1", "b2"]
    line.put("a", "a3")
    line.remove("a", "a3")
    line.put("b", "b3")
    assert served(line, 1) == ["b3"]


def test_who_waits_is_not_woken_for_what_left_again() -> None:
    async def wait() -> str:
        line: FairQueue[str] = FairQueue()
        waiting = asyncio.create_task(line.get())
        await asyncio.sleep(0)
        line.put("a", "a1")
        line.remove("a", "a1")
        await asyncio.sleep(0)
        line.put("b", "b1")
        return await asyncio.wait_for(waiting, 1)

    assert asyncio.run(wait()) == "b1"


def test_a_client_orders_its_own_items() -> None:
    line: FairQueue[str] = FairQueue()
    for item in ("a1", "b1", "a2", "b2", "a3"):
        line.put(item[0], item)
    line.move("a", "a3", "a1")
    assert line.order() == ["a3", "b1", "a1", "b2", "a2"]
    line.move("a", "a3", None)
    assert line.order() == ["a1", "b1", "a2", "b2", "a3"]
    for nothing in (("a", "a1", "a1"), ("a", "a1", "b1"), ("a", "b2", "a1"), ("c", "c1", None)):
        line.move(*nothing)
    assert line.order() == ["a1", "b1", "a2", "b2", "a3"]
    line.join("b", "b1", "a")
    line.join("b", "b2", "a")
    line.join("c", "c1", "a")
    assert line.order() == ["a1", "a2", "a3", "b1", "b2"]
    assert not line.has_others("a")
