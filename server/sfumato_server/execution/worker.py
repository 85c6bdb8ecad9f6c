"""The parent's side of one device: starts, watches and if need be kills the engine's process.

A crash, a hang or an out-of-memory kill of the child costs a pass, never the server.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from enum import Enum
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TypeVar

from sfumato_protocol.errors import (
    ENGINE_CRASHED,
    ENGINE_FAILED,
    ENGINE_HUNG,
    ProtocolError,
    cancelled,
)

from . import engine_host, runner
from .shared_pixels import SharedPixels

log = logging.getLogger(__name__)

LONGEST_BACK_OFF = 30.0
DYING_SECONDS = 2.0  # between a child's last word and its exit code

Happening = engine_host.Loading | runner.Stepped | runner.Previewed | runner.Finished
OnEvent = Callable[[Happening], Awaitable[None]]
T = TypeVar("T")


class State(Enum):
    """What a worker is at."""

    IDLE = "idle"
    STARTING = "starting"  # rests after deaths, or waits for its child
    RUNNING = "running"
    CANCELLING = "cancelling"
    HUNG = "hung"  # silent too long, and killed
    CLOSED = "closed"


_BUSY = (State.STARTING, State.RUNNING, State.CANCELLING, State.HUNG)
# What happens to a worker in which state, and the state after; nothing else happens.
_NEXT: dict[tuple[State, str], State] = {
    (State.IDLE, "run"): State.STARTING,
    (State.STARTING, "started"): State.RUNNING,
    (State.STARTING, "cancel"): State.CANCELLING,
    (State.RUNNING, "cancel"): State.CANCELLING,
    (State.RUNNING, "silence"): State.HUNG,
    (State.HUNG, "cancel"): State.CANCELLING,
    **{(state, "end"): State.IDLE for state in _BUSY},
    **{(state, "close"): State.CLOSED for state in (State.IDLE, *_BUSY)},
}


class Worker:
    """One child process and at most one ladder in it.

    hang_seconds: silence after which the child is killed. loading_seconds: the same from the moment
    it begins to load an engine until its first step; tens of gigabytes may come from a slow disk.
    cancel_seconds: how long it may take to answer a cancel before it is killed.
    """

    def __init__(
        self,
        hang_seconds: float = 300.0,
        loading_seconds: float = 1800.0,
        cancel_seconds: float = 10.0,
    ) -> None:
        self._hang_seconds = hang_seconds
        self._loading_seconds = loading_seconds
        self._cancel_seconds = cancel_seconds
        self._state = State.IDLE
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._changing = threading.Lock()  # held while a child is started or reaped
        # Its own, so that nothing else keeps a child unheard: one thread listens, one may reap.
        self._threads = ThreadPoolExecutor(2, "sfumato-worker")
        self._cancel_asked = asyncio.Event()
        self._deaths = 0
        self._patience = hang_seconds
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._process.pid if self._process is not None else None

    async def run(self, specs: Mapping[str, str], ladder: runner.Ladder, on_event: OnEvent) -> None:
        """Run a ladder; `on_event` is awaited for each thing that happens, in order.

        specs: what to load for each `PlannedPass.engine` of the ladder, "" among them.
        Raises `ProtocolError`: cancelled, engine failed, crashed or hung.
        """
        if not self._happens("run"):
            raise RuntimeError(f"a {self._state.value} worker was asked to run")
        self._cancel_asked.clear()
        try:
            await self._rest(self._back_off())
            await self._in_thread(self._start)
            await self._run(specs, ladder, on_event)
        finally:
            self._happens("end")

    async def _run(
        self, specs: Mapping[str, str], ladder: runner.Ladder, on_event: OnEvent
    ) -> None:
        if not self._happens("started"):
            raise cancelled()
        memory = _memory_for(ladder)
        try:
            bare = replace(ladder, pixels=b"", selection=b"")
            await self._converse(
                engine_host.Run(dict(specs), memory.address, bare), memory, on_event
            )
        finally:
            memory.remove()

    def cancel(self) -> None:
        """Ask the running ladder to stop; the child is killed if it does not."""
        was = self._state
        if self._happens("cancel"):
            self._cancel_asked.set()
            if was is State.RUNNING:
                self._tell(engine_host.Cancel())
                self._arm(self._cancel_seconds)

    async def close(self) -> None:
        """End the child, whatever it is doing, and start no other."""
        if self._happens("close"):
            await self._in_thread(self._stop)
            self._threads.shutdown(wait=False)

    def _happens(self, what: str) -> bool:
        """Go on to the state after it; whether it can happen now."""
        following = _NEXT.get((self._state, what))
        self._state = following or self._state
        return following is not None

    async def _converse(
        self, request: engine_host.Run, memory: SharedPixels, on_event: OnEvent
    ) -> None:
        self._arm(self._hang_seconds)
        try:
            self._tell(request)
            while not isinstance(event := await self._hear(), engine_host.Ended):
                if self._state is State.RUNNING:
                    is_loading = isinstance(event, engine_host.Loading)
                    self._arm(self._loading_seconds if is_loading else self._hang_seconds)
                await on_event(_read(event, memory))
        except BaseException:  # nobody will hear the rest of this ladder
            await self._in_thread(self._stop)
            raise
        finally:
            self._disarm()
        self._deaths = 0
        _raise_for(event)

    async def _hear(self) -> object:
        """The child's next word. Raises `ProtocolError` with its obituary if it has died."""
        assert self._pipe is not None
        try:
            return await self._in_thread(self._pipe.recv)
        except (EOFError, OSError) as error:
            self._deaths += 1
            exit_code = await self._in_thread(self._stop, DYING_SECONDS)
            raise self._obituary(exit_code) from error

    def _tell(self, message: engine_host.Run | engine_host.Cancel) -> None:
        if self._pipe is None:
            return  # the child is being reaped
        try:
            self._pipe.send(message)
        except OSError:
            log.debug("the child is gone already")  # `_hear` will find out

    async def _in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, call, *arguments)

    async def _rest(self, seconds: float) -> None:
        """Sleep; a cancel ends it and the run."""
        try:
            await asyncio.wait_for(self._cancel_asked.wait(), seconds)
        except asyncio.TimeoutError:  # before Python 3.11 not the built-in one
            return
        raise cancelled()

    def _back_off(self) -> float:
        """Seconds to wait before a child that died several times in a row is started again."""
        if self._deaths < 2:
            return 0.0
        return float(min(LONGEST_BACK_OFF, 0.5 * 2 ** (self._deaths - 2)))

    def _start(self) -> None:
        """Make sure that there is a child. A thread that does this goes on though its run was
        cancelled, so `close` may have come first."""
        with self._changing:
            if self._state is State.CLOSED:
                raise RuntimeError("the worker was closed")
            if self._process is not None and self._process.is_alive():
                return
            self._reap(0.0)
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(
                target=engine_host.main, args=(theirs,), name="sfumato-engine", daemon=True
            )
            process.start()
            theirs.close()
            self._process, self._pipe = process, ours
        log.info("engine process %s started", process.pid)

    def _stop(self, grace: float = 0.0) -> int | None:
        """Reap the child, killing it after `grace` seconds; return its exit code (-n: signal n)."""
        with self._changing:
            return self._reap(grace)

    def _reap(self, grace: float) -> int | None:
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        exit_code = None
        if process is not None:
            process.join(grace)
            process.kill()
            process.join()
            exit_code = process.exitcode
            process.close()
        if pipe is not None:  # last: a thread may be reading until the child's end is gone
            pipe.close()
        return exit_code

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._patience = seconds
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._give_up)

    def _disarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _give_up(self) -> None:
        """The child was silent too long. Killing it ends the conversation with EOF."""
        self._happens("silence")
        if self._process is not None:
            self._process.kill()

    def _obituary(self, exit_code: int | None) -> ProtocolError:
        if self._state is State.CANCELLING:
            return cancelled()
        if self._state is State.HUNG:
            got = f"no sign of life from the engine for {self._patience:g} s"
            remedy = "It was restarted. Try a smaller region or fewer steps."
            return ProtocolError(ENGINE_HUNG, got, "a step within that time", remedy)
        got = f"the engine's process ended (exit code {exit_code})"
        remedy = "It will be restarted. If it happens again, the server's log tells more."
        if exit_code == -9:
            remedy = "The system may have run out of memory: try a smaller region."
        return ProtocolError(ENGINE_CRASHED, got, "it to finish the pass", remedy)


def _memory_for(ladder: runner.Ladder) -> SharedPixels:
    try:
        return SharedPixels.holding(ladder.pixels, ladder.selection)
    except OSError as error:
        got = f"no shared memory for the job's pixels ({error.strerror})"
        need = 2 * (len(ladder.pixels) + len(ladder.selection)) / 2**20
        remedy = "Select a smaller region; for a server in a container raise its --shm-size."
        raise ProtocolError(ENGINE_FAILED, got, f"{need:.0f} MiB of it", remedy) from error


def _read(event: object, memory: SharedPixels) -> Happening:
    if isinstance(event, engine_host.Written):
        result, mask = memory.take_pass(event.result_bytes, event.mask_bytes)
        return replace(event.finished, result=result, mask=mask)
    assert isinstance(event, Happening)
    return event


def _raise_for(ended: engine_host.Ended) -> None:
    if ended.cancelled:
        raise cancelled()
    if ended.failure:
        raise ProtocolError(ENGINE_FAILED, ended.failure, "", ended.remedy)
