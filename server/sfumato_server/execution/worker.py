"""The parent's side of one device: starts, watches and if need be kills the engine's process.

A crash, a hang or an out-of-memory kill of the child costs a pass, never the server.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
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
from .shared_pixels import SharedPixels, check_of, needed, without_pixels

log = logging.getLogger(__name__)

LONGEST_BACK_OFF = 30.0
DYING_SECONDS = 2.0  # between a child's last word and its exit code

Happening = engine_host.Loading | runner.Stepped | runner.Previewed | runner.Finished
OnEvent = Callable[[Happening], Awaitable[None]]
MayGoOn = Callable[[], bool]
OnLoaded = Callable[[frozenset[str]], None]
T = TypeVar("T")


def _ignore(specs: frozenset[str]) -> None:
    del specs


class WorkerClosed(Exception):
    """The worker was closed, or is being closed: what it was asked to run is not done, and no
    fault of the job's."""


class State(Enum):
    """What a worker is at."""

    IDLE = "idle"
    STARTING = "starting"  # rests after deaths, or waits for its child or for memory
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

    hang_seconds: silence after which the child is killed; the time that `on_event` takes is not the
    child's. loading_seconds: the same from the moment it begins to load an engine's weights until
    its first step; tens of gigabytes may come from a slow disk. cancel_seconds: how long it may
    take to answer a cancel before it is killed. on_loaded: hears which engines are in memory, by
    what was loaded, whenever that changes.
    """

    def __init__(
        self,
        hang_seconds: float = 300.0,
        loading_seconds: float = 1800.0,
        cancel_seconds: float = 10.0,
        on_loaded: OnLoaded = _ignore,
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
        self._on_loaded = on_loaded
        self._loaded: frozenset[str] = frozenset()
        self._forgetting: asyncio.TimerHandle | None = None  # the child frees them when idle

    @property
    def loaded(self) -> frozenset[str]:
        """The engines that are in memory, by what was loaded."""
        return self._loaded

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._process.pid if self._process is not None else None

    async def run(
        self,
        specs: Mapping[str, str],
        ladder: runner.Ladder,
        on_event: OnEvent,
        may_go_on: MayGoOn = lambda: True,
    ) -> bool:
        """Run a ladder; `on_event` is awaited for each thing that happens, in order.

        specs: what to load for each `PlannedPass.engine` of the ladder, "" among them. may_go_on:
        asked after each pass; the rest is left where it says no. Returns whether all is done.
        Raises `ProtocolError`: cancelled, engine failed, crashed or hung; `WorkerClosed`.
        """
        if self._state is State.CLOSED:
            raise WorkerClosed
        if not self._happens("run"):
            raise RuntimeError(f"a {self._state.value} worker was asked to run")
        self._cancel_asked.clear()
        if self._forgetting is not None:
            self._forgetting.cancel()
        try:
            await self._rest(self._back_off())
            if await self._in_thread(self._start):
                self._holds(())
            memory = await self._in_thread(_memory_for, ladder)
            try:
                # From here on the child is told of a cancel: not before it is told of the run.
                if not self._happens("started"):
                    raise self._obituary(None)
                done = tuple(map(without_pixels, ladder.done))
                bare = replace(ladder, pixels=b"", selection=b"", done=done)
                request = engine_host.Run(dict(specs), memory.address, bare)
                return await self._converse(request, memory, on_event, may_go_on)
            finally:
                memory.remove()
        finally:
            self._happens("end")
            loop = asyncio.get_running_loop()
            self._forgetting = loop.call_later(engine_host.IDLE_SECONDS, self._holds, ())

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
        self._happens("close")
        if self._forgetting is not None:
            self._forgetting.cancel()
        await self._in_thread(self._stop)

    def _holds(self, specs: Iterable[str]) -> None:
        """These engines are in memory, and no others."""
        before, self._loaded = self._loaded, frozenset(specs)
        if self._loaded != before:
            self._on_loaded(self._loaded)

    def _happens(self, what: str) -> bool:
        """Go on to the state after it; whether it can happen now."""
        following = _NEXT.get((self._state, what))
        self._state = following or self._state
        return following is not None

    async def _converse(
        self,
        request: engine_host.Run,
        memory: SharedPixels,
        on_event: OnEvent,
        may_go_on: MayGoOn,
    ) -> bool:
        self._patience = self._hang_seconds
        try:
            self._tell(request)
            while not isinstance(word := await self._hear(), engine_host.Ended):
                if isinstance(word, engine_host.Loaded):
                    self._holds(word.specs)
                    continue
                event = await self._in_thread(_read, word, memory)
                if isinstance(event, runner.Finished):
                    self._tell(engine_host.Taken(may_go_on()))
                loads = isinstance(event, engine_host.Loading) and event.weights
                self._patience = self._loading_seconds if loads else self._hang_seconds
                await on_event(event)
        except BaseException:  # nobody will hear the rest of this ladder
            self._holds(())
            await self._in_thread(self._stop)
            raise
        finally:
            self._disarm()
        self._deaths = 0
        _raise_for(word)
        return not word.paused

    async def _hear(self) -> object:
        """The child's next word. Raises `ProtocolError` with its obituary if it has died."""
        pipe = self._pipe
        if pipe is None:  # reaped by `close`
            raise WorkerClosed
        if self._state is State.RUNNING:
            self._arm(self._patience)
        try:
            word = await self._in_thread(pipe.recv)
        except (EOFError, OSError) as error:
            exit_code = await self._in_thread(self._stop, DYING_SECONDS)
            if self._state is not State.CANCELLING:
                self._deaths += 1
            raise self._obituary(exit_code) from error
        if self._state is State.RUNNING:  # what is made of the word is not the child's time
            self._disarm()
        return word

    def _tell(self, message: engine_host.Run | engine_host.Taken | engine_host.Cancel) -> None:
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

    def _start(self) -> bool:
        """Make sure that there is a child; whether it is a new one. A thread that does this goes on
        though its run was cancelled, so `close` may have come first."""
        with self._changing:
            if self._state is State.CLOSED:
                raise WorkerClosed
            if self._process is not None and self._process.is_alive():
                return False
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
        return True

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

    def _obituary(self, exit_code: int | None) -> ProtocolError | WorkerClosed:
        if self._state is State.CLOSED:
            return WorkerClosed()
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
        return SharedPixels.holding(ladder)
    except OSError as error:
        got = f"no shared memory for the job's pixels ({error.strerror})"
        need = needed(ladder) / 2**20
        remedy = "Select a smaller region; for a server in a container raise its --shm-size."
        raise ProtocolError(ENGINE_FAILED, got, f"{need:.0f} MiB of it", remedy) from error


def _read(word: object, memory: SharedPixels) -> Happening:
    """What the child says, a pass with its pixels. Raises `ProtocolError` where they are not those
    that it made."""
    if isinstance(word, engine_host.Written):
        result, mask = memory.take_pass(word.result_bytes, word.mask_bytes)
        if check_of(result, mask) != word.check:
            got = f"pass {word.finished.index} damaged on its way from the engine"
            remedy = "Run it again. If it happens again, this machine's memory may be at fault."
            raise ProtocolError(ENGINE_FAILED, got, "the pixels that it made", remedy)
        return replace(word.finished, result=result, mask=mask)
    assert isinstance(word, Happening)
    return word


def _raise_for(ended: engine_host.Ended) -> None:
    if ended.cancelled:
        raise cancelled()
    if ended.failure:
        raise ProtocolError(ENGINE_FAILED, ended.failure, "", ended.remedy)
