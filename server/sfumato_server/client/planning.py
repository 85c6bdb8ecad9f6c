"""What a server tells of masks and jobs before any is handed in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sfumato_protocol import geometry, messages, offers
from sfumato_protocol.blobs import Blob
from sfumato_protocol.peer import Received

from . import pixels
from .connection import Connection, failure
from .errors import ClientError, WrongAnswer
from .pixels import Mask
from .result import Inpainted

_LIGHT = 256  # px of the longer side: enough to judge light by


@dataclass(frozen=True)
class Planned:
    """What a job would be. plan: its passes. masks: (D, A) of each, (H, W) uint8 of its crop, or
    reduced. notes: advice. seconds: how long it would take, 0 where the server does not know."""

    plan: tuple[messages.PlannedPass, ...]
    masks: tuple[tuple[Mask, Mask], ...]
    notes: tuple[messages.Note, ...]
    seconds: float


def shape(
    connection: Connection, selection: Mask, extents: Sequence[geometry.Extent]
) -> tuple[tuple[Mask, Mask], ...]:
    """As `Client.shape`."""
    blob = pixels.mask_blob(connection.next_blob_id(), selection)
    request = messages.Shape(uuid.uuid4().hex, blob.info, tuple(extents))
    return _masks(_asked(connection, request, (blob,)), len(extents))


def plan(connection: Connection, job: Inpainted, longest: int) -> Planned:
    """As `Client.plan`."""
    require(connection, offers.PLAN, "what a job would be")
    submit, new = job.submit, connection.next_blob_id
    selection = pixels.mask_blob(new(), pixels.cut(job.selection, submit.crop))
    step = max(1, max(submit.crop.width, submit.crop.height) // _LIGHT)
    few = pixels.cut(job.image, submit.crop)[::step, ::step]
    image = pixels.image_blob(new(), few, submit.image.profile)
    request = messages.Shape(
        uuid.uuid4().hex, selection.info, (), submit.recipe, submit.engine, submit.prompt,
        submit.negative_prompt, submit.seed, submit.masks, submit.crop, submit.passes,
        (image.info,), longest,
    )  # fmt: skip
    received = _asked(connection, request, (selection, image))
    told = received.message
    assert isinstance(told, messages.Shaped)
    return Planned(told.plan, _masks(received, len(told.plan)), told.notes, told.seconds)


def require(connection: Connection, feature: str, what: str) -> None:
    """Raise `ClientError` unless the server knows how to do `what`."""
    if not connection.welcome.understands(feature):
        server = connection.welcome.server
        raise ClientError(f"The server, {server}, does not know {what} yet. Update it.")


def _asked(connection: Connection, request: messages.Shape, blobs: tuple[Blob, ...]) -> Received:
    connection.say(request, blobs)
    while True:
        received = connection.receive()
        message = received.message
        if isinstance(message, messages.Shaped) and message.request == request.request:
            return received
        if isinstance(message, messages.Failed) and message.request in ("", request.request):
            raise failure(message)


def _masks(received: Received, count: int) -> tuple[tuple[Mask, Mask], ...]:
    if len(received.blobs) != 2 * count:
        raise WrongAnswer(f"The server sent {len(received.blobs)} masks.")
    masks = [pixels.array(mask) for mask in received.blobs]
    return tuple(zip(masks[:count], masks[count:], strict=True))
