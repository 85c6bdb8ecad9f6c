"""One submitted ladder: what is remembered of it, and how it becomes work and messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sfumato_protocol.blobs import ZLIB, Blob, BlobInfo, make_blob
from sfumato_protocol.errors import INTERNAL, ProtocolError, cancelled
from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import (
    Failed,
    JobDone,
    Message,
    PassDone,
    PlannedPass,
    Submit,
)

from ..execution import runner
from ..imaging.encoding import Encoding
from .timing import Work

Load = Callable[[], Awaitable[tuple[Blob, ...]]]


async def _nothing() -> tuple[Blob, ...]:
    return ()


@dataclass(frozen=True)
class Outgoing:
    """Something to say to a client. load: fetches its pictures when it is their turn.
    droppable: may be left out if the client is slow. feature: of `offers.FEATURES`, what a client
    has to understand to be told."""

    message: Message
    load: Load = _nothing
    droppable: bool = False
    feature: str = ""


Listener = Callable[[Outgoing], None]


@dataclass
class Job:
    """Only the queue changes it. specs: import paths by `PlannedPass.engine`. engine: the job's.
    client: whose turn it takes. listener: who hears of it. draws: its recipe needs an engine that
    draws. works: what each pass of the plan has to do, () where it is not known.

    stored: its request is on disk. passes: announced and not acknowledged. kept: acknowledged, and
    kept because the job may be asked for again. finished: numbers of all that are done. reused: how
    many of those another job has done, 0 after a restart, when nobody knows. cancelled: it was
    asked to stop; keep: and to keep what is finished. deaths: how often it took the engine's
    process with it. seconds: spent on it in the turns before this one. told_ahead: how many jobs
    were before it when its client was told last.
    """

    submit: Submit
    specs: Mapping[str, str]
    engine: str
    plan: tuple[PlannedPass, ...]
    client: str
    draws: bool = False
    works: tuple[Work, ...] = ()
    listener: Listener | None = None
    stored: bool = False
    passes: dict[int, PassDone] = field(default_factory=dict)
    kept: dict[int, PassDone] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)
    reused: int = 0
    end: JobDone | Failed | None = None
    cancelled: bool = False
    keep: bool = False
    deaths: int = 0
    seconds: float = 0.0
    told_ahead: int | None = None

    @property
    def id(self) -> str:
        """The id that its client chose."""
        return self.submit.job

    @property
    def held(self) -> dict[int, PassDone]:
        """The passes whose pictures are there and stay for now."""
        return {**self.passes, **self.kept}

    @property
    def owes(self) -> bool:
        """Whether somebody waits for something of it."""
        return self.end is None or bool(self.passes)

    @property
    def given_up(self) -> bool:
        """Whether it was cancelled and nothing of it is kept."""
        return self.cancelled and not isinstance(self.end, JobDone) and not self._keeps

    @property
    def _keeps(self) -> bool:
        """Whether it stops with passes of its own; those of another job are there anyway."""
        return self.keep and len(self.finished) > self.reused

    def stopped(self) -> JobDone | Failed:
        """How it ends when it is stopped now."""
        if self._keeps:
            return JobDone(self.id, len(self.finished), self.seconds)
        return Failed.of(cancelled(), self.id)

    def tell(self, outgoing: Outgoing) -> None:
        """Say it to whoever listens; nobody may."""
        if self.listener is not None:
            self.listener(outgoing)


def fault(error: Exception, job: str = "") -> ProtocolError:
    """What a client is told of an error that is the server's own."""
    got = f"the server failed with {type(error).__name__}"
    remedy = "Try again; if it happens again, report it with the server's log."
    return ProtocolError(INTERNAL, got, "", remedy, job)


def encoding_of(image: BlobInfo) -> Encoding:
    """How a picture stores its pixels."""
    return Encoding(image.order, image.sample, image.profile)


def ladder_of(job: Job, blobs: tuple[Blob, ...]) -> runner.Ladder:
    """The work that a job stands for. blobs: image and selection as they came."""
    image, selection = blobs
    return runner.Ladder(
        width=job.submit.crop.width,
        height=job.submit.crop.height,
        encoding=encoding_of(job.submit.image),
        pixels=memoryview(image.pixels()),
        selection=memoryview(selection.pixels()),
        passes=job.plan,
        negative_prompt=job.submit.negative_prompt,
    )


def pass_done(job: Job, event: runner.Finished) -> tuple[PassDone, tuple[Blob, ...]]:
    """The message that announces a finished pass, in canvas px, and its pictures."""
    x, y, width, height = event.area
    crop, image = job.submit.crop, job.submit.image
    shape = (height, width)
    result = make_blob(1, event.result, shape, image.order, image.sample, image.profile)
    mask = make_blob(2, event.mask, shape, "G", encoding=ZLIB)
    message = PassDone(
        job=job.id,
        planned=job.plan[event.index - 1],
        area=Rect(crop.x + x, crop.y + y, width, height),
        result=result.info,
        mask=mask.info,
        seconds=event.seconds,
        figures=event.figures,
        keeps_alpha=event.keeps_alpha,
        unmeasured=event.unmeasured,
        notes=event.notes,
    )
    return message, (result, mask)


def finished_pass(job: Job, done: PassDone, blobs: tuple[Blob, ...]) -> runner.Finished:
    """The inverse of `pass_done`: a kept pass as the runner made it."""
    result, mask = (memoryview(blob.pixels()) for blob in blobs)
    x, y = done.area.x - job.submit.crop.x, done.area.y - job.submit.crop.y
    area = (x, y, done.area.width, done.area.height)
    return runner.Finished(
        done.planned.index,
        area,
        result,
        mask,
        done.seconds,
        done.figures,
        done.keeps_alpha,
        done.unmeasured,
        done.notes,
    )


def coverage_of(selection: Blob) -> NDArray[np.uint8]:
    """A selection's coverage, (H, W) uint8."""
    info = selection.info
    return np.frombuffer(selection.pixels(), np.uint8).reshape(info.height, info.width)


def is_empty(selection: Blob) -> bool:
    """Whether no pixel of a selection is selected."""
    return not coverage_of(selection).any()
