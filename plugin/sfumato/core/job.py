"""One job as a value: what has been heard of it so far, and what the next message makes of it."""

import re
from dataclasses import dataclass, field, replace
from typing import Optional, Tuple

from sfumato_protocol import errors
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import sentence
from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import (
    Accepted,
    Advice,
    Failed,
    Figure,
    JobDone,
    Message,
    Note,
    PassDone,
    PlannedPass,
    Preview,
    Progress,
)

from . import sentences
from .colours import DEPTHS, ORDER
from .request import Request
from .types import Bytes

SENDING = "sending"
WAITING = "waiting"
RUNNING = "running"
ENDED = "ended"
INSERTED = "inserted"
KEPT = "kept"
FAILED = "failed"
CANCELLED = "cancelled"

OPEN = (SENDING, WAITING, RUNNING)
SETTLED = (INSERTED, FAILED, CANCELLED)


@dataclass(frozen=True)
class PassResult:
    """A finished pass: document pixels R and 8-bit mask A for `area` in canvas px. keeps_alpha: its
    layer has to inherit alpha. unmeasured: why figures are missing."""

    planned: PlannedPass
    area: Rect
    pixels: Bytes
    mask: Bytes
    seconds: float
    figures: Tuple[Figure, ...] = ()
    keeps_alpha: bool = False
    unmeasured: Tuple[Note, ...] = ()


@dataclass(frozen=True)
class Job:
    """stage: `OPEN` ones wait for the server, `ENDED` and `KEPT` ones for the document.

    results: finished passes in their order. progress: the last heard, or None before the first.
    preview: the last JPEG, b"" before the first. said: one sentence for the artist. notes: the
    server's advice. reason: why it ended early, "" if it did not. recalled: asked for before Krita
    was restarted, so that its request has no pixels. complete: every planned pass is among the
    results.
    """

    request: Request
    stage: str = SENDING
    said: str = field(default_factory=sentences.sending)
    engine: str = ""
    plan: Tuple[PlannedPass, ...] = ()
    progress: Optional[Progress] = None
    results: Tuple[PassResult, ...] = ()
    preview: bytes = b""
    notes: Tuple[Note, ...] = ()
    reason: str = ""
    recalled: bool = False

    @property
    def id(self) -> str:
        return self.request.job

    @property
    def open(self) -> bool:
        return self.stage in OPEN

    @property
    def complete(self) -> bool:
        return len(self.results) == len(self.plan) > 0

    @property
    def indices(self) -> Tuple[int, ...]:
        """Numbers of the finished passes."""
        return tuple(result.planned.index for result in self.results)

    @property
    def title(self) -> str:
        """Which document it belongs to, for people: file name and size in px."""
        canvas = self.request.reading.canvas
        name = re.split(r"[/\\\\]", self.request.file)[-1] or "an unsaved picture"
        return "{}, {} × {} px".format(name, canvas.width, canvas.height)

    def settled(self, stage: str, said: str) -> "Job":
        """This job at its end, without the pixels that nobody needs any more."""
        reading = replace(self.request.reading, pixels=b"", selection=b"")
        request = replace(self.request, reading=reading)
        results = tuple(replace(result, pixels=b"", mask=b"") for result in self.results)
        return replace(self, request=request, stage=stage, said=said, results=results, preview=b"")


def recalled(request: Request) -> Job:
    """A job of an earlier run of Krita, to be asked for. Its request has no pixels any more."""
    return Job(request, WAITING, sentences.recalled(), recalled=True)


def hear(job: Job, message: Message, blobs: Tuple[Blob, ...] = ()) -> Job:
    """The job after a message about it. A job that is no longer open hears nothing."""
    if not job.open:
        return job
    if isinstance(message, Accepted):
        said = sentences.waiting(message.ahead)
        return replace(job, stage=WAITING, said=said, engine=message.engine, plan=message.plan)
    if isinstance(message, Advice):
        return replace(job, notes=message.notes)
    if isinstance(message, Progress):
        said = sentences.running(message.index, len(job.plan), message.note)
        return replace(job, stage=RUNNING, said=said, progress=message)
    if isinstance(message, Preview):
        return replace(job, stage=RUNNING, preview=message.jpeg)
    if isinstance(message, PassDone):
        return _pass_done(job, message, blobs)
    if isinstance(message, JobDone):
        return _ended(job, "")
    if isinstance(message, Failed):
        return _failed(job, message)
    return job


def _pass_done(job: Job, message: PassDone, blobs: Tuple[Blob, ...]) -> Job:
    if message.planned.index in job.indices:  # told again after a lost connection
        return job
    problem = _misfit(job.request, message)
    if problem:
        return _ended(job, problem)
    pixels, mask = (blob.pixels() for blob in blobs)
    result = PassResult(
        message.planned,
        message.area,
        pixels,
        mask,
        message.seconds,
        message.figures,
        message.keeps_alpha,
        message.unmeasured,
    )
    others = [held for held in job.results if held.planned.index != message.planned.index]
    results = sorted([*others, result], key=lambda held: held.planned.index)
    return replace(job, stage=RUNNING, results=tuple(results))


def _misfit(request: Request, message: PassDone) -> str:
    """Why a pass cannot become a layer of the document it was asked for, or ""."""
    reading = request.reading
    wanted = (ORDER, DEPTHS[reading.colour.depth].sample, reading.colour.profile)
    got = (message.result.order, message.result.sample, message.result.profile)
    if got != wanted:
        return sentences.wrong_result("pixels in " + " ".join(got), " ".join(wanted))
    if message.area.empty or not reading.crop.contains(message.area):
        return sentences.wrong_result(str(message.area), "an area inside {}".format(reading.crop))
    return ""


def _failed(job: Job, message: Failed) -> Job:
    if message.code == errors.CANCELLED:
        return job.settled(CANCELLED, sentences.cancelled())
    if job.recalled and message.code == errors.UNKNOWN_JOB:
        return job.settled(FAILED, sentences.forgotten(job.title))
    return _ended(job, sentence(message.got, message.expected, message.remedy))


def _ended(job: Job, reason: str) -> Job:
    """The server is through with the job: what is finished waits for the document."""
    if not job.results:
        # A server that was told of an insertion, before Krita crashed, has no passes any more.
        empty = sentences.forgotten(job.title) if job.recalled else sentences.no_pass()
        return job.settled(FAILED, reason or empty)
    said = sentences.partly(len(job.results), len(job.plan), reason) if reason else job.said
    return replace(job, stage=ENDED, said=said, reason=reason)
