"""A job's record, as the plugin puts it into a document: here for the files that we write."""

from __future__ import annotations

from sfumato_protocol import VERSION, provenance
from sfumato_protocol.colour import ColourSpace
from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import Figure
from sfumato_protocol.provenance import Layer, Provenance

from . import pixels
from .result import Inpainted, PassResult

_DEPTHS = {"u8": "U8", "u16": "U16"}


def name(job: Inpainted) -> str:
    """What the record is called in a file."""
    return provenance.PREFIX + job.submit.job


def written(job: Inpainted) -> bytes:
    """The record of a job as UTF-8 JSON."""
    return provenance.write(of(job))


def of(job: Inpainted) -> Provenance:
    """The record of a job as it is now."""
    submit = job.submit
    height, width = job.image.shape[:2]
    return Provenance(
        protocol=VERSION, server=job.server[:1000], job=submit.job, recipe=submit.recipe,
        engine=job.engine, prompt=submit.prompt, negative_prompt=submit.negative_prompt,
        seed=submit.seed, masks=submit.masks, canvas=Rect(0, 0, width, height),
        selection=pixels.bounds(job.selection), crop=submit.crop,
        colour=ColourSpace("RGBA", _DEPTHS[submit.image.sample], submit.image.profile),
        complete=not job.ended, ended=job.ended[: provenance.LONGEST_REASON],
        advice=job.advice[:100], plan=job.plan or tuple(one.planned for one in job.passes),
        passes=tuple(_layer(done) for done in job.passes),
    )  # fmt: skip


def _layer(done: PassResult) -> Layer:
    figures = tuple(
        Figure(name, value, done.words.get(name, ""), done.sentences.get(name, ""))
        for name, value in done.figures.items()
    )
    return Layer(done.planned.index, done.title, done.area, round(done.seconds, 3), figures)
