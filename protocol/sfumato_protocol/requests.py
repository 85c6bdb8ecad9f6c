"""What a client asks of a server: masks, jobs, and what is to become of them.

Lengths are canvas px.
"""

from dataclasses import dataclass
from typing import ClassVar, Tuple

from . import checks
from .base import JobMessage, Message, mask, sized
from .blobs import BlobInfo
from .errors import InvalidField
from .geometry import Extent, MaskSettings, Rect
from .specs import MAX_PASSES, MAX_PROMPT, MAX_SEED, PassSpec

NO_MASKS = MaskSettings(0.0, 0.0, 0.0, 0.0)
NOWHERE = Rect(0, 0, 0, 0)


@dataclass(frozen=True)
class Shape(Message):
    """Ask for the masks of some passes: the selection's coverage in its context crop, u8 "G".

    Where `recipe` is "" the masks of `extents` are wanted. Else those that a `Submit` of the same
    recipe, engine, prompts, masks, crop and passes would run with, its plan, advice and time (the
    feature `offers.PLAN`). image: at most one, the crop made as small as one likes, for advice on
    its light; order, depth and profile are the document's. longest: masks come back with their
    longer side reduced to that many px, 0 for the crop's own size; those of a much larger crop may
    be drawn from the reduced selection, with edges within one of those px of the job's.
    """

    type: ClassVar[str] = "shape"
    request: str
    selection: BlobInfo
    extents: Tuple[Extent, ...]
    recipe: str = ""
    engine: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    seed: int = 0
    masks: MaskSettings = NO_MASKS
    crop: Rect = NOWHERE
    passes: Tuple[PassSpec, ...] = ()
    image: Tuple[BlobInfo, ...] = ()
    longest: int = 0

    def __post_init__(self) -> None:
        checks.job_id("request", self.request)
        checks.count("extents", self.extents, MAX_PASSES)
        mask("selection", self.selection)
        checks.count("image", self.image, 1)
        checks.whole("longest", self.longest, 0, 16384)
        if self.recipe:
            _ladder(self.recipe, self.engine, self.prompt, self.negative_prompt, self.passes)
            checks.whole("seed", self.seed, 0, MAX_SEED)
            sized(self.crop, "crop", selection=self.selection)


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
        _ladder(self.recipe, self.engine, self.prompt, self.negative_prompt, self.passes)
        checks.whole("seed", self.seed, 0, MAX_SEED)
        mask("selection", self.selection)
        sized(self.crop, "crop", image=self.image, selection=self.selection)
        if self.image.order == "G":
            raise InvalidField("image.order", self.image.order, "RGB, RGBA or BGRA")


@dataclass(frozen=True)
class Again(JobMessage):
    """Ask for a job like `base`, which the server still has, from pass `first` on: an ordinary job
    of its own, whose earlier passes are those of `base` and are not run again. Several variations
    are several of these. Feature `offers.AGAIN`.

    passes: the whole ladder, whose passes before `first` are not looked at; () for that of `base`.
    seed, prompts, engine, masks: as in `Submit`. earlier: the masks of the passes before `first` as
    the artist has changed them, u8 "G", each in the size of its pass's area; () where they are as
    they were. selection: at most one, in place of that of `base`, in its crop.
    """

    type: ClassVar[str] = "again"
    base: str
    first: int
    engine: str
    prompt: str
    negative_prompt: str
    seed: int
    masks: MaskSettings
    passes: Tuple[PassSpec, ...] = ()
    earlier: Tuple[BlobInfo, ...] = ()
    selection: Tuple[BlobInfo, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.job_id("base", self.base)
        checks.whole("first", self.first, 1, MAX_PASSES)
        _ladder("as-before", self.engine, self.prompt, self.negative_prompt, self.passes)
        checks.whole("seed", self.seed, 0, MAX_SEED)
        checks.count("selection", self.selection, 1)
        checks.count("earlier", self.earlier, MAX_PASSES)
        if self.base == self.job:
            raise InvalidField("base", self.base, "another job than the one that is asked for")
        if len(self.earlier) not in (0, self.first - 1):
            got = "{} masks before pass {}".format(len(self.earlier), self.first)
            raise InvalidField("earlier", got, "none, or one for each earlier pass")
        for info in self.earlier + self.selection:
            mask("mask", info)


@dataclass(frozen=True)
class Cancel(JobMessage):
    """Stop the job; answered by `failed` with code "cancelled" unless it ended before.

    keep: keep the passes that are finished, where there are any: it ends with `job_done` then.
    Feature `offers.STOP`.
    """

    type: ClassVar[str] = "cancel"
    keep: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.flag("keep", self.keep)


@dataclass(frozen=True)
class Move(JobMessage):
    """Let the waiting job run before another waiting one of the same client's, "" for last.
    Nothing answers but `Waiting`. Feature `offers.MOVE`."""

    type: ClassVar[str] = "move"
    before: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.before:
            checks.job_id("before", self.before)


@dataclass(frozen=True)
class Ack(JobMessage):
    """The client has pass `index` safe; the server may forget its pixels.

    keep: it had better not, as long as there is room, because the client may ask for the job
    `Again`. Feature `offers.AGAIN`.
    """

    type: ClassVar[str] = "ack"
    index: int
    keep: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("index", self.index, 1, MAX_PASSES)
        checks.flag("keep", self.keep)


@dataclass(frozen=True)
class Resume(JobMessage):
    """Go on hearing of a job after a lost connection.

    have: the passes that the client has safe. They are acknowledged by it; where the client
    understands `offers.AGAIN`, as by an `Ack` with `keep`.
    """

    type: ClassVar[str] = "resume"
    have: Tuple[int, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.count("have", self.have, MAX_PASSES)
        for index in self.have:
            checks.whole("have", index, 1, MAX_PASSES)


def _ladder(
    recipe: str, engine: str, prompt: str, negative_prompt: str, passes: Tuple[PassSpec, ...]
) -> None:
    checks.name("recipe", recipe)
    if engine:
        checks.name("engine", engine)
    checks.text("prompt", prompt, MAX_PROMPT)
    checks.text("negative_prompt", negative_prompt, MAX_PROMPT)
    checks.count("passes", passes, MAX_PASSES)
