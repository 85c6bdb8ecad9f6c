"""What the server would tell an artist of a job: facts measured, rules asked, never blocking."""

from __future__ import annotations

from sfumato_protocol.blobs import Blob
from sfumato_protocol.geometry import island_extent
from sfumato_protocol.messages import Advice

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


def advise(job: Job, traits: tuple[EngineTraits, ...], blobs: tuple[Blob, ...]) -> Advice:
    """Advice on a job's recipe, mask, prompt and strength, from its request and its pictures.

    traits: of the engine of each pass. Masks are judged by the first pass, prompts by the first
    engine that reads any.
    """
    main = traits[0]
    light = estimate(_glimpse(job, blobs[0])).qualities
    reader = next((one for one in traits if "prompt" in one.honours), main)
    shape = SelectionShape(coverage_of(blobs[1]))
    denoise = shape.denoise_mask(job.plan[0].extent)
    first = job.plan[0]
    found = (
        *notes(RECIPE_RULES, RecipeFacts(job.draws, main.draws, main.title)),
        *notes(MASK_RULES, mask_facts(job, main, shape, denoise)),
        *notes(PROMPT_RULES, prompt_facts(job, reader, shape, light)),
        *notes(STRENGTH_RULES, StrengthFacts(first.strength, first.extent.zone)),
    )
    return Advice(job.id, found)


def _glimpse(job: Job, image: Blob) -> Float:
    """The crop as an engine sees it, so many px of it as light needs."""
    crop, encoding = job.submit.crop, encoding_of(job.submit)
    rgba = glimpse(image.pixels(), crop.height, crop.width, encoding)
    return to_srgb(opaque(rgba), encoding)


def mask_facts(job: Job, traits: EngineTraits, shape: SelectionShape, denoise: Float) -> MaskFacts:
    """What the mask rules ask about, measured in the crop. denoise: D of the first pass."""
    height, width = denoise.shape
    space = traits.space(width, height)
    extent = island_extent(job.plan[0].extent, shape.islands.largest)
    return MaskFacts(
        feather=extent.feather,
        grow=extent.grow,
        chosen=extent.fit == 0,
        soft=shape.soft,
        keep_inside=extent.keep_inside,
        thickness=region.thickness(denoise),
        covered=region.covered(denoise),
        at_edge=region.touches_border(shape.selection),
        scale=space.scale,
        cell=traits.cell,
    )


def prompt_facts(
    job: Job, traits: EngineTraits, shape: SelectionShape, qualities: frozenset[str]
) -> PromptFacts:
    """What the prompt rules ask about; the region's share is of the context crop."""
    return PromptFacts(
        prompt=job.submit.prompt,
        region=region.selected(shape.selection),
        light=qualities,
        engine=traits.title,
        honours_prompt="prompt" in traits.honours,
    )
