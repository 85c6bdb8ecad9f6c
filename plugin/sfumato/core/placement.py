"""What a finished job puts into the document: layers by name and place, and its record."""

from dataclasses import replace
from typing import List, Mapping, Optional, Tuple

from sfumato_protocol.provenance import PREFIX, SELECTION, THUMBNAIL, write

from .job import Job
from .packing import pack
from .provenance import provenance
from .types import LayerPlan, LayerSpec, Patch


def group_name(job: Job) -> str:
    """The name of a job's layer group."""
    request = job.request
    return "Sfumato · {} · seed {}".format(request.recipe.name, request.choices.seed)


def plan_layers(*jobs: Job, thumbnails: Optional[Mapping[str, bytes]] = None) -> LayerPlan:
    """The group for the finished passes of one click's jobs, the first pass lowest. Copies no
    pixels. thumbnails: small pictures of what the jobs make, by their ids.

    Jobs of one click work in places that are far apart, with the same recipe and seed: a pass is
    one layer, which shows its result in each place. So it can be faded or hidden as one.
    """
    layers: List[LayerSpec] = []
    for index in sorted({index for job in jobs for index in job.indices}):
        lowest = len(layers)
        for job in jobs:
            layers[lowest:] = _with_pass(layers[lowest:], job, index)
    (key, content), *others = ((PREFIX + job.id, write(provenance(job))) for job in jobs)
    for job in jobs:
        others += _beside(job, (thumbnails or {}).get(job.id, b""))
    return LayerPlan(
        group_name=group_name(jobs[0]),
        colour=jobs[0].request.reading.colour,
        layers=tuple(layers),
        provenance_key=key,
        provenance=content,
        other_records=tuple(others),
        above=jobs[0].request.reading.above,
        hides=jobs[0].request.hides,
    )


def _beside(job: Job, thumbnail: bytes) -> Tuple[Tuple[str, bytes], ...]:
    """What is stored beside a job's record, as far as it is there."""
    reading = job.request.reading
    selection = pack(reading.crop, reading.selection) if len(reading.selection) else b""
    stored = ((SELECTION + job.id, selection), (THUMBNAIL + job.id, thumbnail))
    return tuple((key, content) for key, content in stored if content)


def _with_pass(layers: List[LayerSpec], job: Job, index: int) -> List[LayerSpec]:
    """A pass's layers, and what a job made in it: in one of them where nothing of that is hidden
    by it, or else in a layer more."""
    for result in job.results:
        if result.planned.index != index:
            continue
        patch = Patch(result.area, result.pixels, result.mask)
        for number, layer in enumerate(layers):
            if layer.name == result.planned.title and not _touches(layer, patch):
                alpha = layer.inherit_alpha or result.keeps_alpha
                more = replace(layer, elsewhere=(*layer.elsewhere, patch), inherit_alpha=alpha)
                return [*layers[:number], more, *layers[number + 1 :]]
        new = LayerSpec(
            result.planned.title, patch.area, patch.pixels, patch.mask, result.keeps_alpha
        )
        return [*layers, new]
    return layers


def _touches(layer: LayerSpec, patch: Patch) -> bool:
    return any(not one.area.intersected(patch.area).empty for one in layer.patches)
