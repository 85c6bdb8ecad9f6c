"""What the server would tell an artist of a job: facts measured, rules asked, never blocking."""

from __future__ import annotations

from sfumato_protocol.blobs import Blob
from sfumato_protocol.messages import Advice

from ..engines.base import EngineTraits
from ..imaging.arrays import Float
from ..imaging.encoding import to_float, to_srgb
from ..imaging.light import estimate
from ..imaging.masks import region
from ..imaging.masks.zones import SelectionShape
from ..imaging.transparency import opaque
from ..jobs.job import Job, coverage_of, encoding_of
from .mask import MASK_RULES, MaskFacts
from .prompt import PROMPT_RULES, PromptFacts
from .rules import notes
from .strength import STRENGTH_RULES, StrengthFacts


def advise(job: Job, traits: EngineTraits, blobs: tuple[Blob, ...]) -> Advice:
    """Advice on a job's mask, prompt and strength, from its request and its pictures."""
    image, selection = blobs
    size = (job.submit.crop.height, job.submit.crop.width)
    shape = SelectionShape(coverage_of(selection))
    denoise = shape.denoise_mask(job.plan[0].extent)
    encoding = encoding_of(job.submit)
    seen = to_srgb(opaque(to_float(image.pixels(), *size, encoding)), encoding)
    first = job.plan[0]
    found = (
        *notes(MASK_RULES, mask_facts(job, traits, shape, denoise)),
        *notes(PROMPT_RULES, prompt_facts(job, traits, shape, estimate(seen).qualities)),
        *notes(STRENGTH_RULES, StrengthFacts(first.strength, first.extent.zone)),
    )
    return Advice(job.id, found)


def mask_facts(job: Job, traits: EngineTraits, shape: SelectionShape, denoise: Float) -> MaskFacts:
    """What the mask rules ask about, measured in the crop. denoise: D of the first pass."""
    height, width = denoise.shape
    space = traits.space(width, height)
    extent = job.plan[0].extent
    return MaskFacts(
        feather=extent.feather,
        grow=extent.grow,
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
