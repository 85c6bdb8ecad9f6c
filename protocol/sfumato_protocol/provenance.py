"""The record of a job that lies in the picture: everything needed to run the job again.

It is UTF-8 JSON in an annotation of the document. Pictures come from anywhere, so what is read is
checked as strictly as a message from the network.
"""

import json
from dataclasses import dataclass
from typing import Tuple

from . import checks, codec, plain_json
from .colour import ColourSpace
from .errors import InvalidField
from .geometry import MaskSettings, Rect
from .specs import MAX_PASSES, MAX_PROMPT, MAX_SEED, Figure, PassSpec, PlannedPass

# Of annotations' names; the job's id follows.
PREFIX = "sfumato.job."
SELECTION = "sfumato.selection."  # what was selected, packed
THUMBNAIL = "sfumato.thumbnail."  # a small JPEG of the result
# Every prompt at its longest, written as escapes, is 2.1 MB.
LARGEST = 4 * 1024 * 1024
LONGEST_REASON = 10_000
_LONGEST_NAME = 1000


class Unreadable(ValueError):
    """Bytes that no job has written; the text says why."""


@dataclass(frozen=True)
class Layer:
    """One finished pass: the name of its layer, its place in canvas px, the seconds it took.

    mask: the CRC-32 of its transparency mask as it came, -1 if unknown.
    """

    index: int
    layer: str
    area: Rect
    seconds: float
    figures: Tuple[Figure, ...] = ()
    mask: int = -1

    def __post_init__(self) -> None:
        checks.whole("mask", self.mask, -1, 2**32 - 1)
        checks.whole("index", self.index, 1, MAX_PASSES)
        checks.text("layer", self.layer, _LONGEST_NAME)
        checks.number("seconds", self.seconds, 0, 1e9)
        checks.count("figures", self.figures, 100)


@dataclass(frozen=True)
class Provenance:
    """One job. Lengths and places are canvas px; selection: its bounds.

    protocol, server: who did it. engine: what it ran on, "" if unknown. advice: rules of which
    the artist was told. ended: why it ended early, "" if it is complete. when: it was asked for, in
    seconds since 1970, 0 if unknown. asked: its ladder as it was asked for, () if unknown. base,
    first: the job that it repeats from that pass on, "" for none. Raises `InvalidField` for values
    that no job can have.
    """

    protocol: str
    server: str
    job: str
    recipe: str
    engine: str
    prompt: str
    negative_prompt: str
    seed: int
    masks: MaskSettings
    canvas: Rect
    selection: Rect
    crop: Rect
    colour: ColourSpace
    complete: bool
    ended: str
    advice: Tuple[str, ...]
    plan: Tuple[PlannedPass, ...]
    passes: Tuple[Layer, ...]
    when: int = 0
    asked: Tuple[PassSpec, ...] = ()
    base: str = ""
    first: int = 1

    def __post_init__(self) -> None:
        checks.job_id("job", self.job)
        checks.whole("when", self.when, 0, 2**53)
        checks.count("asked", self.asked, MAX_PASSES)
        if self.base:
            checks.job_id("base", self.base)
        checks.whole("first", self.first, 1, MAX_PASSES)
        checks.name("recipe", self.recipe)
        if self.engine:
            checks.name("engine", self.engine)
        for field in ("prompt", "negative_prompt"):
            checks.text(field, getattr(self, field), MAX_PROMPT)
        for field in ("protocol", "server"):
            checks.text(field, getattr(self, field), _LONGEST_NAME)
        for field in ("model", "depth", "profile"):
            checks.text("colour." + field, getattr(self.colour, field), _LONGEST_NAME)
        checks.text("ended", self.ended, LONGEST_REASON)
        checks.whole("seed", self.seed, 0, MAX_SEED)
        checks.count("advice", self.advice, 100)
        for rule in self.advice:
            checks.name("advice", rule)
        checks.count("plan", self.plan, MAX_PASSES)
        checks.count("passes", self.passes, MAX_PASSES)


def write(record: Provenance) -> bytes:
    """The annotation's content, at most `LARGEST` bytes."""
    return json.dumps(codec.to_map(record), ensure_ascii=False, sort_keys=True).encode()


def read(content: bytes) -> Provenance:
    """The inverse of `write`. Raises `Unreadable`."""
    try:
        if len(content) > LARGEST:
            raise ValueError("{} bytes of at most {}".format(len(content), LARGEST))
        values = plain_json.parse(content.decode("utf-8"), LARGEST)
        record: Provenance = codec.from_map(Provenance, values, "record")
        return record
    except UnicodeDecodeError as error:
        raise Unreadable("bytes that are no text") from error
    except (InvalidField, ValueError) as error:
        raise Unreadable(str(error)) from error
