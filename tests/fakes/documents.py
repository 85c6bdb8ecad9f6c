"""Documents without Krita: what the workflow asks, and what it puts in."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace

from fakes import plugin_values as values
from sfumato.core.choices import TOP
from sfumato.core.context import remember
from sfumato.core.types import (
    Around,
    AtWork,
    Bytes,
    ColourSpace,
    Frames,
    Inserted,
    LayerPlan,
    PassMask,
    Reading,
    Refusal,
    Stored,
)
from sfumato_protocol.geometry import Rect
from sfumato_protocol.provenance import PREFIX, SELECTION, THUMBNAIL

NOISE = random.Random(1).randbytes(4 * values.CANVAS.width * values.CANVAS.height)


@dataclass(eq=False)
class FakeDocument:
    """One open picture; `stroke` while the artist paints; record: of the active layer's job.

    at_work: for how many more tries Krita's idle work stops a reading. picture: its pixels.
    active: identity of the active layer. shown: what is in it → whether it is visible; groups that
    were put in are "group 1" and so on, their layers "group 1/1", bottom first, and what they merge
    into "merged 1". painted: what the artist made of the mask of a layer. selected: what `select`
    was given last.
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
    active: str = ""
    shown: dict[str, bool] = field(default_factory=lambda: {"": True, "background": True})
    painted: dict[str, Bytes] = field(default_factory=dict)
    selected: tuple[Rect, bytes] | None = None
    all_plans: list[LayerPlan] = field(default_factory=list)
    undone: bool = False
    forgotten: set[str] = field(default_factory=set)

    def annotations(self) -> dict[str, bytes]:
        """Everything that was stored with the groups, undone or not."""
        return dict(pair for plan in self.all_plans for pair in _stored_with(plan))

    def stored_records(self) -> list[Stored]:
        """The jobs' records, as Krita keeps them when their layers are gone, too."""
        found, known = [], self.annotations()
        for number, plan in enumerate(self.all_plans, start=1):
            for key, content in _stored_with(plan):
                if key.startswith(PREFIX):
                    job = key[len(PREFIX) :]
                    groups = (f"group {number}", f"merged {number}")
                    found.append(Stored(job, groups, content, known.get(THUMBNAIL + job, b"")))
        return found

    def holds(self, job: str) -> bool:
        """Whether a job's layers were put in."""
        return any(plan.provenance_key.endswith(job) for plan in self.plans)

    def enter(self, plan: LayerPlan) -> Inserted:
        """A group goes in."""
        self.plans.append(plan)
        self.all_plans.append(plan)
        self.stored = False
        group = f"group {len(self.all_plans)}"
        self.shown[group] = True
        for number in range(1, len(plan.layers) + 1):
            self.shown[f"{group}/{number}"] = True
        self.shown.update({hidden: False for hidden in plan.hides if hidden in self.shown})
        return Inserted(group, plan.above not in self.shown)

    def undo(self) -> None:
        """The last group goes out again."""
        self.undone = True
        plan = self.plans.pop()
        group = f"group {1 + self.all_plans.index(plan)}"
        self.remove(group)

    def remove(self, group: str) -> None:
        """The artist deletes a group; its record stays, as in Krita."""
        for layer in [one for one in self.shown if one == group or one.startswith(group + "/")]:
            del self.shown[layer]

    def plan_of(self, group: str) -> LayerPlan | None:
        """What a group that is still there was made of."""
        return self.all_plans[int(group.split()[-1]) - 1] if group in self.shown else None

    def save(self, file: str = "") -> str:
        """The artist saves it; the file's path, as Krita tells it."""
        self.file = file or self.file or "/picture.kra"
        self.stored = True
        return self.file


