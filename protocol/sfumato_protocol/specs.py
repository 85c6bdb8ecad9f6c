"""What messages are made of: passes, plans, offers, limits, notes and figures, each frozen and
checked on construction. Lengths are canvas px.
"""

from dataclasses import dataclass
from typing import Tuple

from . import checks
from .errors import InvalidField
from .geometry import ZONES, Extent

MAX_PROMPT = 10_000
MAX_PASSES = 16
MAX_SEED = 2**32 - 1
_ANY = 2**53
LOOK_HERE = "look here"  # the word of a figure that an artist should not miss


@dataclass(frozen=True)
class PassSpec:
    """One pass of a recipe.

    strength: denoising strength, above 0 up to 1. feather, width: factors on the job's mask
    settings. steps: denoising steps of a full run, 0 for the engine's own number. guidance:
    guidance scale, -1 for the engine's own. prompt: "" for the job's prompt. grain: give the
    result the surroundings' grain where it is smoother. engine: a listed name, "" for the job's.
    """

    zone: str
    strength: float
    feather: float = 1.0
    width: float = 1.0
    steps: int = 0
    guidance: float = -1.0
    seed_offset: int = 0
    prompt: str = ""
    grain: bool = True
    engine: str = ""

    def __post_init__(self) -> None:
        checks.one_of("zone", self.zone, ZONES)
        checks.number("strength", self.strength, 0.01, 1)
        checks.number("feather", self.feather, 0.1, 10)
        checks.number("width", self.width, 0.1, 10)
        checks.whole("steps", self.steps, 0, 200)
        checks.number("guidance", self.guidance, -1, 50)
        checks.whole("seed_offset", self.seed_offset, 0, 1_000_000)
        checks.text("prompt", self.prompt, MAX_PROMPT)
        checks.flag("grain", self.grain)
        _engine(self.engine)


@dataclass(frozen=True)
class PlannedPass:
    """One pass as it will run: numbers from 1, mask lengths in canvas px, its own seed.

    engine: "" for the job's, else the name of another one that runs this pass.
    """

    index: int
    extent: Extent
    strength: float
    steps: int
    guidance: float
    seed: int
    prompt: str
    grain: bool = True
    engine: str = ""

    def __post_init__(self) -> None:
        checks.whole("index", self.index, 1, MAX_PASSES)
        checks.number("strength", self.strength, 0.01, 1)
        checks.whole("steps", self.steps, 0, 200)
        checks.number("guidance", self.guidance, -1, 50)
        checks.whole("seed", self.seed, 0, MAX_SEED)
        checks.text("prompt", self.prompt, MAX_PROMPT)
        checks.flag("grain", self.grain)
        _engine(self.engine)

    @property
    def title(self) -> str:
        """The name of its layer: pass, zone, strength and seed; the engine if not the job's."""
        words = "{} {} · strength {:.2f} · seed {}"
        title = words.format(self.index, self.extent.zone, self.strength, self.seed)
        return "{} · {}".format(title, self.engine) if self.engine else title


@dataclass(frozen=True)
class EngineInfo:
    """An engine the server offers.

    native: side of the native square in model px, 0 if any size will do. cell: model px per latent
    cell. honours: which of "prompt", "soft_mask", "seed", "strength" have an effect. loaded: it is
    in memory, so that a job begins at once.
    """

    name: str
    title: str
    native: int
    cell: int
    honours: Tuple[str, ...]
    loaded: bool = False

    def __post_init__(self) -> None:
        checks.name("name", self.name)
        checks.text("title", self.title, 200)
        checks.whole("native", self.native, 0, 8192)
        checks.whole("cell", self.cell, 1, 256)
        checks.count("honours", self.honours, 16)
        checks.flag("loaded", self.loaded)

    @property
    def draws(self) -> bool:
        """Whether it can draw what is not in the picture: what can be told what to draw can."""
        return "prompt" in self.honours


@dataclass(frozen=True)
class RecipeInfo:
    """A named ladder.

    engine: the one it is made for, "" for any. draws: it needs an engine that draws (see
    `EngineInfo.draws`), and where it names none it runs on the first that does. own: somebody saved
    it, and may delete it; a built-in one is not.
    """

    name: str
    title: str
    description: str
    passes: Tuple[PassSpec, ...]
    engine: str = ""
    draws: bool = False
    own: bool = False

    def __post_init__(self) -> None:
        checks.name("name", self.name)
        checks.text("title", self.title, 200)
        checks.text("description", self.description, 2000)
        checks.flag("draws", self.draws)
        checks.flag("own", self.own)
        _engine(self.engine)
        checks.count("passes", self.passes, MAX_PASSES)
        if not self.passes:
            raise InvalidField("passes", self.passes, "at least one pass")


@dataclass(frozen=True)
class Limits:
    """What the server accepts: pixels of one crop, bytes under way, jobs waiting for one client.

    Their ranges are those of any server to come, so that none cuts off who greets it.
    """

    crop_pixels: int
    pending_bytes: int
    jobs: int

    def __post_init__(self) -> None:
        checks.whole("crop_pixels", self.crop_pixels, 1, _ANY)
        checks.whole("pending_bytes", self.pending_bytes, 1, _ANY)
        checks.whole("jobs", self.jobs, 1, _ANY)


@dataclass(frozen=True)
class Note:
    """One piece of advice: the id of its rule, "topic.name", and a sentence for the artist.

    index: the pass that it is about, 0 for the whole job. why: what stands behind it, for who asks.
    """

    rule: str
    sentence: str
    index: int = 0
    why: str = ""

    def __post_init__(self) -> None:
        checks.name("rule", self.rule)
        checks.text("sentence", self.sentence, 1000)
        checks.whole("index", self.index, 0, MAX_PASSES)
        checks.text("why", self.why, 2000)


@dataclass(frozen=True)
class Figure:
    """One measured figure of a pass, by name: "seam", "drift", "shift" …

    word: what the server makes of it: "good", "visible", "as asked" or `LOOK_HERE`; sentence: the
    same for the artist. Both are "" where nothing is made of it.
    """

    name: str
    value: float
    word: str = ""
    sentence: str = ""

    def __post_init__(self) -> None:
        checks.name("name", self.name)
        checks.number("value", self.value, -1e12, 1e12)
        checks.text("word", self.word, 100)
        checks.text("sentence", self.sentence, 1000)


def _engine(name: str) -> None:
    if name != "":
        checks.name("engine", name)
