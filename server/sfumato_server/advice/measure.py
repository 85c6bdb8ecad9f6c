"""What the server would tell an artist of a job: facts measured, rules asked, never blocking."""

from __future__ import annotations

from dataclasses import dataclass

from sfumato_protocol.blobs import Blob
from sfumato_protocol.geometry import island_extent
from sfumato_protocol.messages import Advice, Note, PlannedPass

from ..engines.base import EngineTraits
from ..imaging.arrays import Float
from ..imaging.encoding import glimpse, to_srgb
from ..imaging.light import estimate
from ..imaging.masks import region
from ..imaging.masks.zones import SelectionShape
from ..imaging.transparency import opaque
from ..jobs.job import Job, coverage_of, encoding_of
from .mask import MASK_RULES, MaskFacts
from .prompt import PROMPT_RULES, PromptFacts
from .recipe import RECIPE_RULES, RecipeFacts
from .rules import notes
from .strength import STRENGTH_RULES, StrengthFacts

MOST_NOTES = 100


@dataclass(frozen=True)
class Drawing:
    """A selection and D of the first pass, (H, W) float32, as they are drawn. scale: crop px to one
    px of them."""

    shape: SelectionShape
    denoise: Float
    scale: float = 1.0


def advise(job: Job, traits: tuple[EngineTraits, ...], blobs: tuple[Blob, ...]) -> Advice:
    """Advice on a job's recipe, mask, prompt and strength, from its request and its pictures.

    traits: of the engine of each pass. Masks are judged by the first pass, prompts by the first
    engine that reads any.
    """
    shape = SelectionShape(coverage_of(blobs[1]))
    drawing = Drawing(shape, shape.denoise_mask(job.plan[0].extent))
    return Advice(job.id, notes_on(job, traits, drawing, light_of(blobs[0])))


def notes_on(
    job: Job, traits: tuple[EngineTraits, ...], drawing: Drawing, light: frozenset[str]
) -> tuple[Note, ...]:
    """What `advise` says. light: of the crop, as `light_of` tells, nothing where nobody knows."""
    main = traits[0]
    reader = next((one for one in traits if "prompt" in one.honours), main)
    share = region.selected(drawing.shape.selection)
    whole = (
        *notes(RECIPE_RULES, RecipeFacts(job.draws, main.draws, main.title)),
        *notes(MASK_RULES, mask_facts(job, main, drawing)),
        *notes(PROMPT_RULES, _prompt_facts(job.submit.prompt, reader, share, light)),
    )
    single = (
        note
        for planned, own in zip(job.plan, traits, strict=True)
        for note in _on_pass(job, planned, _prompt_facts(planned.prompt, own, share, light))
    )
    return (*whole, *single)[:MOST_NOTES]


def _on_pass(job: Job, planned: PlannedPass, prompt: PromptFacts) -> tuple[Note, ...]:
    strength = StrengthFacts(planned.strength, planned.extent.zone, planned.index)
    found = notes(STRENGTH_RULES, strength, planned.index)
    if planned.prompt == job.submit.prompt:
        return found
    return (*found, *notes(PROMPT_RULES, prompt, planned.index))


def light_of(image: Blob) -> frozenset[str]:
    """The qualities of the light in a picture, of which as many px are looked at as that needs.
    Raises `UnsupportedColour`."""
    encoding = encoding_of(image.info)
    rgba = glimpse(image.pixels(), image.info.height, image.info.width, encoding)
    return estimate(to_srgb(opaque(rgba), encoding)).qualities


def mask_facts(job: Job, traits: EngineTraits, drawing: Drawing) -> MaskFacts:
    """What the mask rules ask about, measured in the crop."""
    space = traits.space(job.submit.crop.width, job.submit.crop.height)
    shape, denoise, scale = drawing.shape, drawing.denoise, drawing.scale
    extent = island_extent(job.plan[0].extent, shape.islands.largest * scale)
    return MaskFacts(
        feather=extent.feather,
        grow=extent.grow,
        chosen=extent.fit == 0,
        soft=shape.soft,
        keep_inside=extent.keep_inside,
        thickness=region.thickness(denoise) * scale,
        covered=region.covered(denoise),
        at_edge=region.touches_border(shape.selection),
        scale=space.scale,
        cell=traits.cell,
    )


def _prompt_facts(
    prompt: str, traits: EngineTraits, share: float, light: frozenset[str]
) -> PromptFacts:
    """What the prompt rules ask about; share: of the context crop that is selected."""
    return PromptFacts(
        prompt=prompt,
        region=share,
        light=light,
        engine=traits.title,
        honours_prompt="prompt" in traits.honours,
    )
