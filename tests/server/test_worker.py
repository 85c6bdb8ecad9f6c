"""The worker and its child: what an engine may do to its process, and what becomes of it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from fakes import engines as zoo
from server.conftest import SIZE, photo, square, submission
from sfumato_protocol.errors import (
    CANCELLED,
    ENGINE_CRASHED,
    ENGINE_FAILED,
    ENGINE_HUNG,
    ProtocolError,
)
from sfumato_server.execution import runner, shared_pixels
from sfumato_server.execution import worker as worker_module
from sfumato_server.execution.worker import Happening, Worker, WorkerClosed
from sfumato_server.imaging.encoding import Encoding
from sfumato_server.offer.planner import plan
from sfumato_server.offer.recipes import load


def ladder(recipe: str = "face-swap-boundary") -> runner.Ladder:
    submit, _ = submission(recipe)
    return runner.Ladder(
        width=SIZE,
        height=SIZE,
        encoding=Encoding("BGRA", "u8", submit.image.profile),
        pixels=photo().tobytes(),
        selection=square().tobytes(),
        passes=plan(submit, load(engines=())[recipe]),
        negative_prompt="",
    )


def drive(scenario: Callable[[Worker], Awaitable[None]], **settings: Any) -> None:
    async def whole() -> None:
        worker = Worker(**settings)
        try:
            await scenario(worker)
        finally:
            await worker.close()

    asyncio.run(whole())
    if os.path.isdir("/dev/shm"):
        own = f"sfumato-{os.getpid()}-"
        assert not [name for name in os.listdir("/dev/shm") if name.startswith(own)]


async def run(worker: Worker, engine: type[zoo.Painter], job: runner.Ladder) -> list[Happening]:
    events: list[Happening] = []

    async def note(event: Happening) -> None:
        events.append(event)

    await worker.run({"": zoo.spec(engine)}, job, note)
    return events


def _passes(events: Iterable[Happening]) -> list[runner.Finished]:
    finished = [event for event in events if isinstance(event, runner.Finished)]
    return [replace(one, seconds=0) for one in finished]


def test_a_ladder_comes_back_pass_by_pass_with_its_pixels() -> None:
    async def scenario(worker: Worker) -> None:
        painter = zoo.Painter()
        here = _passes(runner.run(ladder(), lambda _: painter))
        there = _passes(await run(worker, zoo.Painter, ladder()))
        assert len(here) == 3
        assert there == here

    drive(scenario)


def test_a_cancel_ends_the_job_and_the_process_goes_on() -> None:
    async def scenario(worker: Worker) -> None:
        async def cancel_at_first_step(event: Happening) -> None:
            if isinstance(event, runner.Stepped):
                worker.cancel()

        with pytest.raises(ProtocolError) as caught:
            await worker.run({"": zoo.spec(zoo.Endless)}, ladder(), cancel_at_first_step)
        assert caught.value.code == CANCELLED
        pid = worker.pid
        await run(worker, zoo.Painter, ladder())
        assert worker.pid == pid, "a well-behaved cancel does not cost the process"

    drive(scenario)


def test_a_cancel_while_the_process_starts_is_not_forgotten() -> None:
    async def scenario(worker: Worker) -> None:
        running = asyncio.create_task(run(worker, zoo.Endless, ladder()))
        await asyncio.sleep(0)
        worker.cancel()
        with pytest.raises(ProtocolError) as caught:
            await asyncio.wait_for(running, 20)
        assert caught.value.code == CANCELLED

    drive(scenario)


def test_a_cancel_while_the_pixels_are_laid_out_costs_no_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario(worker: Worker) -> None:
        await run(worker, zoo.Painter, ladder())
        pid, loop, cancelled = worker.pid, asyncio.get_running_loop(), threading.Event()

        def cancel() -> None:
            worker.cancel()
            cancelled.set()

        def laid_out(job: runner.Ladder) -> shared_pixels.SharedPixels:
            loop.call_soon_threadsafe(cancel)
            assert cancelled.wait(10)
            return shared_pixels.SharedPixels.holding(job)

        with monkeypatch.context() as patch:
            patch.setattr(worker_module, "_memory_for", laid_out)
            with pytest.raises(ProtocolError) as caught:
                await run(worker, zoo.Endless, ladder())
        assert caught.value.code == CANCELLED
        await run(worker, zoo.Painter, ladder())
        assert worker.pid == pid

    drive(scenario, cancel_seconds=0.5)


@pytest.mark.parametrize(
    ("engine", "code", "words"),
    [
        (zoo.Raising, ENGINE_FAILED, "ZeroDivisionError: by nothing"),
        (zoo.Unloadable, ENGINE_FAILED, "no weights"),
        (zoo.Dying, ENGINE_CRASHED, "exit code 41"),
        (zoo.Hanging, ENGINE_HUNG, "no sign of life"),
    ],
)
def test_a_bad_engine_costs_its_job_and_the_next_job_runs(
    engine: type[zoo.Painter], code: str, words: str
) -> None:
    async def scenario(worker: Worker) -> None:
        with pytest.raises(ProtocolError) as caught:
            await run(worker, engine, ladder("heal"))
        assert caught.value.code == code
        assert words in str(caught.value)
        events = await run(worker, zoo.Painter, ladder("heal"))
        assert isinstance(events[-1], runner.Finished)

    drive(scenario, hang_seconds=3.0)


def test_loading_may_take_longer_than_a_step() -> None:
    async def scenario(worker: Worker) -> None:
        await run(worker, zoo.Painter, ladder("heal"))  # the process has started
        events = await run(worker, zoo.SlowToLoad, ladder("heal"))
        assert isinstance(events[-1], runner.Finished)

    drive(scenario, hang_seconds=3.0, loading_seconds=60.0)


def test_loading_may_not_take_for_ever() -> None:
    async def scenario(worker: Worker) -> None:
        with pytest.raises(ProtocolError) as caught:
            await run(worker, zoo.NeverLoaded, ladder("heal"))
        assert caught.value.code == ENGINE_HUNG
        assert "for 0.5 s" in str(caught.value)

    drive(scenario, loading_seconds=0.5)


def test_a_hanging_engine_that_is_cancelled_is_killed_after_its_grace() -> None:
    async def scenario(worker: Worker) -> None:
        async def cancel_at_first_step(event: Happening) -> None:
            if isinstance(event, runner.Stepped):
                worker.cancel()

        with pytest.raises(ProtocolError) as caught:
            await worker.run({"": zoo.spec(zoo.Hanging)}, ladder(), cancel_at_first_step)
        assert caught.value.code == CANCELLED

    drive(scenario, cancel_seconds=0.3)


def test_a_cancel_of_an_engine_that_was_just_killed_for_its_silence_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give_up = Worker._give_up

    def gives_up_and_is_cancelled(worker: Worker) -> None:
        give_up(worker)
        worker.cancel()

    monkeypatch.setattr(Worker, "_give_up", gives_up_and_is_cancelled)

    async def scenario(worker: Worker) -> None:
        with pytest.raises(ProtocolError) as caught:
            await run(worker, zoo.Hanging, ladder("heal"))
        assert caught.value.code == CANCELLED

    drive(scenario, hang_seconds=3.0)


def test_a_cancel_while_the_child_is_reaped_harms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a pass cannot be kept: nobody hears the rest, and the child is ended."""
    reap = Worker._reap

    async def scenario(worker: Worker) -> None:
        loop, cancelled = asyncio.get_running_loop(), threading.Event()

        def cancel() -> None:
            worker.cancel()
            cancelled.set()

        def reaped(self: Worker, grace: float) -> int | None:
            ended = reap(self, grace)
            if loop.is_running() and self.pid is None and worker._state.value == "running":
                loop.call_soon_threadsafe(cancel)
                assert cancelled.wait(20)
            return ended

        async def disk_is_full(event: Happening) -> None:
            raise OSError("no space left")

        monkeypatch.setattr(Worker, "_reap", reaped)
        with pytest.raises(OSError, match="no space left"):
            await worker.run({"": zoo.spec(zoo.Painter)}, ladder("heal"), disk_is_full)
        assert cancelled.is_set()

    drive(scenario)


