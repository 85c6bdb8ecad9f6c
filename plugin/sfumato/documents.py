"""What the workflow needs of Krita's documents; `krita_io` does it, tests may do otherwise."""

from typing import Any, Generator, Optional, Protocol, Sequence, Tuple

from sfumato_protocol.geometry import Rect

from .core.choices import TOP
from .core.types import (
    Around,
    Bytes,
    ColourSpace,
    Frames,
    Inserted,
    LayerPlan,
    PassMask,
    Reading,
    Stored,
)


class Documents(Protocol):
    """Documents are opaque here: objects to hand back. Main thread only.

    Layers, masks and groups are named by their identity, which is theirs as long as they are in
    that document, saved and opened again too. Nothing here is an undo step but `insert` and
    `merge`, each of which is one.
    """

    def active(self) -> object:
        """The document in front. Raises `Refusal` without one."""

    def all(self) -> Sequence[object]:
        """All that are open."""

    def identity(self, document: Any) -> str:
        """A word that stays the same while the document is open, and is no other document's."""

    def find(self, document_id: str) -> Optional[object]:
        """The open document with that identity, if it is still open."""

    def read(
        self, document: Any, frames: Frames, place: str = TOP, at: str = ""
    ) -> Tuple[Reading, ...]:
        """Selection and context crops, of the whole picture for `TOP`, of what lies at and below
        the active layer, or the layer `at`, for `ABOVE`. Raises `Refusal` with the sentence for the
        artist; `AtWork` where it is worth another try."""

    def read_selection(self, document: Any, frames: Frames) -> Tuple[Reading, ...]:
        """The same with no pixels. Raises as `read`."""

    def reading_selection(
        self, document: Any, frames: Frames
    ) -> Generator[None, None, Tuple[Reading, ...]]:
        """The same, piece by piece, so that Krita can answer in between."""

    def is_animated(self, document: Any) -> bool:
        """Whether what is seen is one frame of several."""

    def look(self, document: Any, area: Rect) -> Bytes:
        """The pixels of an area of the canvas as the picture shows them."""

    def glance(self, document: Any, area: Rect) -> Bytes:
        """The same as the canvas shows it, an isolated layer alone; as often as one likes."""

    def file(self, document: Any) -> str:
        """Path of the file it is stored in, "" for none."""

    def name(self, document: Any) -> str:
        """What an artist knows it by."""

    def is_stored(self, document: Any) -> bool:
        """Whether its file holds it as it is."""

    def stored_in(self, file: str) -> Optional[object]:
        """The open document of that file, if there is one."""

    def holding(self, job: str) -> Optional[object]:
        """An open document that has a job's record, if there is one."""

    def create(self, canvas: Rect, colour: ColourSpace) -> object:
        """A new, transparent document, shown in front. Raises `RuntimeError` if Krita will not."""

    def canvas(self, document: Any) -> Rect:
        """Its bounds in canvas px."""

    def colour(self, document: Any) -> ColourSpace:
        """Its colour space."""

    def can_write(self, document: Any) -> bool:
        """False while a stroke is in progress: try again later."""

    def prepare(self, document: Any, plan: LayerPlan) -> bool:
        """Do the next piece of what `insert` of this plan needs, so that Krita can answer in
        between; whether there is more. Not needed: what was not prepared, `insert` does."""

    def insert(self, document: Any, plan: LayerPlan) -> Inserted:
        """Put a group of layers in, as one undo step."""

    def active_record(self, document: Any) -> bytes:
        """The record of the job that made the active layer, as it is stored; b"" for none."""

    def records(self, document: Any) -> Tuple[Stored, ...]:
        """What is stored of all jobs that went into it."""

    def stored_selection(self, document: Any, job: str) -> bytes:
        """The selection that is stored with a job, packed; b"" for none."""

    def forget(self, document: Any, job: str) -> None:
        """Remove what is stored of a job; its layers stay."""

    def around(self, document: Any) -> Tuple[Around, ...]:
        """The active layer and the groups that it lies in, inmost first."""

    def present(self, document: Any, layers: Sequence[str]) -> Tuple[str, ...]:
        """Those that are in the document now."""

    def is_shown(self, document: Any, layer: str) -> bool:
        """Whether it is there and not hidden itself."""

    def show(self, document: Any, layers: Sequence[str], visible: bool) -> None:
        """Show or hide them. Those that are gone are passed over."""

    def has_undone(self, document: Any) -> bool:
        """Whether it is in front and what was done last in it is undone."""

    def compare(self, document: Any, layers: Sequence[str]) -> None:
        """Hide those that are shown, until `end_comparing`: the picture before them."""

    def comparing(self) -> bool:
        """Whether something is hidden by `compare`."""

    def end_comparing(self, stored: bool = False) -> None:
        """Show again what `compare` hid, wherever that is still open and there. Harmless when
        nothing is compared. stored: it was hidden in a file that was written: the document counts
        as changed."""

    def activate(self, document: Any, layer: str) -> bool:
        """Make it the active layer, in the window too; whether it is there."""

    def merge(self, document: Any, group: str) -> str:
        """Make one layer of a group's layers, in its place and with its name, record and look; its
        identity. Raises `Refusal` where that would look different, or it is gone."""

    def select(self, document: Any, area: Rect, coverage: Bytes) -> None:
        """Give the document a selection: coverage of an area of the canvas, one byte a pixel, 0
        elsewhere. Raises `ValueError` for a coverage of another size."""

    def pass_masks(self, document: Any, group: str, area: Rect) -> Tuple[PassMask, ...]:
        """The layers of a group with their masks as the artist left them, bottom first; () where it
        is gone."""
