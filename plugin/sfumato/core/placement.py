"""What a finished job puts into the document: layers by name and place, and its record."""

from sfumato_protocol.provenance import PREFIX, write

from .job import Job
from .provenance import provenance
from .types import LayerPlan, LayerSpec


def group_name(job: Job) -> str:
    """The name of a job's layer group."""
    request = job.request
    return "Sfumato · {} · seed {}".format(request.recipe.name, request.choices.seed)


def plan_layers(job: Job) -> LayerPlan:
    """The group for a job's finished passes, the first pass lowest. Copies no pixels."""
    layers = tuple(
        LayerSpec(result.planned.title, result.area, result.pixels, result.mask, result.keeps_alpha)
        for result in job.results
    )
    return LayerPlan(
        group_name=group_name(job),
        colour=job.request.reading.colour,
        layers=layers,
        provenance_key=PREFIX + job.id,
        provenance=write(provenance(job)),
    )
