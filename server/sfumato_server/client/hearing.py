"""What is heard of a job changes what is known of it; what does not fit it is refused."""

from __future__ import annotations

from dataclasses import replace

from sfumato_protocol import messages
from sfumato_protocol.blobs import Blob
from sfumato_protocol.peer import Received

from . import pixels
from .errors import WrongAnswer
from .result import Inpainted, PassResult


def heard(job: Inpainted, received: Received) -> Inpainted:
    """The job with what a message of it tells. Raises `WrongAnswer` for a pass that is none of
    its own; one that is there already changes nothing."""
    message = received.message
    if isinstance(message, messages.Accepted):
        return replace(job, engine=message.engine, plan=message.plan)
    if isinstance(message, messages.Advice):
        return replace(job, advice=tuple(note.rule for note in message.notes))
    if isinstance(message, messages.JobDone):
        return replace(job, seconds=message.seconds, ended="")
    if isinstance(message, messages.PassDone):
        _require_own(job, message)
        index = message.planned.index
        if index not in {done.planned.index for done in job.passes}:
            done = (*job.passes, _pass(message, received.blobs))
            return replace(job, passes=tuple(sorted(done, key=lambda one: one.planned.index)))
    return job


def _require_own(job: Inpainted, message: messages.PassDone) -> None:
    asked, area, index = job.submit, message.area, message.planned.index
    result, image = message.result, asked.image
    if job.plan and index not in {one.index for one in job.plan}:
        raise WrongAnswer(f"The server sent pass {index}, which is not in its plan.")
    inside = asked.crop.x <= area.x and asked.crop.y <= area.y
    if not inside or area.right > asked.crop.right or area.bottom > asked.crop.bottom:
        raise WrongAnswer(f"The server sent a pass for {area}; expected a part of {asked.crop}.")
    if (result.order, result.sample) != (image.order, image.sample):
        raise WrongAnswer(
            f"The server sent {result.order} {result.sample}; expected {image.order} "
            f"{image.sample}, as it was given."
        )


def _pass(message: messages.PassDone, blobs: tuple[Blob, ...]) -> PassResult:
    result, mask = (pixels.array(blob) for blob in blobs)
    return PassResult(
        message.planned,
        message.area,
        result,
        mask,
        message.seconds,
        figures={figure.name: figure.value for figure in message.figures},
        words={figure.name: figure.word for figure in message.figures if figure.word},
        sentences={
            **{figure.name: figure.sentence for figure in message.figures if figure.sentence},
            **{note.rule: note.sentence for note in message.unmeasured},
        },
    )
