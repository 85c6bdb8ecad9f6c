"""The plugin's own link and jobs, without Krita, through the same accidents.

Each job has to end with its three layers in the document, once, however often the connection breaks
or the server is killed.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")

from PyQt5.QtWidgets import QApplication

from fakes import engines as zoo
from fakes.documents import FakeDocument, FakeDocuments
from fakes.qt_waiting import Recorder
from fakes.stores import Memory
from faults.cutting_proxy import CuttingProxy, cutting
from faults.recovery import remains, spread
from faults.server_process import TOKEN, ServerProcess
from sfumato.core import job as states
from sfumato.core import status
from sfumato.core.status import Status
from sfumato.studio import Studio
from sfumato_protocol.messages import JobDone, PassDone
from sfumato_protocol.peer import Received

pytestmark = pytest.mark.timeout(3600)  # s, for `make faults`
LAYERS = 3
MESSAGES = 17  # accepted, 12 steps, 3 passes, done; not counting those that may be dropped


@pytest.fixture(scope="module")
def application() -> object:
    return QApplication.instance() or QApplication([])


@dataclass
class Way:
    """A server and the proxy in front of it."""

    server: ServerProcess
    proxy: CuttingProxy


@pytest.fixture
def way(application: object, tmp_path: Path) -> Iterator[Way]:
    """A running server behind a proxy; nothing may be left of it."""
    del application
    servers: list[ServerProcess] = []

    def target() -> tuple[str, int]:
        address = urlsplit(servers[0].url)
        return str(address.hostname), int(address.port or 0)

    with cutting(target, []) as proxy:
        options = ("--allow-host", f"127.0.0.1:{proxy.port}")
        server = ServerProcess(tmp_path, zoo.Unhurried, options=options)
        servers.append(server)
        server.start()
        yield Way(server, proxy)
        server.kill()
        assert remains(server) == []
        assert list((tmp_path / "spool").glob("*.part")) == []


def settings(way: Way) -> Memory:
    """What Krita keeps from one run to the next."""
    address = f"ws://127.0.0.1:{way.proxy.port}/sfumato"
    return Memory(server=address, token=TOKEN, recipe="face-swap-boundary")


@contextmanager
def krita(way: Way, document: FakeDocument, store: Memory | None = None) -> Iterator[Studio]:
    """The plugin as Krita would hold it, connected, and quick to try again."""
    store = store or settings(way)
    studio = Studio(store, FakeDocuments(document), store)
    seen = Recorder(studio.link.status_changed)

    def hurry(now: Status) -> None:
        if now.kind not in (status.READY, status.CONNECTING):
            studio.link.wake()

    studio.link.status_changed.connect(hurry)
    studio.start()
    try:
        seen.until(lambda now: now.kind == status.READY)
        yield studio
    finally:
        studio.stop()


def finish(studio: Studio, document: FakeDocument) -> None:
    """Press the button and wait for the layers."""
    changed = Recorder(studio.jobs.changed)
    studio.inpaint()
    ended = changed.until(lambda job: job.stage in states.SETTLED)
    assert ended.stage == states.INSERTED, ended.said
    assert [len(plan.layers) for plan in document.plans] == [LAYERS]


def test_the_connection_breaks_at_random_bytes(way: Way, budget: int) -> None:
    document = FakeDocument()
    with krita(way, document) as studio:
        finish(studio, document)
    total, chance = way.proxy.carried, random.Random(3)
    for _ in range(2 * budget):
        document, cuts = FakeDocument(), [chance.randrange(800, total) for _ in range(3)]
        way.proxy.cuts = list(cuts)
        with krita(way, document) as studio:
            finish(studio, document)
        assert way.proxy.cuts != cuts


def test_the_server_is_killed_after_any_message(way: Way, budget: int) -> None:
    for number in spread(MESSAGES, max(2, budget // 2)):
        document, heard = FakeDocument(), itertools.count(1)

        def kill(received: Received, here: int = number) -> None:
            del received
            if next(heard) == here:  # noqa: B023 - one count for each plugin
                way.server.kill()
                way.server.start()

        with krita(way, document) as studio:
            studio.link.received.connect(kill)
            finish(studio, document)
            assert next(heard) > number


def spooled(way: Way) -> list[str]:
    """What the server keeps for its clients."""
    return sorted(file.name for file in (way.server.home / "spool").iterdir())


@pytest.mark.parametrize("krita_ends", [False, True])
def test_a_job_cancelled_while_the_server_is_away_ends_there_too(
    way: Way, krita_ends: bool
) -> None:
    """The server comes back with the job and would go on with it."""
    store = settings(way)
    with krita(way, FakeDocument(), store) as studio:
        heard = Recorder(studio.link.received)
        lost = Recorder(studio.link.status_changed)
        studio.inpaint()
        heard.until(lambda received: isinstance(received.message, PassDone))
        way.server.kill()
        lost.until(lambda now: now.kind != status.READY)
        (job,) = studio.jobs.open()
        studio.jobs.cancel(job.id)
        assert f"{job.id}.job" in spooled(way)
        if not krita_ends:
            cancelled(way, studio)
    if krita_ends:
        assert job.id in store.content["jobs"]
        way.server.start()
        with krita(way, FakeDocument(), store) as studio:
            cancelled(way, studio)
    assert spooled(way) == []
    assert store.content["jobs"] == ""


def cancelled(way: Way, studio: Studio) -> None:
    """The server is there, and has said that it has cancelled the job."""
    paid = Recorder(studio.jobs.paid)
    way.server.restart()
    if studio.jobs.debts():  # a job that ended first is acknowledged instead
        paid.until(lambda _: not studio.jobs.debts())


def test_passes_that_went_in_while_the_server_was_away_are_acknowledged_by_the_next_krita(
    way: Way,
) -> None:
    store, document = settings(way), FakeDocument(stroke=True)
    with krita(way, document, store) as studio:
        heard = Recorder(studio.link.received)
        changed = Recorder(studio.jobs.changed)
        lost = Recorder(studio.link.status_changed)
        studio.inpaint()
        heard.until(lambda received: isinstance(received.message, JobDone))
        way.server.kill()
        lost.until(lambda now: now.kind != status.READY)
        document.stroke = False
        job = changed.until(lambda job: job.stage == states.INSERTED)
        studio.safekeeping.stored(document.save())
    assert [name.split(".")[0] for name in spooled(way)].count(f"{job.id}-01") == 1
    assert job.id in store.content["jobs"]
    way.server.start()
    with krita(way, FakeDocument(), store) as studio:
        paid = Recorder(studio.jobs.paid)
        if studio.jobs.debts():
            paid.until()
    # What is kept for another try is owed to nobody.
    assert [name for name in spooled(way) if name.endswith(".pass")] == []
    assert store.content["jobs"] == ""
