"""From a click's readings and the artist's choices to the messages that ask for a ladder."""

import re
import uuid
from dataclasses import dataclass, replace
from typing import Callable, Sequence, Tuple, Union

from sfumato_protocol import blobs
from sfumato_protocol.geometry import MaskSettings, Rect, context_crop, default_masks
from sfumato_protocol.messages import Again, PassSpec, RecipeInfo, Submit, Welcome

from . import sentences
from .choices import Choices, engine_for
from .colours import DEPTHS, ORDER, require_supported
from .framing import Framing
from .hand import in_hand
from .types import Bytes, Reading, Refusal

LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class Request:
    """One job as it is asked for. job: 32 hexadecimal digits. seed of `choices`: the job's own.

    file: where the document is stored, "" if it never was. address: of the server that was asked,
    "" before. asked: when, in seconds since 1970, 0 if unknown. click: the same for jobs whose
    passes go in together, "" for a job by itself. remarks: what the artist should know of it.
    passes: the ladder where it is not the recipe's own, () where it is.

    base: the job that this one is like, "" for none; it is done again from pass `first` on.
    earlier: the masks of the passes before that, with their areas, () for as they were. selects:
    the reading's selection counts and not that of `base`. hides: identities of the groups that its
    layers take the place of. aside: its passes wait for the artist's choice among several.
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
    passes: Tuple[PassSpec, ...] = ()
    base: str = ""
    first: int = 1
    earlier: Tuple[Tuple[Rect, Bytes], ...] = ()
    selects: bool = False
    hides: Tuple[str, ...] = ()
    aside: bool = False

    @property
    def file_name(self) -> str:
        """The name of the document's file without its folder, "" if there is none."""
        return re.split(r"[/\\]", self.file)[-1]


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
    framing = Framing(choices.passes(recipe), welcome.limits, choices.hand)
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
    passes = choices.passes(recipe)
    return Request(
        job=uuid.uuid4().hex,
        reading=reading,
        recipe=recipe,
        choices=choices,
        masks=in_hand(default_masks(reading.canvas, reading.bounds), choices.hand),
        server=welcome.server,
        file=file,
        passes=passes if passes != recipe.passes else (),
    )


def _remarks(reading: Reading, framing: Framing) -> Tuple[str, ...]:
    extents = framing.extents(reading.canvas, reading.bounds)
    wanted = context_crop(reading.bounds, reading.canvas, extents, context=framing.hand.context)
    if reading.crop.contains(wanted):
        return ()
    return (sentences.less_context(framing.limits.crop_pixels),)


def encode(
    request: Request, next_blob_id: Callable[[], int]
) -> Tuple[Union[Submit, Again], Tuple[blobs.Blob, ...]]:
    """The message and its pictures: image and selection, or of a job that is done again what the
    server has not. Compresses: not for the main thread.

    Raises `ProtocolError` if the reading's buffers do not have the crop's size.
    """
    if request.base:
        return _again(request, next_blob_id)
    reading, choices = request.reading, request.choices
    colour = reading.colour
    shape = (reading.crop.height, reading.crop.width)
    sample = DEPTHS[colour.depth].sample
    image = blobs.make_blob(next_blob_id(), reading.pixels, shape, ORDER, sample, colour.profile)
    selection = _mask(next_blob_id(), reading.crop, reading.selection)
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
        passes=request.passes,
    )
    return message, (image, selection)


def _again(
    request: Request, next_blob_id: Callable[[], int]
) -> Tuple[Again, Tuple[blobs.Blob, ...]]:
    reading, choices = request.reading, request.choices
    earlier = tuple(_mask(next_blob_id(), *one) for one in request.earlier)
    selection: Tuple[blobs.Blob, ...] = ()
    if request.selects:
        selection = (_mask(next_blob_id(), reading.crop, reading.selection),)
    message = Again(
        job=request.job,
        base=request.base,
        first=request.first,
        engine=choices.engine,
        prompt=choices.prompt,
        negative_prompt=choices.negative_prompt,
        seed=choices.seed,
        masks=request.masks,
        passes=request.passes,
        earlier=tuple(one.info for one in earlier),
        selection=tuple(one.info for one in selection),
    )
    return message, earlier + selection


def _mask(number: int, area: Rect, coverage: Bytes) -> blobs.Blob:
    return blobs.make_blob(number, coverage, (area.height, area.width), "G", encoding=blobs.ZLIB)
