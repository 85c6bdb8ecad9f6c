"""One job as a value: what has been heard of it so far, and what the next message makes of it."""

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
    Waiting,
)

from . import again_sentences, job_sentences, pace, sentences
from .colours import DEPTHS, ORDER
from .pace import Pace
from .request import Request
from .thumbnail import Thumbnail, thumbnail
from .types import Bytes
from .words import tr

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
    layer has to inherit alpha. unmeasured: why figures are missing. notes: advice on it. small: its
    picture, None where there is none."""

    planned: PlannedPass
    area: Rect
    pixels: Bytes
    mask: Bytes
    seconds: float
    figures: Tuple[Figure, ...] = ()
    keeps_alpha: bool = False
    unmeasured: Tuple[Note, ...] = ()
    notes: Tuple[Note, ...] = ()
    small: Optional[Thumbnail] = None


@dataclass(frozen=True)
class Job:
    """stage: `OPEN` ones wait for the server, `ENDED` and `KEPT` ones for the document.

    results: finished passes in their order. progress: the last heard, or None before the first.
    preview: the last JPEG, b"" before the first. said: one sentence for the artist. notes: the
    server's advice. reason: why it ended early, "" if it did not. recalled: asked for before Krita
    was restarted, so that its request has no pixels. complete: every planned pass is among the
    results. held: why an open job does not go on, "" if it does. ahead: jobs before it in line,
    while it waits. stopping: it is to end with the passes that are finished. left: s to its end as
    of the last message, None if nobody can tell. small: what it works on, None if that is gone.
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
    held: str = ""
    ahead: int = 0
    stopping: bool = False
    left: Optional[float] = None
    pace: Pace = field(default_factory=Pace)
    small: Optional[Thumbnail] = None

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
    def share(self) -> float:
        """What part of its work is done, 0..1."""
        return pace.done(self.plan, self.indices, self.progress)

    @property
    def indices(self) -> Tuple[int, ...]:
        """Numbers of the finished passes."""
        return tuple(result.planned.index for result in self.results)

    @property
    def title(self) -> str:
        """Which document it belongs to, for people: file name and size in px."""
        canvas = self.request.reading.canvas
        name = self.request.file_name or tr("an unsaved picture")
        return "{}, {} × {} px".format(name, canvas.width, canvas.height)

    def settled(self, stage: str, said: str) -> "Job":
        """This job at its end, without the pixels that nobody needs any more."""
        reading = replace(self.request.reading, pixels=b"", selection=b"")
        request = replace(self.request, reading=reading, earlier=())
        results = tuple(replace(result, pixels=b"", mask=b"") for result in self.results)
        return replace(
            self, request=request, stage=stage, said=said, results=results, held="", left=None
        )


def recalled(request: Request) -> Job:
    """A job of an earlier run of Krita, to be asked for. Its request has no pixels any more."""
    return Job(request, WAITING, sentences.recalled(), recalled=True)


def begun(request: Request) -> Job:
    """A new job, with a small picture of what it works on."""
    reading = request.reading
    return Job(request, small=thumbnail(reading.pixels, reading.crop, reading.colour))


def on_hold(job: Job, why: str) -> Job:
    """An open job that does not go on for now."""
    return replace(job, said=why, held=why, left=None)


def hear(job: Job, message: Message, blobs: Tuple[Blob, ...] = (), now: float = 0.0) -> Job:
    """The job after a message about it. A job that is no longer open hears nothing. now: s."""
    if not job.open:
        return job
    if isinstance(message, Accepted):
        asked = replace(job, engine=message.engine, plan=message.plan, pace=_pace(job, message))
        return _waiting(asked, message.ahead)
    if isinstance(message, Waiting):
        return _waiting(job, message.ahead)
    if isinstance(message, Advice):
        return replace(job, notes=message.notes)
    if isinstance(message, Progress):
        return _progress(job, message, now)
    if isinstance(message, Preview):
        return replace(job, stage=RUNNING, preview=message.jpeg)
    if isinstance(message, PassDone):
        return _timed(_pass_done(job, message, blobs), now)
    if isinstance(message, JobDone):
        return _ended(job, job_sentences.stopped() if job.stopping and not job.complete else "")
    if isinstance(message, Failed):
        return _failed(job, message)
    return job


def _pace(job: Job, accepted: Accepted) -> Pace:
    """What the whole job would take: passes that another one has done take no time."""
    reused = pace.done(accepted.plan, range(1, job.request.first), None)
    return Pace(accepted.seconds / (1.0 - reused) if reused < 1.0 else 0.0)


def _waiting(job: Job, ahead: int) -> Job:
    """A job in line, maybe again: its time runs from where it goes on."""
    rested = replace(job, stage=WAITING, held="", ahead=ahead, pace=Pace(job.pace.expected))
    said = job_sentences.stopping() if job.stopping else sentences.waiting(ahead)
    return replace(rested, said=said, left=rested.pace.left(rested.share, 0.0))


def _progress(job: Job, message: Progress, now: float) -> Job:
    said = sentences.running(message.index, len(job.plan), message.note)
    if job.stopping:
        said = job_sentences.stopping()
    return _timed(replace(job, stage=RUNNING, said=said, held="", progress=message), now)


def _timed(job: Job, now: float) -> Job:
    """The job with what its steps tell of its time; engines may take a while before the first."""
    if not job.open:
        return job
    begun = job.progress is not None and job.progress.steps > 0
    timed = job.pace.seen(job.share, now) if begun else job.pace
    return replace(job, pace=timed, left=timed.left(job.share, now))


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
        message.notes,
        thumbnail(pixels, message.area, job.request.reading.colour, mask),
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
        return sentences.wrong_result(tr("pixels in {}").format(" ".join(got)), " ".join(wanted))
    if message.area.empty or not reading.crop.contains(message.area):
        return sentences.wrong_result(
            str(message.area), tr("an area inside {}").format(reading.crop)
        )
    return ""


def _failed(job: Job, message: Failed) -> Job:
    if message.code == errors.CANCELLED:
        return job.settled(CANCELLED, sentences.cancelled())
    if job.recalled and message.code == errors.UNKNOWN_JOB:
        return job.settled(FAILED, sentences.forgotten(job.title))
    if job.request.base and message.code == errors.UNKNOWN_JOB and not job.results:
        return job.settled(FAILED, again_sentences.let_go())
    return _ended(job, sentence(message.got, message.expected, message.remedy))


def _ended(job: Job, reason: str) -> Job:
    """The server is through with the job: what is finished waits for the document."""
    if not job.results:
        # A server that was told of an insertion, before Krita crashed, has no passes any more.
        empty = sentences.forgotten(job.title) if job.recalled else sentences.no_pass()
        return job.settled(FAILED, reason or empty)
    said = sentences.partly(len(job.results), len(job.plan), reason) if reason else job.said
    return replace(job, stage=ENDED, said=said, reason=reason, held="", left=None)
