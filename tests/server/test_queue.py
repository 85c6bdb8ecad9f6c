"""The queue on a disk that fails or is slow, and with clients that wait for each other."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fakes import engines as zoo
from server.conftest import submission
from sfumato_protocol import errors
from sfumato_protocol.messages import Failed, JobDone, PassDone, Progress
from sfumato_server.execution import runner
from sfumato_server.execution.worker import OnEvent, Worker
from sfumato_server.jobs import queue as queue_module
from sfumato_server.jobs.job import Job, Outgoing
from sfumato_server.jobs.queue import REMEMBERED, JobQueue
from sfumato_server.jobs.spool import Spool
from sfumato_server.offer.planner import plan
from sfumato_server.offer.recipes import load

RECIPES = load(engines=())
READ_ONLY = OSError(errno.EROFS, os.strerror(errno.EROFS))
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Here(Worker):
    """Runs ladders in this process."""

    async def run(
        self,
        specs: Mapping[str, str],
        ladder: runner.Ladder,
        on_event: OnEvent,
        may_go_on: Callable[[], bool] = lambda: True,
    ) -> bool:
        painter = zoo.Painter()
        for event in runner.run(ladder, lambda _: painter):
            await on_event(event)
            await asyncio.sleep(0)
            if isinstance(event, runner.Finished) and not may_go_on():
                return event.index == len(ladder.passes)
        return True


class Bench:
    """A queue at work, and what each job was told."""

    def __init__(self, spool: Spool, **settings: Any) -> None:
        self.queue = JobQueue(Here(), spool, jobs_per_client=1000, **settings)
        self.heard: list[tuple[str, Outgoing]] = []

    def job(self, recipe: str = "heal", client: str = "one") -> tuple[Job, Any]:
        submit, blobs = submission(recipe)
        ladder = plan(submit, RECIPES[recipe])
        job = Job(submit, {"": ""}, "painter", ladder, client)
        job.listener = lambda outgoing: self.heard.append((job.client, outgoing))
        return job, blobs

    async def ended(self, *jobs: Job) -> None:
        while not all(any(self._is_end(one, job) for _, one in self.heard) for job in jobs):
            await asyncio.sleep(0.002)

    @staticmethod
    def _is_end(outgoing: Outgoing, job: Job) -> bool:
        message = outgoing.message
        return isinstance(message, (JobDone, Failed)) and message.job == job.id


def work(scenario: Callable[[Bench], Awaitable[None]], spool: Spool, **settings: float) -> None:
    async def whole() -> None:
        bench = Bench(spool, **settings)
        working = asyncio.create_task(bench.queue.work())
        try:
            await asyncio.wait_for(scenario(bench), 20)
            assert not working.done(), "the queue is alive"
        finally:
            working.cancel()

    asyncio.run(whole())


@pytest.mark.parametrize("call", ["put_end", "forget_tries", "drop", "drop_passes"])
@pytest.mark.parametrize("error", [READ_ONLY, ValueError("no such thing")])
def test_a_disk_that_fails_at_a_jobs_end_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: Exception
) -> None:
    async def scenario(bench: Bench) -> None:
        for _ in range(2):
            job, blobs = bench.job()
            await bench.queue.add(job, blobs)
            await bench.ended(job)
            await bench.queue.acknowledge(job.id, 1)
            cancelled, blobs = bench.job()
            await bench.queue.add(cancelled, blobs)
            await bench.queue.cancel(cancelled.id)
            await bench.ended(cancelled)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Spool, call, fail)
    work(scenario, Spool(tmp_path))


def test_passes_that_are_owed_outlast_any_number_of_other_jobs(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> None:
        owed, blobs = bench.job()
        await bench.queue.add(owed, blobs)
        await bench.ended(owed)
        for _ in range(REMEMBERED + 3):
            job, blobs = bench.job()
            bench.queue.restore(job)
            await bench.queue.cancel(job.id)
        job, blobs = bench.job()
        await bench.queue.add(job, blobs)
        await bench.ended(job)
        bench.heard.clear()
        assert owed.listener is not None
        bench.queue.attach(owed.id, (), owed.listener)
        (told,) = [one for _, one in bench.heard if isinstance(one.message, PassDone)]
        assert len(await told.load()) == 2

    work(scenario, Spool(tmp_path))


def test_too_many_bytes_cost_the_oldest_job_its_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(bench: Bench) -> None:
        jobs = []
        for age in (20, 10, 0):
            job, blobs = bench.job()
            await bench.queue.add(job, blobs)
            await bench.ended(job)
            when = (tmp_path / f"{job.id}.job").stat().st_mtime - age
            os.utime(tmp_path / f"{job.id}.job", (when, when))
            jobs.append(job.id)
        last, blobs = bench.job()
        size = (tmp_path / f"{jobs[2]}.job").stat().st_size
        monkeypatch.setattr(spool, "_most_bytes", size * 5 // 2)
        await bench.queue.add(last, blobs)
        assert [bench.queue.knows(job) for job in jobs] == [False, False, True]

    spool = Spool(tmp_path)
    work(scenario, spool)


def test_no_disk_work_is_done_on_the_loops_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(bench: Bench) -> None:
        for recipe in ("heal", "seam"):
            job, blobs = bench.job(recipe)
            await bench.queue.add(job, blobs)
            await bench.ended(job)
            await bench.queue.acknowledge(job.id, 1)

    def watched(call: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*arguments: Any, **named: Any) -> Any:
            assert threading.current_thread() is not threading.main_thread()
            asked.add(call.__name__)
            return call(*arguments, **named)

        watch.__name__ = call.__name__
        return watch

    asked: set[str] = set()
    for name in ("unlink", "mkdir"):
        monkeypatch.setattr(Path, name, watched(getattr(Path, name)))
    for name in ("fsync", "scandir", "replace", "open"):
        monkeypatch.setattr(os, name, watched(getattr(os, name)))
    work(scenario, Spool(tmp_path))
    assert {"unlink", "mkdir", "fsync", "scandir", "replace", "open"} <= asked


def test_a_disk_that_is_full_for_a_while_costs_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(bench: Bench) -> None:
        job, blobs = bench.job("seam")
        await bench.queue.add(job, blobs)
        await bench.ended(job)
        told = [one.message for _, one in bench.heard]
        assert [one.planned.index for one in told if isinstance(one, PassDone)] == [1, 2]
        assert isinstance(told[-1], JobDone)

    def full_twice(spool: Spool, *arguments: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise FULL
        put(spool, *arguments)

    tries: list[int] = []
    put = Spool.put_pass
    monkeypatch.setattr(Spool, "put_pass", full_twice)
    monkeypatch.setattr(queue_module, "_RETRIES", (0.0, 0.0))
    work(scenario, Spool(tmp_path))


def test_a_disk_that_stays_full_is_told_and_what_is_done_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(bench: Bench) -> None:
        job, blobs = bench.job("seam")
        await bench.queue.add(job, blobs)
        await bench.ended(job)
        *_, last = [one.message for _, one in bench.heard]
        assert isinstance(last, Failed)
        assert last.code == errors.STORAGE
        assert last.got == "the server's disk would not do it: No space left on device"
        assert list(job.passes) == [1]

    def full_at_second(spool: Spool, done: PassDone, blobs: Any) -> None:
        if done.planned.index == 2:
            raise FULL
        put(spool, done, blobs)

    put = Spool.put_pass
    monkeypatch.setattr(Spool, "put_pass", full_at_second)
    monkeypatch.setattr(queue_module, "_RETRIES", (0.0,))
    work(scenario, Spool(tmp_path))


@pytest.mark.parametrize("keep", [False, True])
def test_a_disk_that_is_full_when_a_job_is_cancelled_keeps_nothing_that_nobody_wants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    async def scenario(bench: Bench) -> None:
        job, blobs = bench.job("seam")
        cancelling.append(lambda: bench.queue.cancel(job.id, keep))
        await bench.queue.add(job, blobs)
        await bench.ended(job)
        *_, last = [one.message for _, one in bench.heard]
        if keep:
            assert isinstance(last, JobDone)
            assert last.passes == len(job.passes) == 1
        else:
            assert isinstance(last, Failed)
            assert last.code == errors.CANCELLED
            assert not list(tmp_path.iterdir())

    def full_at_second(spool: Spool, done: PassDone, blobs: Any) -> None:
        if done.planned.index == 2:
            raise FULL
        put(spool, done, blobs)

    cancelling: list[Callable[[], Awaitable[None]]] = []
    put, rest = Spool.put_pass, asyncio.sleep
    monkeypatch.setattr(Spool, "put_pass", full_at_second)
    monkeypatch.setattr(queue_module, "_RETRIES", (7.0,))

    async def sleep(seconds: float) -> None:
        await (cancelling[0]() if seconds == 7.0 else rest(seconds))

    monkeypatch.setattr(asyncio, "sleep", sleep)
    work(scenario, Spool(tmp_path))


@pytest.mark.parametrize(
    ("turn_seconds", "order"),
    [(0.0, "a1 b1 a2 b2 a3 b3 a1"), (60.0, "a1 a2 a3 b1 b2 b3 a1")],
)
def test_long_ladders_take_turns_pass_by_pass(
    tmp_path: Path, turn_seconds: float, order: str
) -> None:
    async def scenario(bench: Bench) -> None:
        jobs = [
            bench.job("face-swap-boundary", "a"),
            bench.job("face-swap-boundary", "b"),
            bench.job("heal", "a"),
        ]
        for job, blobs in jobs:
            bench.queue.restore(job)
            Spool(tmp_path).put_job(job.submit, blobs)
        await bench.ended(*(job for job, _ in jobs))
        told = [(client, one.message) for client, one in bench.heard]
        passes = [(who, one) for who, one in told if isinstance(one, PassDone)]
        assert " ".join(f"{who}{one.planned.index}" for who, one in passes) == order
        waits = [one.note for _, one in told if isinstance(one, Progress) and one.note]
        assert waits == ["others take a turn"] * (4 if turn_seconds == 0 else 0)

    work(scenario, Spool(tmp_path), turn_seconds=turn_seconds)


def test_what_the_disk_would_not_let_go_of_is_dropped_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(bench: Bench) -> None:
        job, blobs = bench.job()
        await bench.queue.add(job, blobs)
        await bench.ended(job)
        with monkeypatch.context() as read_only:
            read_only.setattr(Spool, "drop", fail)
            await bench.queue.acknowledge(job.id, 1)
        assert list(tmp_path.glob(f"{job.id}*"))
        other, blobs = bench.job()
        await bench.queue.add(other, blobs)
        assert not list(tmp_path.glob(f"{job.id}*"))

    def fail(*_: object) -> None:
        raise READ_ONLY

    work(scenario, Spool(tmp_path))


def test_on_a_full_disk_what_is_kept_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path)
    put_job = Spool.put_job

    def full(*arguments: Any) -> None:
        if list(tmp_path.glob("*.kept")):
            raise FULL
        put_job(*arguments)

    async def scenario(bench: Bench) -> None:
        kept, blobs = bench.job()
        await bench.queue.add(kept, blobs)
        await bench.ended(kept)
        await bench.queue.acknowledge(kept.id, 1, keep=True)
        owed, blobs = bench.job()
        await bench.queue.add(owed, blobs)
        await bench.ended(owed)
        with monkeypatch.context() as patched:
            patched.setattr(Spool, "put_job", full)
            job, blobs = bench.job()
            await bench.queue.add(job, blobs)
            await bench.ended(job)
        assert isinstance(job.end, JobDone)
        assert sorted(file.name[:32] for file in tmp_path.glob("*.pass")) == sorted(
            [owed.id, job.id]
        )

    work(scenario, spool)
