"""What a client is shown before it hands a job in: masks, plan, advice and time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sfumato_protocol import errors
from sfumato_protocol.blobs import ORDERS, RAW, SAMPLES, ZLIB, Blob, BlobInfo, make_blob
from sfumato_protocol.colour import PROFILES
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.geometry import Extent
from sfumato_protocol.messages import Note, PlannedPass, Shape, Shaped, Submit

from ..advice.measure import Drawing, light_of, notes_on
from ..imaging.arrays import Mask
from ..imaging.masks.drawn import Pair, drawn, pair
from ..imaging.masks.glance import Glance, glance
from ..imaging.masks.zones import SelectionShape
from ..jobs.job import coverage_of
from ..jobs.timing import Times
from .board import Board

_REMEMBERED = 4096 * 1024  # px as drawn: what is known of each takes some 20 bytes
_MASKS_OF_BLEND = 100  # their blobs' ids: only to be unlike the others'


@dataclass(frozen=True)
class _Planned:
    plan: tuple[PlannedPass, ...] = ()
    notes: tuple[Note, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class _Seen:
    """A selection that was looked at: what it was (a digest of it, and for masks of what size)."""

    what: tuple[bytes, tuple[int, ...], int]
    glance: Glance


class Shaper:
    """Answers `Shape` for one client: remembers its last selection unless it is large, because what
    an artist moves most is a slider. Not for use by several threads at a time."""

    def __init__(self, board: Board, times: Times) -> None:
        self._board, self._times = board, times
        self._last: _Seen | None = None

    def answer(self, request: Shape, blobs: tuple[Blob, ...]) -> tuple[Shaped, tuple[Blob, ...]]:
        """The masks asked for and, where a recipe is named, what a job of it would be. Raises
        `ProtocolError` as handing it in would."""
        coverage, longest = coverage_of(blobs[0]), request.longest
        if not request.recipe:
            seen = self._glance(coverage, longest, request.extents)
            masks = drawn(seen.shape, map(seen.scaled, request.extents), longest)
            return _said(request, masks, _Planned())
        if not coverage.any():
            got, want = "a selection without a selected pixel", "some coverage in the crop"
            raise ProtocolError(errors.EMPTY_SELECTION, got, want, "Select something.")
        catalogue = self._board.catalogue
        job = catalogue.job(as_submitted(request), "shape")
        extents = [one.extent for one in job.plan]
        seen = self._glance(coverage, longest, extents)
        light = light_of(blobs[1]) if len(blobs) > 1 else frozenset[str]()
        first = seen.shape.denoise_mask(seen.scaled(extents[0]))
        drawing = Drawing(seen.shape, first, seen.scale)
        notes = notes_on(job, catalogue.traits_by_pass(job), drawing, light)
        planned = _Planned(job.plan, notes, self._times.estimate(job.works, self._board.in_memory))
        later = drawn(seen.shape, map(seen.scaled, extents[1:]), longest)
        return _said(request, (pair(first, longest), *later), planned)

    def _glance(self, coverage: Mask, longest: int, extents: Iterable[Extent]) -> Glance:
        what = hashlib.sha256(coverage.data).digest(), coverage.shape, longest
        if self._last is None or self._last.what != what:
            seen = glance(coverage, longest)
            keeps = seen.shape.selection.size <= _REMEMBERED
            self._last = _Seen(what, seen) if keeps else None
        else:
            seen = self._last.glance
        return seen if seen.suits(extents) else Glance(SelectionShape(coverage))


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
