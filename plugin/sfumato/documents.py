"""What the workflow needs of Krita's documents; `krita_io` does it, tests may do otherwise."""

from typing import Any, Optional, Protocol, Sequence, Tuple

from sfumato_protocol.geometry import Rect

from .core.types import Bytes, ColourSpace, Frames, LayerPlan, Reading


class Documents(Protocol):
    """Documents are opaque here: objects to hand back. Main thread only."""

    def active(self) -> object:
        """The document in front. Raises `Refusal` without one."""

    def all(self) -> Sequence[object]:
        """All that are open."""

    def identity(self, document: Any) -> str:
        """A word that stays the same while the document is open, and is no other document's."""

    def find(self, document_id: str) -> Optional[object]:
        """The open document with that identity, if it is still open."""

    def read(self, document: Any, frames: Frames) -> Tuple[Reading, ...]:
        """Selection and context crops. Raises `Refusal` with the sentence for the artist; `AtWork`
        where it is worth another try."""

    def is_animated(self, document: Any) -> bool:
        """Whether what is seen is one frame of several."""

    def look(self, document: Any, area: Rect) -> Bytes:
        """The pixels of an area of the canvas as the picture shows them."""

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

    def insert(self, document: Any, plan: LayerPlan) -> None:
        """Put a group of layers on top, as one undo step."""

    def active_record(self, document: Any) -> bytes:
        """The record of the job that made the active layer, as it is stored; b"" for none."""
