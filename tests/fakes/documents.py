"""Documents without Krita: what the workflow asks, and what it puts in."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fakes import plugin_values as values
from sfumato.core.context import remember
from sfumato.core.types import AtWork, ColourSpace, Frames, LayerPlan, Reading, Refusal
from sfumato_protocol.geometry import Rect

NOISE = random.Random(1).randbytes(4 * values.CANVAS.width * values.CANVAS.height)


@dataclass(eq=False)
class FakeDocument:
    """One open picture; `stroke` while the artist paints; record: of the active layer's job.

    at_work: for how many more tries Krita's idle work stops a reading. picture: its pixels.
    """

    id: str = "document"
    canvas: Rect = values.CANVAS
    colour: ColourSpace = field(default_factory=lambda: values.reading().colour)
    stroke: bool = False
    file: str = ""
    record: bytes = b""
    at_work: int = 0
    animated: bool = False
    picture: bytes = NOISE
    stored: bool = False
    plans: list[LayerPlan] = field(default_factory=list)

    def holds(self, job: str) -> bool:
        """Whether a job's layers were put in."""
        return any(plan.provenance_key.endswith(job) for plan in self.plans)

    def save(self, file: str = "") -> str:
        """The artist saves it; the file's path, as Krita tells it."""
        self.file = file or self.file or "/picture.kra"
        self.stored = True
        return self.file


class FakeDocuments:
    """`Documents` over a list; the last one is in front. `refusal` is what reading raises.

    `meanwhile` runs inside reading and inserting, as Krita runs timers there.
    """

    def __init__(self, *opened: FakeDocument) -> None:
        self.opened = list(opened)
        self.refusal = ""
        self.pixels_read = 0
        self.places = 1  # far apart, each read by itself
        self.fault: Exception | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    def active(self) -> FakeDocument:
        if not self.opened:
            raise Refusal("No picture is open.")
        return self.opened[-1]

    def read(self, document: object, frames: Frames) -> tuple[Reading, ...]:
        assert isinstance(document, FakeDocument)
        self.meanwhile()
        if self.refusal:
            raise Refusal(self.refusal)
        if document.at_work:
            document.at_work -= 1
            raise AtWork("Krita is at work.")
        frames(values.CANVAS, values.BOUNDS, values.coverage)
        self.pixels_read += 1
        context = remember(values.CROP, values.CANVAS, lambda area: self.look(document, area))
        return (replace(values.reading(), document_id=document.id, context=context),) * self.places

    def all(self) -> list[FakeDocument]:
        return list(self.opened)

    def identity(self, document: object) -> str:
        assert isinstance(document, FakeDocument)
        return document.id

    def is_animated(self, document: object) -> bool:
        assert isinstance(document, FakeDocument)
        return document.animated

    def look(self, document: object, area: Rect) -> bytes:
        assert isinstance(document, FakeDocument)
        assert area.height == 1
        start = 4 * (area.y * document.canvas.width + area.x)
        return document.picture[start : start + 4 * area.width]

    def name(self, document: object) -> str:
        assert isinstance(document, FakeDocument)
        return document.file or document.id

    def is_stored(self, document: object) -> bool:
        assert isinstance(document, FakeDocument)
        return document.stored

    def holding(self, job: str) -> FakeDocument | None:
        return next((held for held in self.opened if held.holds(job)), None)

    def find(self, document_id: str) -> FakeDocument | None:
        return next((held for held in self.opened if held.id == document_id), None)

    def file(self, document: object) -> str:
        assert isinstance(document, FakeDocument)
        return document.file

    def stored_in(self, file: str) -> FakeDocument | None:
        return next((held for held in self.opened if held.file == file), None)

    def create(self, canvas: Rect, colour: ColourSpace) -> FakeDocument:
        if self.fault is not None:
            raise self.fault
        self.opened.append(FakeDocument(f"new {len(self.opened)}", canvas, colour))
        return self.opened[-1]

    def canvas(self, document: object) -> Rect:
        assert isinstance(document, FakeDocument)
        return document.canvas

    def colour(self, document: object) -> ColourSpace:
        assert isinstance(document, FakeDocument)
        return document.colour

    def can_write(self, document: object) -> bool:
        assert isinstance(document, FakeDocument)
        return not document.stroke

    def insert(self, document: object, plan: LayerPlan) -> None:
        assert isinstance(document, FakeDocument)
        self.meanwhile()
        if self.fault is not None:
            raise self.fault
        document.plans.append(plan)
        document.stored = False

    def active_record(self, document: object) -> bytes:
        assert isinstance(document, FakeDocument)
        return document.record
