"""A result's group as it is built, in a scratch document, a piece at a time.

Each piece keeps Krita from answering for a moment; between two of them it can.
"""

from typing import Optional

from krita import Document, Node
from sfumato_protocol.geometry import Rect

from ..core.colours import DEPTHS
from ..core.types import Bytes, LayerPlan, LayerSpec
from ..qt import QByteArray
from .document import colour_space
from .scratch import Scratch, open_scratch


class Building:
    """document: that the group is for, and of which nothing is changed. spent: whether its group
    was taken or given up. Raises `ValueError` for a plan that does not fit. To be closed."""

    def __init__(self, document: Document, plan: LayerPlan) -> None:
        _require_fit(document, plan)
        self.document = document
        self.plan = plan
        self.scratch: Optional[Scratch] = None
        self.spent = False
        self._waiting = list(plan.layers)

    def step(self) -> bool:
        """Build the next piece; whether there is more to do. Raises `RuntimeError` where Krita
        opens no scratch document."""
        if self.scratch is None:
            document = self.document
            self.scratch = open_scratch(document.width(), document.height(), self.plan.colour)
            self.scratch.group.setName(self.plan.group_name)
        elif self._waiting:
            _add(self.scratch, self._waiting.pop(0))
        return bool(self._waiting)

    def whole(self) -> Node:
        """The group, with all that was not built yet. Raises as `step`."""
        self.spent = True
        while self.step():
            pass
        assert self.scratch is not None
        self.scratch.document.waitForDone()
        return self.scratch.group

    def close(self) -> None:
        """Close the scratch document; what was cloned from it stays."""
        self.spent = True
        scratch, self.scratch = self.scratch, None
        if scratch is not None:
            scratch.close()


def _add(scratch: Scratch, spec: LayerSpec) -> None:
    """Pixels go in before a node is attached, so that Krita composes each node once."""
    layer = scratch.document.createNode(spec.name, "paintlayer")
    layer.setInheritAlpha(spec.inherit_alpha)  # in a pass-through group: that of all below
    mask = scratch.mask.clone()
    mask.setName("Mask of " + spec.name)
    for patch in spec.patches:
        place = (patch.area.x, patch.area.y, patch.area.width, patch.area.height)
        layer.setPixelData(_array(patch.pixels), *place)
        mask.setPixelData(_array(patch.mask), *place)
    layer.addChildNode(mask, None)
    scratch.group.addChildNode(layer, None)


def _array(content: Bytes) -> QByteArray:
    return QByteArray(content if isinstance(content, (bytes, bytearray)) else bytes(content))


def _require_fit(document: Document, plan: LayerPlan) -> None:
    """Krita reads past the end of a buffer that is too short, so lengths are checked here."""
    got = colour_space(document)
    if got != plan.colour:
        raise ValueError("the layers are in {}, the document in {}".format(plan.colour, got))
    if not plan.layers:
        raise ValueError("the plan has no layers; expected at least one")
    for spec in plan.layers:
        for patch in spec.patches:
            _require_length(spec.name, patch.area, "mask", patch.mask, 1)
            pixel_bytes = DEPTHS[got.depth].pixel_bytes
            _require_length(spec.name, patch.area, "pixels", patch.pixels, pixel_bytes)


def _require_length(name: str, area: Rect, what: str, content: Bytes, pixel_bytes: int) -> None:
    expected = area.width * area.height * pixel_bytes
    got = memoryview(content).nbytes
    if got != expected or expected == 0:
        raise ValueError(
            "the {} of layer “{}” have {} bytes; {} x {} px need {}".format(
                what, name, got, area.width, area.height, expected
            )
        )
