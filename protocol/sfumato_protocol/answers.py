"""What a server tells of masks and jobs. Lengths are canvas px."""

from dataclasses import dataclass
from typing import ClassVar, Tuple

from . import checks
from .base import JobMessage, Message, mask, sized
from .blobs import BlobInfo
from .errors import InvalidField, ProtocolError
from .geometry import Rect
from .plain_text import encodable
from .specs import MAX_PASSES, Figure, Note, PlannedPass

MAX_PREVIEW = 200 * 1024
_LONGEST_TEXT = 2000
_MOST_AHEAD = 1_000_000
_MOST_NOTES = 100
_MOST_SECONDS = 1e9


@dataclass(frozen=True)
class Shaped(Message):
    """The masks asked for, per extent or planned pass: denoise mask D and blend mask A, u8 "G".

    Their size is the crop's, or what `Shape.longest` made of it. plan, notes: of a `Shape` that
    named a recipe. seconds: how long it would take if it ran now, 0 if unknown.
    """

    type: ClassVar[str] = "shaped"
    request: str
    denoise: Tuple[BlobInfo, ...]
    blend: Tuple[BlobInfo, ...]
    plan: Tuple[PlannedPass, ...] = ()
    notes: Tuple[Note, ...] = ()
    seconds: float = 0.0

    def __post_init__(self) -> None:
        checks.job_id("request", self.request)
        checks.count("denoise", self.denoise, MAX_PASSES)
        checks.count("blend", self.blend, len(self.denoise))
        checks.count("plan", self.plan, MAX_PASSES)
        checks.count("notes", self.notes, _MOST_NOTES)
        checks.number("seconds", self.seconds, 0, _MOST_SECONDS)
        for info in self.denoise + self.blend:
            mask("mask", info)


@dataclass(frozen=True)
class Accepted(JobMessage):
    """The job is known and will run as planned. ahead: jobs before it in the queue. seconds: how
    long it will run, 0 if unknown."""

    type: ClassVar[str] = "accepted"
    engine: str
    plan: Tuple[PlannedPass, ...]
    ahead: int
    seconds: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.name("engine", self.engine)
        checks.count("plan", self.plan, MAX_PASSES)
        checks.whole("ahead", self.ahead, 0, _MOST_AHEAD)
        checks.number("seconds", self.seconds, 0, _MOST_SECONDS)


@dataclass(frozen=True)
class Waiting(JobMessage):
    """The job's place in line has changed. ahead: jobs before it. Unasked, to a client that
    understands it."""

    type: ClassVar[str] = "waiting"
    ahead: int

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("ahead", self.ahead, 0, _MOST_AHEAD)


@dataclass(frozen=True)
class Advice(JobMessage):
    """What the server would tell the artist about the job's mask, prompt and strength."""

    type: ClassVar[str] = "advice"
    notes: Tuple[Note, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.count("notes", self.notes, _MOST_NOTES)


@dataclass(frozen=True)
class Progress(JobMessage):
    """Pass `index` (from 1) has done `step` of `steps` steps.

    note: what happens before step 1, "" otherwise.
    """

    type: ClassVar[str] = "progress"
    index: int
    step: int
    steps: int
    note: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("index", self.index, 1, MAX_PASSES)
        checks.whole("steps", self.steps, 0, 100_000)
        checks.whole("step", self.step, 0, self.steps)
        checks.text("note", self.note, 200)


@dataclass(frozen=True)
class Preview(JobMessage):
    """A small JPEG of the crop as it stands in pass `index`; may be dropped on the way."""

    type: ClassVar[str] = "preview"
    index: int
    jpeg: bytes

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("index", self.index, 1, MAX_PASSES)
        if not isinstance(self.jpeg, bytes) or not 0 < len(self.jpeg) <= MAX_PREVIEW:
            raise InvalidField("jpeg", self.jpeg, "1 to {} bytes of JPEG".format(MAX_PREVIEW))


@dataclass(frozen=True)
class PassDone(JobMessage):
    """A finished pass: pixels R and transparency mask A for `area` of the canvas.

    result: in the document's own order, depth and profile. mask: u8 "G". seconds: time it took.
    figures: what was measured of the pass. keeps_alpha: something below is partly transparent, so
    that a layer of it has to inherit alpha (Porter-Duff "atop"). unmeasured: a note, its rule the
    figure's name, for each figure that this mask does not let tell. notes: advice on the pass.
    """

    type: ClassVar[str] = "pass_done"
    planned: PlannedPass
    area: Rect
    result: BlobInfo
    mask: BlobInfo
    seconds: float
    figures: Tuple[Figure, ...] = ()
    keeps_alpha: bool = False
    unmeasured: Tuple[Note, ...] = ()
    notes: Tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.flag("keeps_alpha", self.keeps_alpha)
        checks.number("seconds", self.seconds, 0, _MOST_SECONDS)
        checks.count("figures", self.figures, 100)
        checks.count("unmeasured", self.unmeasured, _MOST_NOTES)
        checks.count("notes", self.notes, _MOST_NOTES)
        mask("mask", self.mask)
        sized(self.area, "area", result=self.result, mask=self.mask)


@dataclass(frozen=True)
class JobDone(JobMessage):
    """Every pass of the job has been announced."""

    type: ClassVar[str] = "job_done"
    passes: int
    seconds: float

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("passes", self.passes, 0, MAX_PASSES)
        checks.number("seconds", self.seconds, 0, _MOST_SECONDS)


@dataclass(frozen=True)
class Failed(Message):
    """A job ("" for a request or the connection itself) ended without its result, and why.

    request: of the `Shape`, `SaveRecipe` or `DeleteRecipe` that this answers, "" for none.
    """

    type: ClassVar[str] = "failed"
    job: str
    code: str
    got: str
    expected: str
    remedy: str
    request: str = ""

    def __post_init__(self) -> None:
        if self.job:
            checks.job_id("job", self.job)
        if self.request:
            checks.job_id("request", self.request)
        for field in ("code", "got", "expected", "remedy"):
            checks.text(field, getattr(self, field), _LONGEST_TEXT)

    @classmethod
    def of(cls, error: ProtocolError, job: str, request: str = "") -> "Failed":
        """The message that tells of an error, whose texts may quote anything."""
        got, expected, remedy = (
            encodable(text)[:_LONGEST_TEXT] for text in (error.got, error.expected, error.remedy)
        )
        return cls(job, error.code, got, expected, remedy, request)
