"""What a client is shown before it hands a job in: masks, plan, advice and time."""

from __future__ import annotations

from dataclasses import dataclass

from sfumato_protocol import errors
from sfumato_protocol.blobs import ORDERS, RAW, SAMPLES, ZLIB, Blob, BlobInfo, make_blob
from sfumato_protocol.colour import PROFILES
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Note, PlannedPass, Shape, Shaped, Submit

from ..advice.measure import light_of, notes_on
from ..imaging.masks.drawn import Pair, drawn, pair
from ..imaging.masks.zones import SelectionShape
from ..jobs.job import coverage_of, is_empty
from ..jobs.timing import Times
from .board import Board

_REMEMBERED = 4096 * 1024  # px: what is known of each takes some 20 bytes
_MASKS_OF_BLEND = 100  # their blobs' ids: only to be unlike the others'


@dataclass(frozen=True)
class _Planned:
    plan: tuple[PlannedPass, ...] = ()
    notes: tuple[Note, ...] = ()
    seconds: float = 0.0


class Shaper:
    """Answers `Shape` for one client: remembers its last selection unless it is large, because what
    an artist moves most is a slider. Not for use by several threads at a time."""

    def __init__(self, board: Board, times: Times) -> None:
        self._board, self._times = board, times
        self._last: tuple[bytes, tuple[int, int], SelectionShape] | None = None

    def answer(self, request: Shape, blobs: tuple[Blob, ...]) -> tuple[Shaped, tuple[Blob, ...]]:
        """The masks asked for and, where a recipe is named, what a job of it would be. Raises
        `ProtocolError` as handing it in would."""
        if not request.recipe:
            shape = self._shape(blobs[0])
            return _said(request, drawn(shape, request.extents, request.longest), _Planned())
        if is_empty(blobs[0]):
            got, want = "a selection without a selected pixel", "some coverage in the crop"
            raise ProtocolError(errors.EMPTY_SELECTION, got, want, "Select something.")
        catalogue = self._board.catalogue
        job = catalogue.job(as_submitted(request), "shape")
        shape = self._shape(blobs[0])
        light = light_of(blobs[1]) if len(blobs) > 1 else frozenset[str]()
        first = shape.denoise_mask(job.plan[0].extent)
        notes = notes_on(job, catalogue.traits_by_pass(job), shape, first, light)
        planned = _Planned(job.plan, notes, self._times.estimate(job.works, self._board.in_memory))
        later = [one.extent for one in job.plan[1:]]
        longest = request.longest
        masks = (pair(first, longest), *drawn(shape, later, longest))
        return _said(request, masks, planned)

    def _shape(self, selection: Blob) -> SelectionShape:
        size = (selection.info.width, selection.info.height)
        pixels = bytes(selection.pixels())
        if self._last is not None and self._last[:2] == (pixels, size):
            return self._last[2]
        shape = SelectionShape(coverage_of(selection))
        self._last = (pixels, size, shape) if len(pixels) <= _REMEMBERED else None
        return shape


def as_submitted(request: Shape) -> Submit:
    """The job that a `Shape` with a recipe asks about, under the request's own id."""
    seen = request.image[0] if request.image else None
    order, sample = (seen.order, seen.sample) if seen else ("BGRA", "u8")
    profile = seen.profile if seen else next(iter(PROFILES))
    width, height = request.crop.width, request.crop.height
    stored = width * height * ORDERS[order] * SAMPLES[sample]
    return Submit(
        job=request.request,
        recipe=request.recipe,
        engine=request.engine,
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        seed=request.seed,
        masks=request.masks,
        crop=request.crop,
        image=BlobInfo(0, width, height, order, sample, profile, RAW, stored),
        selection=request.selection,
        passes=request.passes,
    )


def _said(
    request: Shape, pairs: tuple[Pair, ...], planned: _Planned
) -> tuple[Shaped, tuple[Blob, ...]]:
    denoise, blend = (
        tuple(
            make_blob(first + place, masks[which].tobytes(), masks[which].shape, "G", encoding=ZLIB)
            for place, masks in enumerate(pairs)
        )
        for which, first in enumerate((0, _MASKS_OF_BLEND))
    )
    answer = Shaped(
        request=request.request,
        denoise=tuple(blob.info for blob in denoise),
        blend=tuple(blob.info for blob in blend),
        plan=planned.plan,
        notes=planned.notes,
        seconds=planned.seconds,
    )
    return answer, (*denoise, *blend)
