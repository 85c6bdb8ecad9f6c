"""How long passes take on this machine, learnt from those that it has run.

Of each engine the last passes are kept in one small file. An estimate looks at those most like the
pass in question, scales each by how much more there is to do, and takes their median.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import statistics
import tempfile
import threading
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfumato_protocol import small_files

log = logging.getLogger(__name__)

_KEPT = 48  # passes of an engine
_ALIKE = 5  # of those are asked
_MOST_ENGINES = 200
_MOST_BYTES = 4 * 1024 * 1024
_OTHER_ZONE = 1.0  # as unlike as twice the px
_FURTHEST = 8.0  # times more or less to do than in any pass known: beyond that nobody can tell
LONGEST = 1e6  # seconds
_LOADING = "loading"  # no zone of a pass


@dataclass(frozen=True)
class Work:
    """What a pass has to do. engine: its name, and what it does where that takes another time.
    zone: of the pass. pixels: crop px. effort: model px times denoising steps, or crop px for an
    engine without steps. weights: what the engine has to load first, as an import path, "" for
    nothing.
    """

    engine: str
    zone: str
    pixels: float
    effort: float
    weights: str = ""

    @property
    def loading(self) -> Work:
        """To load the engine, as work of its own."""
        return Work(self.engine, _LOADING, 1.0, 1.0)


@dataclass(frozen=True)
class _Known:
    zone: str
    pixels: float
    effort: float
    seconds: float


class Times:
    """Safe to use from several threads. file: None keeps nothing for later."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # a slow disk keeps no estimate waiting
        self._known: dict[str, deque[_Known]] = {}
        if file is not None:
            self._known = _read(file)

    def learn(self, work: Work, seconds: float) -> None:
        """A pass took that long. Raises `OSError` where it cannot be kept for later."""
        if not 0 < seconds < LONGEST:
            return
        with self._lock:
            passes = self._known.pop(work.engine, deque(maxlen=_KEPT))
            passes.append(_Known(work.zone, work.pixels, work.effort, seconds))
            self._known[work.engine] = passes
            if len(self._known) > _MOST_ENGINES:
                del self._known[next(iter(self._known))]
        if self._file is not None:
            with self._writing:
                with self._lock:
                    now = {engine: tuple(passes) for engine, passes in self._known.items()}
                _write(self._file, now)

    def estimate(self, works: Iterable[Work], loaded: Collection[str] = ()) -> float:
        """Seconds that the passes will take together; 0 where of one of them nothing is known.
        loaded: the weights in memory. Loading counts where it is known how long that takes."""
        held, each, loads = set(loaded), [], 0.0
        with self._lock:
            for work in works:
                known = self._known.get(work.engine, ())
                each.append(_estimate(work, [one for one in known if one.zone != _LOADING]))
                if work.weights and work.weights not in held:
                    held = {work.weights}  # memory is for one
                    loads += _estimate(work.loading, [one for one in known if one.zone == _LOADING])
        return min(sum(each) + loads, LONGEST) if all(each) else 0.0


def _estimate(work: Work, passes: Iterable[_Known]) -> float:
    alike = sorted(passes, key=lambda known: _unlike(work, known))[:_ALIKE]
    if not alike:
        return 0.0
    return statistics.median(known.seconds * _more(work, known) for known in alike)


def _unlike(work: Work, known: _Known) -> float:
    apart = abs(math.log2(work.effort / known.effort)) + abs(math.log2(work.pixels / known.pixels))
    return apart + (_OTHER_ZONE if work.zone != known.zone else 0.0)


def _more(work: Work, known: _Known) -> float:
    return min(max(work.effort / known.effort, 1 / _FURTHEST), _FURTHEST)


def _read(file: Path) -> dict[str, deque[_Known]]:
    """What an earlier server learnt; whatever is wrong with it, it is learnt anew."""
    try:
        content = json.loads(small_files.read(file, _MOST_BYTES))
        return {
            str(engine): deque((_known(entry) for entry in passes[-_KEPT:]), _KEPT)
            for engine, passes in list(content.items())[-_MOST_ENGINES:]
        }
    except FileNotFoundError:
        return {}
    except Exception as error:  # noqa: BLE001 - anything at all may lie there
        log.warning("how long passes take is learnt anew: %s (%s)", file, error)
        return {}


def _known(entry: list[Any]) -> _Known:
    zone, numbers = str(entry[0]), [float(number) for number in entry[1:]]
    pixels, effort, seconds = numbers
    if not all(0 < number < float("inf") for number in numbers):
        raise ValueError(f"got {entry}; expected numbers above 0")
    return _Known(zone, pixels, effort, seconds)


def _write(file: Path, known: dict[str, tuple[_Known, ...]]) -> None:
    content = {
        engine: [[one.zone, one.pixels, one.effort, round(one.seconds, 4)] for one in passes]
        for engine, passes in known.items()
    }
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, beside = tempfile.mkstemp(suffix=".part", prefix=file.name, dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            json.dump(content, opened)
        os.replace(beside, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
