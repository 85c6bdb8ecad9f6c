"""The child process: loads engines, runs one ladder at a time, tells its parent what happens.

Words go through a pipe, pixels through a block of shared memory that the parent owns: the crop,
the selection, then a slot for one finished pass. What is written there is the parent's until it
says `Taken`: the next pass begins after that.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from ..engines.base import Engine, EngineError
from ..engines.registry import load_class
from ..imaging.encoding import UnsupportedColour
from . import runner
from .shared_pixels import Address, SharedPixels, check_of, without_pixels

log = logging.getLogger(__name__)

IDLE_SECONDS = 900.0  # without a job, after which an engine's memory is given back


@dataclass(frozen=True)
class Run:
    """Run a ladder. It comes without pixels: they lie at `memory`.

    specs: what to load for a `PlannedPass.engine`, see `engines.registry`.
    """

    specs: Mapping[str, str]
    memory: Address
    ladder: runner.Ladder


@dataclass(frozen=True)
class Cancel:
    """Stop the ladder that runs; answered by `Ended`."""


@dataclass(frozen=True)
class Taken:
    """The parent has read the pass out of the slot. go_on: whether the next one may run now."""

    go_on: bool


@dataclass(frozen=True)
class Loading:
    """An engine is being loaded; nothing else will be heard until it is. weights: it has some,
    which may come from a slow disk."""

    weights: bool


@dataclass(frozen=True)
class Loaded:
    """These engines are in memory now, by what was loaded, see `Run`."""

    specs: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A pass is done; `finished` comes without pixels, they lie in the job's memory. check: the
    CRC-32 of result and mask."""

    finished: runner.Finished
    result_bytes: int
    mask_bytes: int
    check: int


@dataclass(frozen=True)
class Ended:
    """The ladder is over. failure: "" or a sentence for people; cancelled: on request; paused: some
    passes are left, for they were not to go on."""

    failure: str = ""
    remedy: str = ""
    cancelled: bool = False
    paused: bool = False


def main(pipe: Connection) -> None:
    """The child's whole life: serve `Run` requests until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # spinning threads starve other programs
    threading.Thread(target=_die_with_parent, name="sfumato-orphan", daemon=True).start()
    host = EngineHost(pipe)
    try:
        while True:
            if not pipe.poll(IDLE_SECONDS):
                host.close()
            request = pipe.recv()
            if isinstance(request, Run):
                host.serve(request)
    except (EOFError, OSError):
        log.debug("the parent hung up")
    finally:
        host.close()


def _die_with_parent() -> None:
    """An engine that hangs reads no pipe: this thread notices that the server was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


class EngineHost:
    """Holds the engines that are loaded, by spec: one that has weights, and all that have none."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._engines: dict[str, Engine] = {}

    def serve(self, request: Run) -> None:
        """Run one ladder and send its events, `Ended` last."""
        memory = SharedPixels.at(request.memory)
        try:
            ended = self._run(request, memory)
        except (EngineError, runner.NothingToDo, UnsupportedColour) as error:
            ended = Ended(failure=str(error))
        except MemoryError:
            ended = Ended("the engine ran out of memory", "Select a smaller region.")
        except Exception as error:  # an engine may raise anything; its job fails, the host lives
            log.exception("the engine failed")
            ended = Ended(f"the engine stopped with {type(error).__name__}: {error}")
        finally:
            memory.close()
        self._pipe.send(ended)

    def close(self) -> None:
        """Free the engines."""
        self._free(list(self._engines))

    def _run(self, request: Run, memory: SharedPixels) -> Ended:
        ladder = memory.filled(request.ladder)
        events = runner.run(ladder, lambda name: self._loaded(request.specs[name]))
        try:
            for event in events:
                if isinstance(event, runner.Finished):
                    self._pipe.send(_written(event, memory))
                    taken = self._taken()
                    if taken is None:
                        return Ended(cancelled=True)
                    if not taken.go_on and event.index < len(ladder.passes):
                        return Ended(paused=True)
                else:
                    self._pipe.send(event)
                    if self._cancelled():
                        return Ended(cancelled=True)
        finally:
            events.close()
        return Ended()

    def _taken(self) -> Taken | None:
        """The parent's word that the slot is free again; None where it cancels."""
        while not isinstance(word := self._pipe.recv(), (Taken, Cancel)):
            log.warning("the parent said %s out of turn", type(word).__name__)
        return word if isinstance(word, Taken) else None

    def _loaded(self, spec: str) -> Engine:
        if spec not in self._engines:
            engine = load_class(spec)()
            self._pipe.send(Loading(engine.traits.weights))
            heavy = [name for name, one in self._engines.items() if one.traits.weights]
            if engine.traits.weights and heavy:  # memory is for one; the others' cost is none
                self._free(heavy)
                self._pipe.send(Loaded(tuple(self._engines)))
            engine.load()
            self._engines[spec] = engine
            self._pipe.send(Loaded(tuple(self._engines)))
        return self._engines[spec]

    def _free(self, specs: Iterable[str]) -> None:
        for spec in specs:
            self._engines.pop(spec).close()

    def _cancelled(self) -> bool:
        return self._pipe.poll() and isinstance(self._pipe.recv(), Cancel)


def _written(event: runner.Finished, memory: SharedPixels) -> Written:
    check = check_of(event.result, event.mask)
    memory.put_pass(event.result, event.mask)
    return Written(without_pixels(event), len(event.result), len(event.mask), check)