def test_a_killed_process_is_blamed_on_memory() -> None:
    async def scenario(worker: Worker) -> None:
        async def kill_at_first_step(event: Happening) -> None:
            if isinstance(event, runner.Stepped):
                assert worker.pid is not None
                os.kill(worker.pid, 9)

        with pytest.raises(ProtocolError) as caught:
            await worker.run({"": zoo.spec(zoo.Endless)}, ladder(), kill_at_first_step)
        assert caught.value.code == ENGINE_CRASHED
        assert "out of memory" in str(caught.value)

    drive(scenario)


def test_a_cancel_does_not_wait_until_the_engine_may_be_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Worker, "_back_off", lambda _: 600.0)

    async def scenario(worker: Worker) -> None:
        running = asyncio.create_task(run(worker, zoo.Painter, ladder()))
        await asyncio.sleep(0)
        worker.cancel()
        with pytest.raises(ProtocolError) as caught:
            await asyncio.wait_for(running, 20)
        assert caught.value.code == CANCELLED
        assert worker.pid is None

    drive(scenario)


def test_a_close_while_the_process_starts_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting goes on in its thread when its run is cancelled, as when a server stops."""
    starting, go_on = threading.Event(), threading.Event()
    context_of = multiprocessing.get_context

    def slowly(method: str) -> object:
        starting.set()
        assert go_on.wait(20)
        return context_of(method)

    monkeypatch.setattr(multiprocessing, "get_context", slowly)
    worker = Worker()

    async def scenario() -> None:
        running = asyncio.create_task(run(worker, zoo.Endless, ladder()))
        assert await asyncio.to_thread(starting.wait, 20)
        running.cancel()
        closing = asyncio.create_task(worker.close())
        await asyncio.wait({closing}, timeout=0.5)  # one that does not wait for the start is over
        go_on.set()
        await asyncio.gather(running, closing, return_exceptions=True)

    asyncio.run(scenario())  # which ends when its threads have
    assert worker.pid is None
    assert multiprocessing.active_children() == []


def test_nothing_else_that_the_server_does_keeps_a_child_unheard() -> None:
    async def scenario(worker: Worker) -> None:
        loop, busy = asyncio.get_running_loop(), threading.Event()
        loop.set_default_executor(ThreadPoolExecutor(1))
        long = loop.run_in_executor(None, busy.wait, 60)
        try:
            events = await asyncio.wait_for(run(worker, zoo.Painter, ladder("heal")), 30)
            assert isinstance(events[-1], runner.Finished)
            assert not long.done()
        finally:
            busy.set()

    drive(scenario)


def test_a_closed_worker_starts_no_process() -> None:
    async def scenario(worker: Worker) -> None:
        await worker.close()
        with pytest.raises(WorkerClosed):
            await run(worker, zoo.Painter, ladder())
        assert worker.pid is None
        await worker.close()

    drive(scenario)


def test_a_worker_closed_while_it_runs_ends_the_run_and_stays_closed() -> None:
    async def scenario(worker: Worker) -> None:
        async def close_at_first_step(event: Happening) -> None:
            if isinstance(event, runner.Stepped):
                closing.append(asyncio.create_task(worker.close()))
                await asyncio.sleep(0.05)

        closing: list[asyncio.Task[None]] = []
        with pytest.raises(WorkerClosed):
            await worker.run({"": zoo.spec(zoo.Endless)}, ladder(), close_at_first_step)
        await closing[0]
        assert worker.pid is None

    drive(scenario)


def test_a_parent_that_lags_gets_each_pass_as_it_was_made() -> None:
    async def scenario(worker: Worker) -> None:
        events: list[Happening] = []

        async def hold_up_the_loop(event: Happening) -> None:
            events.append(event)
            if isinstance(event, runner.Finished):
                time.sleep(0.1)  # the engine would be at its next passes by now

        painter = zoo.Painter()
        here = _passes(runner.run(ladder(), lambda _: painter))
        await worker.run({"": zoo.spec(zoo.Painter)}, ladder(), hold_up_the_loop)
        assert _passes(events) == here

    drive(scenario)


def test_a_byte_spoiled_on_its_way_is_told_as_a_damaged_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = shared_pixels.SharedPixels.take_pass

    def spoiled(memory: shared_pixels.SharedPixels, *sizes: int) -> tuple[memoryview, memoryview]:
        assert memory._block.buf is not None
        memory._block.buf[memory.address.slot + sum(sizes) // 2] ^= 1
        return whole(memory, *sizes)

    async def scenario(worker: Worker) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(shared_pixels.SharedPixels, "take_pass", spoiled)
            with pytest.raises(ProtocolError) as caught:
                await run(worker, zoo.Painter, ladder())
        assert caught.value.code == ENGINE_FAILED
        assert "pass 1 damaged on its way" in str(caught.value)
        assert len(_passes(await run(worker, zoo.Painter, ladder()))) == 3

    drive(scenario)


def test_a_ladder_that_lets_others_go_first_ends_as_if_it_had_not() -> None:
    async def scenario(worker: Worker) -> None:
        painter = zoo.Painter()
        here = _passes(runner.run(ladder(), lambda _: painter))
        events: list[Happening] = []

        async def note(event: Happening) -> None:
            events.append(event)

        rest, turns = ladder(), 0
        while not await worker.run({"": zoo.spec(zoo.Painter)}, rest, note, lambda: False):
            rest, turns = ladder().after(tuple(_passes(events))), turns + 1
        assert turns == 2
        assert _passes(events) == here

    drive(scenario)


def test_a_cancel_while_an_engine_loads_is_no_death() -> None:
    async def scenario(worker: Worker) -> None:
        async def cancel(_: Happening) -> None:
            worker.cancel()

        for _ in range(3):
            with pytest.raises(ProtocolError) as caught:
                await worker.run({"": zoo.spec(zoo.NeverLoaded)}, ladder(), cancel)
            assert caught.value.code == CANCELLED
        assert worker._back_off() == 0

    drive(scenario, cancel_seconds=0.05)


def test_the_time_that_the_parent_takes_is_not_the_engines() -> None:
    async def scenario(worker: Worker) -> None:
        async def slow_disk(event: Happening) -> None:
            if isinstance(event, runner.Finished):
                await asyncio.sleep(0.8)

        await run(worker, zoo.Painter, ladder("heal"))  # the process has started
        worker._hang_seconds = 0.5
        assert await worker.run({"": zoo.spec(zoo.Painter)}, ladder("seam"), slow_disk)

    drive(scenario)


def test_an_engine_without_weights_has_no_time_for_loading_any() -> None:
    async def scenario(worker: Worker) -> None:
        with pytest.raises(ProtocolError) as caught:
            await run(worker, zoo.NeverReady, ladder())
        assert "for 2 s" in str(caught.value)

    drive(scenario, hang_seconds=2.0, loading_seconds=60.0)


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="shows no blocks")
def test_blocks_of_the_dead_are_given_back_and_those_of_the_living_stay() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    with subprocess.Popen(["true"]) as unnoted:  # dead, and its parent has not looked
        os.waitid(os.P_PID, unnoted.pid, os.WEXITED | os.WNOWAIT)
        left = [f"/dev/shm/sfumato-{dead.pid}-left" for dead in (gone, unnoted)]
        for place in left:
            with open(place, "wb") as file:
                file.write(b"pixels")
        ours = shared_pixels.SharedPixels.holding(ladder())
        try:
            assert shared_pixels.sweep() >= 2
            assert not any(map(os.path.exists, left))
            assert ours.filled(ladder()) == ladder()
        finally:
            ours.remove()