def _stored_with(plan: LayerPlan) -> tuple[tuple[str, bytes], ...]:
    return ((plan.provenance_key, plan.provenance), *plan.other_records)


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
        self.prepared = 0  # pieces
        self.compared: list[tuple[FakeDocument, str]] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def active(self) -> FakeDocument:
        if not self.opened:
            raise Refusal("No picture is open.")
        return self.opened[-1]

    def read(
        self, document: object, frames: Frames, place: str = TOP, at: str = ""
    ) -> tuple[Reading, ...]:
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
        above = "" if place == TOP else at or document.active
        one = replace(values.reading(), document_id=document.id, context=context, above=above)
        return (one,) * self.places

    def read_selection(self, document: object, frames: Frames) -> tuple[Reading, ...]:
        assert isinstance(document, FakeDocument)
        if self.refusal:
            raise Refusal(self.refusal)
        frames(values.CANVAS, values.BOUNDS, values.coverage)
        return (replace(values.reading(), document_id=document.id, pixels=b""),) * self.places

    def reading_selection(
        self, document: object, frames: Frames
    ) -> Generator[None, None, tuple[Reading, ...]]:
        yield
        return self.read_selection(document, frames)

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
        starts = (4 * (y * document.canvas.width + area.x) for y in range(area.y, area.bottom))
        return b"".join(document.picture[start : start + 4 * area.width] for start in starts)

    def glance(self, document: object, area: Rect) -> bytes:
        return self.look(document, area)

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

    def prepare(self, document: object, plan: LayerPlan) -> bool:
        assert isinstance(document, FakeDocument)
        self.prepared += 1
        return self.prepared % 3 != 0

    def insert(self, document: object, plan: LayerPlan) -> Inserted:
        assert isinstance(document, FakeDocument)
        self.meanwhile()
        if self.fault is not None:
            raise self.fault
        return document.enter(plan)

    def active_record(self, document: object) -> bytes:
        assert isinstance(document, FakeDocument)
        return document.record

    def records(self, document: object) -> tuple[Stored, ...]:
        assert isinstance(document, FakeDocument)
        return tuple(one for one in document.stored_records() if one.job not in document.forgotten)

    def stored_selection(self, document: object, job: str) -> bytes:
        assert isinstance(document, FakeDocument)
        return document.annotations().get(SELECTION + job, b"")

    def forget(self, document: object, job: str) -> None:
        assert isinstance(document, FakeDocument)
        document.forgotten.add(job)

    def around(self, document: object) -> tuple[Around, ...]:
        assert isinstance(document, FakeDocument)
        layers = [document.active, document.active.rpartition("/")[0]]
        return tuple(Around(layer) for layer in layers if layer)

    def present(self, document: object, layers: Sequence[str]) -> tuple[str, ...]:
        assert isinstance(document, FakeDocument)
        return tuple(layer for layer in layers if layer in document.shown)

    def is_shown(self, document: object, layer: str) -> bool:
        assert isinstance(document, FakeDocument)
        return document.shown.get(layer, False)

    def show(self, document: object, layers: Sequence[str], visible: bool) -> None:
        assert isinstance(document, FakeDocument)
        document.shown.update({layer: visible for layer in layers if layer in document.shown})

    def has_undone(self, document: object) -> bool:
        assert isinstance(document, FakeDocument)
        return document.undone

    def compare(self, document: object, layers: Sequence[str]) -> None:
        assert isinstance(document, FakeDocument)
        self.end_comparing()
        hidden = [layer for layer in layers if self.is_shown(document, layer)]
        self.compared = [(document, layer) for layer in hidden]
        self.show(document, hidden, False)

    def comparing(self) -> bool:
        return bool(self.compared)

    def end_comparing(self, stored: bool = False) -> None:
        for document, layer in self.compared:
            self.show(document, [layer], True)
            document.stored = document.stored and not stored
        self.compared = []

    def activate(self, document: object, layer: str) -> bool:
        assert isinstance(document, FakeDocument)
        there = layer in document.shown
        document.active = layer if there else document.active
        return there

    def merge(self, document: object, group: str) -> str:
        assert isinstance(document, FakeDocument)
        if self.refusal or group not in document.shown:
            raise Refusal(self.refusal or "The layers are gone.")
        document.remove(group)
        merged = "merged " + group.split()[-1]
        document.shown[merged] = True
        return merged

    def select(self, document: object, area: Rect, coverage: Bytes) -> None:
        assert isinstance(document, FakeDocument)
        if len(coverage) != area.width * area.height:
            raise ValueError("coverage of another size")
        document.selected = (area, bytes(coverage))

    def pass_masks(self, document: object, group: str, area: Rect) -> tuple[PassMask, ...]:
        assert isinstance(document, FakeDocument)
        plan = document.plan_of(group)
        masks = []
        for number, spec in enumerate(plan.layers if plan else (), start=1):
            layer = f"{group}/{number}"
            mask = document.painted.get(layer, b"\xff" * (area.width * area.height))
            shown = mask if document.shown.get(layer) else bytes(len(mask))
            masks.append(PassMask(layer, spec.name, shown))
        return tuple(masks)
