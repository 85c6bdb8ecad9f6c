"""From a click's readings and the artist's choices to the messages that ask for a ladder."""

import uuid
from dataclasses import dataclass, replace
from typing import Callable, Sequence, Tuple

from sfumato_protocol import blobs
from sfumato_protocol.geometry import MaskSettings, context_crop, default_masks
from sfumato_protocol.messages import RecipeInfo, Submit, Welcome

from . import sentences
from .choices import Choices, engine_for
from .colours import DEPTHS, ORDER, require_supported
from .framing import Framing
from .types import Reading, Refusal

LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class Request:
    """One job as it is asked for. job: 32 hexadecimal digits. seed of `choices`: the job's own.

    file: where the document is stored, "" if it never was. address: of the server that was asked,
    "" before. asked: when, in seconds since 1970, 0 if unknown. click: the same for jobs whose
    passes go in together, "" for a job by itself. remarks: what the artist should know of it.
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
    click: str = ""
    remarks: Tuple[str, ...] = ()


def make_requests(
    readings: Sequence[Reading],
    recipe: RecipeInfo,
    choices: Choices,
    welcome: Welcome,
    file: str = "",
) -> Tuple[Request, ...]:
    """The jobs of one click, one for each reading; copies no pixels. Raises `Refusal` if the server
    could not take them."""
    requests = [make_request(one, recipe, choices, welcome, file) for one in readings]
    several = len(requests) > 1
    click = requests[0].job if several else ""
    said = [sentences.far_places(len(requests))] if several else []
    framing = Framing(recipe, welcome.limits)
    return tuple(
        replace(one, click=click, remarks=(*said, *_remarks(one.reading, framing)))
        for one in requests
    )


def make_request(
    reading: Reading, recipe: RecipeInfo, choices: Choices, welcome: Welcome, file: str = ""
) -> Request:
    """The job of one reading; copies no pixels. Raises `Refusal` if no server could take it."""
    require_supported(reading.colour)
    if engine_for(welcome, recipe, choices.engine) is None:
        listed = [engine.name for engine in welcome.engines]
        raise Refusal(sentences.no_engine(choices.engine or recipe.engine, listed))
    masks = default_masks(reading.canvas, reading.bounds)
    return Request(
        job=uuid.uuid4().hex,
        reading=reading,
        recipe=recipe,
        choices=choices,
        masks=masks,
        server=welcome.server,
        file=file,
    )


def _remarks(reading: Reading, framing: Framing) -> Tuple[str, ...]:
    extents = framing.extents(reading.canvas, reading.bounds)
    if reading.crop.contains(context_crop(reading.bounds, reading.canvas, extents)):
        return ()
    return (sentences.less_context(framing.limits.crop_pixels),)


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
