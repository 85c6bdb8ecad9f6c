"""From one click's reading and the artist's choices to the message that asks for a ladder."""

import uuid
from dataclasses import dataclass
from typing import Callable, Tuple

from sfumato_protocol import blobs
from sfumato_protocol.geometry import (
    Extent,
    MaskSettings,
    Rect,
    context_crop,
    default_masks,
    pass_extent,
)
from sfumato_protocol.messages import Limits, RecipeInfo, Submit, Welcome

from . import sentences
from .choices import Choices, engine_for
from .colours import DEPTHS, ORDER, require_supported
from .types import Extents, Reading, Refusal

LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class Request:
    """One job as it is asked for. job: 32 hexadecimal digits. seed of `choices`: the job's own.

    file: where the document is stored, "" if it never was. address: of the server that was asked,
    "" before. asked: when, in seconds since 1970, 0 if unknown.
    """

    job: str
    reading: Reading
    recipe: RecipeInfo
    choices: Choices
    masks: MaskSettings
    server: str
    file: str = ""
    address: str = ""
    asked: int = 0


def extents_for(recipe: RecipeInfo, limits: Limits) -> Extents:
    """The masks that a recipe's passes will draw.

    Raises `Refusal` for a crop that the server would not take, before its pixels are read.
    """

    def extents(canvas: Rect, selection: Rect) -> Tuple[Extent, ...]:
        masks = default_masks(canvas, selection)
        drawn = tuple(pass_extent(p.zone, p.feather, p.width, masks) for p in recipe.passes)
        crop = context_crop(selection, canvas, drawn)
        pixels = crop.width * crop.height
        if pixels > limits.crop_pixels:
            raise Refusal(sentences.too_large(pixels, limits.crop_pixels))
        longest = max(crop.width, crop.height)
        if longest > blobs.MAX_SIDE:
            raise Refusal(sentences.too_long(longest, blobs.MAX_SIDE))
        return drawn

    return extents


def make_request(
    reading: Reading, recipe: RecipeInfo, choices: Choices, welcome: Welcome, file: str = ""
) -> Request:
    """What will be sent; copies no pixels. Raises `Refusal` if the server could not take it."""
    require_supported(reading.colour)
    if engine_for(welcome, recipe, choices.engine) is None:
        listed = [engine.name for engine in welcome.engines]
        raise Refusal(sentences.no_engine(choices.engine or recipe.engine, listed))
    masks = default_masks(reading.canvas, reading.bounds)
    return Request(uuid.uuid4().hex, reading, recipe, choices, masks, welcome.server, file)


def encode(
    request: Request, next_blob_id: Callable[[], int]
) -> Tuple[Submit, blobs.Blob, blobs.Blob]:
    """The message and its two pictures, image and selection. Compresses: not for the main thread.

    Raises `ProtocolError` if the reading's buffers do not have the crop's size.
    """
    reading, choices = request.reading, request.choices
    colour = reading.colour
    shape = (reading.crop.height, reading.crop.width)
    sample = DEPTHS[colour.depth].sample
    image = blobs.make_blob(next_blob_id(), reading.pixels, shape, ORDER, sample, colour.profile)
    selection = blobs.make_blob(next_blob_id(), reading.selection, shape, "G", encoding=blobs.ZLIB)
    message = Submit(
        job=request.job,
        recipe=request.recipe.name,
        engine=choices.engine,
        prompt=choices.prompt,
        negative_prompt=choices.negative_prompt,
        seed=choices.seed,
        masks=request.masks,
        crop=reading.crop,
        image=image.info,
        selection=selection.info,
    )
    return message, image, selection
