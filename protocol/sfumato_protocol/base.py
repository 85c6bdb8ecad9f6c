"""What every message is: a frozen dataclass that validates itself on construction.

A field of type `BlobInfo`, or a tuple of them, announces pixels that follow as `Chunk` messages.
Unknown fields are ignored when decoding, so fields with defaults may be added within version 1.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Dict, Iterator, Tuple, TypeVar

from . import checks
from .blobs import BlobInfo
from .errors import InvalidField
from .geometry import Rect

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


def mask(field: str, info: BlobInfo) -> None:
    """Raises `InvalidField` unless it announces an 8-bit mask."""
    if (info.order, info.sample) != ("G", "u8"):
        raise InvalidField(field, "{} {}".format(info.order, info.sample), "an 8-bit mask, G u8")


def sized(area: Rect, name: str, **pictures: BlobInfo) -> None:
    """Raises `InvalidField` unless each picture has the size of the area called `name`."""
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
