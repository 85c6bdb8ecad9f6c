"""The jobs that a restarted Krita asks their servers for, without pixels, and what it owes those.

They are kept as one line of ASCII text, which any store of settings gives back as it was.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any, Dict, Iterable, Tuple, Type, TypeVar

from sfumato_protocol import checks, codec, plain_json
from sfumato_protocol.errors import InvalidField
from sfumato_protocol.geometry import MaskSettings, Rect
from sfumato_protocol.messages import MAX_PASSES, MAX_PROMPT, MAX_SEED, PassSpec, RecipeInfo

from .choices import Choices
from .colours import DEPTHS, MODEL
from .context import UNKNOWN, Context
from .debts import Debt
from .request import LONGEST_ADDRESS, Request
from .types import ColourSpace, Reading

MOST = 64
_LONGEST_TEXT = 4 * 1024 * 1024
_LONGEST_PATH = 4096
_LONGEST_NAME = 1000
_MOST_HIDDEN = 1000


@dataclass(frozen=True)
class Record:
    """What a job needs, beside its passes, to become layers. Fields as in `Request` and `Reading`.

    document: tells the jobs of one document from those of another, even if it was never stored.
    Raises `InvalidField` for values that no job can have.
    """

    job: str
    document: str
    file: str
    canvas: Rect
    bounds: Rect
    crop: Rect
    colour: ColourSpace
    recipe: RecipeInfo
    choices: Choices
    masks: MaskSettings
    server: str
    address: str = ""
    asked: int = 0
    context: Context = UNKNOWN
    click: str = ""
    passes: Tuple[PassSpec, ...] = ()
    above: str = ""
    base: str = ""
    first: int = 1
    hides: Tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.job_id("job", self.job)
        checks.text("document", self.document, _LONGEST_NAME)
        checks.text("file", self.file, _LONGEST_PATH)
        checks.text("server", self.server, _LONGEST_NAME)
        checks.text("address", self.address, LONGEST_ADDRESS)
        if self.click:
            checks.job_id("click", self.click)
        checks.text("above", self.above, _LONGEST_NAME)
        if self.base:
            checks.job_id("base", self.base)
        checks.whole("first", self.first, 1, MAX_PASSES)
        checks.count("hides", self.hides, _MOST_HIDDEN)
        for group in self.hides:
            checks.text("hides", group, _LONGEST_NAME)
        checks.whole("asked", self.asked, 0, 2**53)
        checks.text("colour.profile", self.colour.profile, _LONGEST_NAME)
        checks.one_of("colour.model", self.colour.model, (MODEL,))
        checks.one_of("colour.depth", self.colour.depth, DEPTHS)
        checks.whole("choices.seed", self.choices.seed, 0, MAX_SEED)
        if self.choices.engine:
            checks.name("choices.engine", self.choices.engine)
        for prompt in (self.choices.prompt, self.choices.negative_prompt):
            checks.text("choices.prompt", prompt, MAX_PROMPT)
        if self.crop.empty or not self.canvas.contains(self.crop):
            raise InvalidField("crop", self.crop, "an area of the canvas")


Entry = TypeVar("Entry", Record, Debt)


def record_of(request: Request) -> Record:
    """A request without its pixels. Raises `InvalidField` for one that cannot be recorded."""
    values = {**vars(request.reading), **vars(request), "document": request.reading.document_id}
    return Record(**_of(Record, values))


def request_of(record: Record) -> Request:
    """The request as it was, with no pixels."""
    values = {**vars(record), "document_id": record.document, "pixels": b"", "selection": b""}
    values["reading"] = Reading(**_of(Reading, values))
    return Request(**_of(Request, values))


def _of(kind: Type[Any], values: Dict[str, Any]) -> Dict[str, Any]:
    """Those of `values` that are fields of a dataclass."""
    return {field.name: values[field.name] for field in fields(kind) if field.name in values}


def write(requests: Iterable[Request], debts: Iterable[Debt] = ()) -> str:
    """The newest `MOST` requests, and debts, as one line of text, "" for none; ones out of range
    are left out (a server refuses them too)."""
    records = []
    for request in list(requests)[-MOST:]:
        with suppress(InvalidField):
            records.append(codec.to_map(record_of(request)))
    entries = records + [codec.to_map(debt) for debt in debts]
    return json.dumps(entries, separators=(",", ":")) if entries else ""


def read(text: str) -> Tuple[Request, ...]:
    """The requests that `write` wrote, oldest first; whatever is no record is left out."""
    return tuple(request_of(record) for record in _entries(Record, text))[-MOST:]


def read_debts(text: str) -> Tuple[Debt, ...]:
    """The debts that `write` wrote."""
    return _entries(Debt, text)


def _entries(kind: Type[Entry], text: str) -> Tuple[Entry, ...]:
    """What is of one kind, the last of each job: no record has a debt's fields, nor the reverse."""
    try:
        content = plain_json.parse(text, _LONGEST_TEXT)
    except ValueError:
        return ()
    found: Dict[str, Entry] = {}
    for entry in content if isinstance(content, list) else ():
        with suppress(InvalidField):
            value: Entry = codec.from_map(kind, entry, "record")
            found[value.job] = value
    return tuple(found.values())
