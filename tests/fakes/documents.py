"""Documents without Krita: what the workflow asks, and what it puts in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fakes import plugin_values as values
from sfumato.core.types import ColourSpace, Frames, LayerPlan, Reading, Refusal
from sfumato_protocol.geometry import Rect


@dataclass
class FakeDocument:
    """One open picture; `stroke` while the artist paints; record: of the active layer's job."""

    id: str = "document"
    canvas: Rect = values.CANVAS
    colour: ColourSpace = field(default_factory=lambda: values.reading().colour)
    stroke: bool = False
    file: str = ""
    record: bytes = b""
    plans: list[LayerPlan] = field(default_factory=list)


class FakeDocuments:
    """`Documents` over a list; the last one is in front. `refusal` is what reading raises.

    `meanwhile` runs inside reading and inserting, as Krita runs timers there.
    """

    def __init__(self, *opened: FakeDocument) -> None:
        self.opened = list(opened)
        self.refusal = ""
        self.pixels_read = 0
        self.fault: Exception | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    def active(self) -> FakeDocument:
        if not self.opened:
            raise Refusal("No picture is open.")
        return self.opened[-1]

    def read(self, document: object, frames: Frames) -> tuple[Reading, ...]:
        self.meanwhile()
        if self.refusal:
            raise Refusal(self.refusal)
        frames(values.CANVAS, values.BOUNDS, values.coverage)
        self.pixels_read += 1
        return (values.reading(),)

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

    def active_record(self, document: object) -> bytes:
        assert isinstance(document, FakeDocument)
        return document.record
