"""Every message of `sfumato/1` as a frozen dataclass that validates itself on construction.

A field of type `BlobInfo` announces pixels that follow as `Chunk` messages. Lengths are canvas px.
Unknown fields are ignored when decoding, so fields with defaults may be added within version 1.
What messages are made of (`specs`) can be had from here too.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Dict, Iterator, Tuple, Type, TypeVar

from . import checks
from .blobs import CHUNK_BYTES, BlobInfo
from .errors import InvalidField, ProtocolError
from .geometry import Extent, MaskSettings, Rect
from .plain_text import encodable
from .specs import MAX_PASSES as MAX_PASSES
from .specs import MAX_PROMPT as MAX_PROMPT
from .specs import MAX_SEED as MAX_SEED
from .specs import EngineInfo as EngineInfo
from .specs import Figure as Figure
from .specs import Limits as Limits
from .specs import Note as Note
from .specs import PassSpec as PassSpec
from .specs import PlannedPass as PlannedPass
from .specs import RecipeInfo as RecipeInfo

MAX_PREVIEW = 200 * 1024
MOST_ENGINES = 100
MOST_RECIPES = 200
_LONGEST_TEXT = 2000

M = TypeVar("M", bound="Message")


class Message:
    """Base of all messages; `type` is the word on the wire."""

    type: ClassVar[str] = ""

    def blobs(self) -> Tuple[BlobInfo, ...]:
        """The pictures this message announces, in field order."""
        return tuple(_blobs_in(self))

    def with_blobs(self: "M", infos: Tuple[BlobInfo, ...]) -> "M":
        """This message announcing `infos`, in field order, instead of its own pictures."""
        remaining = iter(infos)
        changes: Dict[str, Any] = {}
        for field in fields(self):  # type: ignore[arg-type]
            content = getattr(self, field.name)
            if isinstance(content, BlobInfo):
                changes[field.name] = next(remaining)
            elif isinstance(content, tuple) and content and isinstance(content[0], BlobInfo):
                changes[field.name] = tuple(next(remaining) for _ in content)
        changed: M = replace(self, **changes)  # type: ignore[type-var]
        return changed


@dataclass(frozen=True)
class JobMessage(Message):
    """Base of the messages about one job, named by the id that its client chose."""

    job: str

    def __post_init__(self) -> None:
        checks.job_id("job", self.job)


@dataclass(frozen=True)
class Hello(Message):
    """First word of a client: the protocol it speaks and what it is."""

    type: ClassVar[str] = "hello"
    version: str
    client: str

    def __post_init__(self) -> None:
        checks.text("version", self.version, 40)
        checks.text("client", self.client, 200)


@dataclass(frozen=True)
class Welcome(Message):
    """First word of a server: what it offers and accepts.

    dropped: a sentence for each engine or recipe that this side did not understand, and which is
    not among the others. Decoding adds them; a server says none.
    """

    type: ClassVar[str] = "welcome"
    version: str
    server: str
    engines: Tuple[EngineInfo, ...]
    recipes: Tuple[RecipeInfo, ...]
    limits: Limits
    dropped: Tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.text("version", self.version, 40)
        checks.text("server", self.server, 200)
        checks.count("engines", self.engines, MOST_ENGINES)
        checks.count("recipes", self.recipes, MOST_RECIPES)
        checks.count("dropped", self.dropped, MOST_ENGINES + MOST_RECIPES)
        for sentence in self.dropped:
            checks.text("dropped", sentence, 1000)


@dataclass(frozen=True)
class Shape(Message):
    """Ask for the masks of some passes: the selection's coverage in its context crop, u8 "G"."""

    type: ClassVar[str] = "shape"
    request: str
    selection: BlobInfo
    extents: Tuple[Extent, ...]

    def __post_init__(self) -> None:
        checks.job_id("request", self.request)
        checks.count("extents", self.extents, MAX_PASSES)
        _mask("selection", self.selection)


@dataclass(frozen=True)
class Shaped(Message):
    """The masks asked for, per extent: denoise mask D and blend mask A, u8 "G", crop size."""

    type: ClassVar[str] = "shaped"
    request: str
    denoise: Tuple[BlobInfo, ...]
    blend: Tuple[BlobInfo, ...]

    def __post_init__(self) -> None:
        checks.job_id("request", self.request)
        checks.count("denoise", self.denoise, MAX_PASSES)
        checks.count("blend", self.blend, len(self.denoise))
        for info in self.denoise + self.blend:
            _mask("mask", info)


