"""A job's record in the document: made of a finished job, and turned into choices again."""

from dataclasses import replace
from typing import Tuple
from zlib import crc32

from sfumato_protocol import VERSION
from sfumato_protocol import provenance as stored
from sfumato_protocol.messages import RecipeInfo, Welcome
from sfumato_protocol.provenance import Layer, Provenance

from . import again_sentences, sentences
from .choices import Choices, engine_for, recipe_named
from .hand import MaskHand
from .job import Job, PassResult
from .ladder import Rung
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


def settings_again(record: Provenance, welcome: Welcome, now: Choices) -> Tuple[Choices, str]:
    """What to choose to run a job again, and the sentence that says so. now: what is chosen: where
    layers go, and whether the seed is locked, stays.

    Only names that the server lists are chosen. Raises `Refusal` where its recipe is not listed.
    """
    recipe = recipe_named(welcome, record.recipe)
    choices = replace(
        now.with_recipe(recipe.name),
        prompt=record.prompt,
        negative_prompt=record.negative_prompt,
        seed=record.seed,
        engine="",
        hand=_hand(record),
    )
    said = [again_sentences.settings_again(record.recipe, record.seed, now.seed_locked)]
    if record.engine not in ("", _engine(recipe, welcome)):
        if any(engine.name == record.engine for engine in welcome.engines):
            choices = replace(choices, engine=record.engine)
        else:
            said.append(again_sentences.other_engine(record.engine))
    if record.asked:
        choices = choices.with_ladder(recipe, tuple(Rung(step) for step in record.asked))
        return choices, " ".join(said)
    was = tuple(planned.strength for planned in record.plan)
    if was != tuple(step.strength for step in recipe.passes):
        said.append(again_sentences.other_strengths(was))
    elif tuple(one.engine for one in record.plan) != _pass_engines(record, recipe, welcome):
        ran = (one.engine or record.engine or tr("the job's engine") for one in record.plan)
        said.append(again_sentences.other_pass_engines(tuple(ran)))
    return choices, " ".join(said)


def _hand(record: Provenance) -> MaskHand:
    """The mask's settings, as far as anybody chose them."""
    masks = record.masks
    if masks.auto:
        return MaskHand(keep_inside=masks.keep_inside)
    return MaskHand(masks.feather, masks.grow, masks.keep_inside)


def _pass_engines(record: Provenance, recipe: RecipeInfo, welcome: Welcome) -> Tuple[str, ...]:
    """What the recipe names for each pass beside the job's engine, as a plan tells it."""
    own = record.engine or _engine(recipe, welcome)
    return tuple(step.engine if step.engine != own else "" for step in recipe.passes)


def _engine(recipe: RecipeInfo, welcome: Welcome) -> str:
    engine = engine_for(welcome, recipe)
    return engine.name if engine is not None else ""
