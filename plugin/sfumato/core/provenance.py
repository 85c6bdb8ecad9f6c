"""A job's record in the document: made of a finished job, and turned into choices again."""

from dataclasses import replace
from typing import Tuple
from zlib import crc32

from sfumato_protocol import VERSION
from sfumato_protocol import provenance as stored
from sfumato_protocol.messages import RecipeInfo, Welcome
from sfumato_protocol.provenance import Layer, Provenance

from . import sentences
from .choices import Choices, engine_for, recipe_named
from .job import Job, PassResult
from .types import Refusal
from .words import tr


def provenance(job: Job) -> Provenance:
    """The record of a job whose passes go into the document."""
    request = job.request
    return Provenance(
        protocol=VERSION,
        server=request.server,
        job=job.id,
        recipe=request.recipe.name,
        engine=job.engine,
        prompt=request.choices.prompt,
        negative_prompt=request.choices.negative_prompt,
        seed=request.choices.seed,
        masks=request.masks,
        canvas=request.reading.canvas,
        selection=request.reading.bounds,
        crop=request.reading.crop,
        colour=request.reading.colour,
        complete=job.complete,
        ended=job.reason[: stored.LONGEST_REASON],
        advice=tuple(note.rule for note in job.notes),
        plan=job.plan,
        passes=tuple(_layer(result) for result in job.results),
        when=request.asked,
        asked=request.passes or request.recipe.passes,
        base=request.base,
        first=request.first,
    )


def _layer(result: PassResult) -> Layer:
    index, seconds = result.planned.index, round(result.seconds, 3)
    drawn = crc32(result.mask)
    return Layer(index, result.planned.title, result.area, seconds, result.figures, drawn)


def read(content: bytes) -> Provenance:
    """A record from a document. Raises `Refusal` for what no job has written."""
    try:
        return stored.read(content)
    except stored.Unreadable as error:
        raise Refusal(sentences.unreadable_record(str(error))) from error


def settings_again(record: Provenance, welcome: Welcome) -> Tuple[Choices, str]:
    """What to choose to run a job again with its own seed, and the sentence that says so.

    Only names that the server lists are chosen. Raises `Refusal` where its recipe is not listed.
    """
    recipe = recipe_named(welcome, record.recipe)
    choices = Choices(
        recipe.name, record.prompt, record.negative_prompt, record.seed, seed_locked=True
    )
    said = [sentences.settings_again(record.recipe, record.seed)]
    if record.engine not in ("", _engine(recipe, welcome)):
        if any(engine.name == record.engine for engine in welcome.engines):
            choices = replace(choices, engine=record.engine)
        else:
            said.append(sentences.other_engine(record.engine))
    was = tuple(planned.strength for planned in record.plan)
    if was != tuple(step.strength for step in recipe.passes):
        said.append(sentences.other_strengths(was))
    elif tuple(one.engine for one in record.plan) != _pass_engines(record, recipe, welcome):
        ran = (one.engine or record.engine or tr("the job's engine") for one in record.plan)
        said.append(sentences.other_pass_engines(tuple(ran)))
    return choices, " ".join(said)


def _pass_engines(record: Provenance, recipe: RecipeInfo, welcome: Welcome) -> Tuple[str, ...]:
    """What the recipe names for each pass beside the job's engine, as a plan tells it."""
    own = record.engine or _engine(recipe, welcome)
    return tuple(step.engine if step.engine != own else "" for step in recipe.passes)


def _engine(recipe: RecipeInfo, welcome: Welcome) -> str:
    engine = engine_for(welcome, recipe)
    return engine.name if engine is not None else ""