@dataclass(frozen=True)
class Submit(JobMessage):
    """Ask for a ladder over one context crop.

    job: 32 hexadecimal digits the client chose; sending it twice does the work once.
    recipe: a listed name. passes: overrides the recipe's passes when not empty.
    engine: a listed name, "" for the recipe's or the server's default. seed: 0..2^32-1.
    crop: where the crop lies on the canvas. image: the crop's pixels in the document's own channel
    order, depth and profile. selection: coverage, u8 "G", same width and height.
    """

    type: ClassVar[str] = "submit"
    recipe: str
    engine: str
    prompt: str
    negative_prompt: str
    seed: int
    masks: MaskSettings
    crop: Rect
    image: BlobInfo
    selection: BlobInfo
    passes: Tuple[PassSpec, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.name("recipe", self.recipe)
        if self.engine:
            checks.name("engine", self.engine)
        checks.text("prompt", self.prompt, MAX_PROMPT)
        checks.text("negative_prompt", self.negative_prompt, MAX_PROMPT)
        checks.whole("seed", self.seed, 0, MAX_SEED)
        checks.count("passes", self.passes, MAX_PASSES)
        _mask("selection", self.selection)
        _sized(self.crop, "crop", image=self.image, selection=self.selection)
        if self.image.order == "G":
            raise InvalidField("image.order", self.image.order, "RGB, RGBA or BGRA")


@dataclass(frozen=True)
class Accepted(JobMessage):
    """The job is known and will run as planned. ahead: jobs before it in the queue."""

    type: ClassVar[str] = "accepted"
    engine: str
    plan: Tuple[PlannedPass, ...]
    ahead: int

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.name("engine", self.engine)
        checks.count("plan", self.plan, MAX_PASSES)
        checks.whole("ahead", self.ahead, 0, 1_000_000)


@dataclass(frozen=True)
class Advice(JobMessage):
    """What the server would tell the artist about the job's mask, prompt and strength."""

    type: ClassVar[str] = "advice"
    notes: Tuple[Note, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.count("notes", self.notes, 100)


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
    figure's name, for each figure that this mask does not let tell.
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

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.flag("keeps_alpha", self.keeps_alpha)
        checks.number("seconds", self.seconds, 0, 1e9)
        checks.count("figures", self.figures, 100)
        checks.count("unmeasured", self.unmeasured, 100)
        _mask("mask", self.mask)
        _sized(self.area, "area", result=self.result, mask=self.mask)


@dataclass(frozen=True)
class JobDone(JobMessage):
    """Every pass of the job has been announced."""

    type: ClassVar[str] = "job_done"
    passes: int
    seconds: float

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("passes", self.passes, 0, MAX_PASSES)
        checks.number("seconds", self.seconds, 0, 1e9)


@dataclass(frozen=True)
class Failed(Message):
    """A job ("" for a request or the connection itself) ended without its result, and why."""

    type: ClassVar[str] = "failed"
    job: str
    code: str
    got: str
    expected: str
    remedy: str

    def __post_init__(self) -> None:
        if self.job:
            checks.job_id("job", self.job)
        for field in ("code", "got", "expected", "remedy"):
            checks.text(field, getattr(self, field), _LONGEST_TEXT)

    @classmethod
    def of(cls, error: ProtocolError, job: str) -> "Failed":
        """The message that tells of an error, whose texts may quote anything."""
        texts = (error.got, error.expected, error.remedy)
        return cls(job, error.code, *(encodable(text)[:_LONGEST_TEXT] for text in texts))


@dataclass(frozen=True)
class Cancel(JobMessage):
    """Stop the job; answered by `failed` with code "cancelled" unless it ended before."""

    type: ClassVar[str] = "cancel"


@dataclass(frozen=True)
class Ack(JobMessage):
    """The client has pass `index` safe; the server may forget its pixels."""

    type: ClassVar[str] = "ack"
    index: int

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("index", self.index, 1, MAX_PASSES)


@dataclass(frozen=True)
class Resume(JobMessage):
    """Go on hearing of a job after a lost connection.

    have: the passes that the client has safe. They are acknowledged by it.
    """

    type: ClassVar[str] = "resume"
    have: Tuple[int, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.count("have", self.have, MAX_PASSES)
        for index in self.have:
            checks.whole("have", index, 1, MAX_PASSES)


@dataclass(frozen=True)
class Chunk(Message):
    """Bytes of an announced blob, in order, without gaps."""

    type: ClassVar[str] = "chunk"
    blob: int
    offset: int
    data: bytes

    def __post_init__(self) -> None:
        checks.whole("blob", self.blob, 0, 2**31 - 1)
        checks.whole("offset", self.offset, 0, 2**31 - 1)
        if not isinstance(self.data, (bytes, memoryview)) or not 0 < len(self.data) <= CHUNK_BYTES:
            raise InvalidField("data", self.data, "1 to {} bytes".format(CHUNK_BYTES))


ALL: Tuple[Type[Message], ...] = (
    Hello, Welcome, Shape, Shaped, Submit, Accepted, Advice, Progress, Preview, PassDone, JobDone,
    Failed, Cancel, Ack, Resume, Chunk,
)  # fmt: skip
BY_TYPE: Dict[str, Type[Message]] = {kind.type: kind for kind in ALL}


def _mask(field: str, info: BlobInfo) -> None:
    if (info.order, info.sample) != ("G", "u8"):
        raise InvalidField(field, "{} {}".format(info.order, info.sample), "an 8-bit mask, G u8")


def _sized(area: Rect, name: str, **pictures: BlobInfo) -> None:
    for field, info in pictures.items():
        if (info.width, info.height) != (area.width, area.height):
            got = "{} of {}x{}".format(field, info.width, info.height)
            want = "the {}'s size, {}x{}".format(name, area.width, area.height)
            raise InvalidField(field, got, want)


def _blobs_in(value: Any) -> Iterator[BlobInfo]:
    for field in fields(value):
        content = getattr(value, field.name)
        for item in content if isinstance(content, tuple) else (content,):
            if isinstance(item, BlobInfo):
                yield item
