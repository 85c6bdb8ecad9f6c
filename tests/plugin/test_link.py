"""The socket thread and its signals, against real servers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fakes import flat_server, rude_servers
from fakes import plugin_values as values
from fakes.qt_waiting import Recorder
from sfumato.core import status
from sfumato.dial import Address
from sfumato.link import Link
from sfumato_protocol import messages

pytestmark = pytest.mark.usefixtures("application")


class Target:
    """The address a link is given; `asked` counts its attempts."""

    def __init__(self, url: str, token: str | None = flat_server.TOKEN) -> None:
        self.address = Address(url, token, False)
        self.asked = 0

    def __call__(self) -> Address:
        self.asked += 1
        return self.address


@contextmanager
def linked(target: Target) -> Iterator[tuple[Link, Recorder, Recorder]]:
    link = Link(target)
    states, lines = Recorder(link.status_changed), Recorder(link.opened)
    link.start()
    try:
        yield link, states, lines
    finally:
        link.stop()


def kind(wanted: str) -> object:
    return lambda now: now.kind == wanted


def test_states_on_the_way_to_a_server_and_back() -> None:
    with flat_server.running() as server, linked(Target(server.url)) as (link, states, lines):
        ready = states.until(lambda now: now.kind == status.READY)
        lines.until()
        link.stop()
        states.until(lambda now: now.kind == status.LOST)
    assert [now.kind for now in states.seen] == [status.CONNECTING, status.READY, status.LOST]
    assert ready.welcome == flat_server.WELCOME
    assert ready.sentence == "Connected to fake."


def test_signals_arrive_in_the_main_thread() -> None:
    threads: set[int] = set()
    with flat_server.running() as server, linked(Target(server.url)) as (link, _, lines):
        received = Recorder(link.received)
        link.received.connect(lambda message: threads.add(threading.get_ident()))
        lines.until().submit(values.request())
        received.until(lambda heard: isinstance(heard.message, messages.JobDone))
    assert threads == {threading.get_ident()}


def test_waking_tries_at_once() -> None:
    target = Target(f"ws://127.0.0.1:{rude_servers.free_port()}/sfumato")
    with linked(target) as (link, states, _):
        states.until(lambda now: now.kind == status.NO_SERVER)
        with flat_server.running() as server:
            target.address = Address(server.url, flat_server.TOKEN, False)
            link.wake()
            states.until(lambda now: now.kind == status.READY)
            link.stop()


def test_attempts_become_rarer(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    target = Target(f"ws://127.0.0.1:{rude_servers.free_port()}/sfumato")
    link = Link(target)

    def note(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 7:
            link._stopping.set()
        return True

    monkeypatch.setattr(link._awake, "wait", note)
    link._run()
    assert waits == [1, 2, 4, 8, 8, 8, 0] or waits[:6] == [1, 2, 4, 8, 8, 8]
    assert target.asked == 7


def test_a_lost_server_is_found_again_and_the_token_read_anew() -> None:
    target = Target("")
    with flat_server.running() as first:
        target.address = Address(first.url, flat_server.TOKEN, False)
        with linked(target) as (link, states, lines):
            states.until(lambda now: now.kind == status.READY)
            target.address = Address(first.url, "stale", False)
            lines.until().close()
            states.until(lambda now: now.kind == status.LOST)
            states.until(lambda now: now.kind == status.WRONG_TOKEN)
            target.address = Address(first.url, flat_server.TOKEN, False)
            link.wake()
            states.until(lambda now: now.kind == status.READY and now is not states.seen[1])
            link.stop()


def test_changing_the_address_leaves_the_old_server() -> None:
    with flat_server.running() as first, flat_server.running() as second:
        target = Target(first.url)
        with linked(target) as (link, _, lines):
            before = lines.until()
            target.address = Address(second.url, flat_server.TOKEN, False)
            link.reconnect()
            lines.until(lambda line: line is not before)
            link.stop()
        assert second.of(messages.Hello)


def test_an_address_changed_while_dialling_is_dialled_next() -> None:
    with flat_server.running() as first, flat_server.running() as second:

        class Changing(Target):
            def __call__(self) -> Address:
                if self.asked == 1:
                    self.address = Address(second.url, flat_server.TOKEN, False)
                return super().__call__()

        with linked(Changing(first.url)) as (link, _, lines):
            first_line = lines.until()
            lines.until(lambda line: line is not first_line)
            link.stop()
        assert first.of(messages.Hello)
        assert second.of(messages.Hello)


def test_a_fault_in_a_line_does_not_end_reconnecting(monkeypatch: pytest.MonkeyPatch) -> None:
    from sfumato.line import Line

    run, faults = Line.run, [ZeroDivisionError("a fault")]

    def faulty(line: Line) -> str:
        if faults:
            line._connection.close()
            raise faults.pop()
        return run(line)

    monkeypatch.setattr(Line, "run", faulty)
    with flat_server.running() as server, linked(Target(server.url)) as (link, states, lines):
        lost = states.until(lambda now: now.kind == status.LOST)
        assert "a fault" in lost.sentence
        lines.until(lambda line: line is lines.seen[-1] and len(lines.seen) == 2)
        link.stop()
