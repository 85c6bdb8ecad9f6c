"""A job like an earlier one, from some pass on: what is taken over of that one, and what is not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import UNKNOWN_JOB, InvalidField, ProtocolError
from sfumato_protocol.messages import Again, PassDone, PlannedPass, Submit

from .job import Job

Pass = tuple[PassDone, tuple[Blob, ...]]


@dataclass(frozen=True)
class Base:
    """What is still there of an earlier job. engine: it ran on. blobs: its image and selection.
    passes: those before the first that is to be done again, with their pictures."""

    submit: Submit
    engine: str
    blobs: tuple[Blob, ...]
    passes: tuple[Pass, ...]


def check(again: Again, base: Job) -> None:
    """Raise `ProtocolError` where a job has not what is asked for, or what is sent does not fit."""
    missing = [index for index in range(1, again.first) if index not in base.held]
    if missing:
        got = f"pass {missing[0]} of the job {again.base}, which is not finished or given up"
        raise let_go(again, got)
    ladder = again.passes or base.submit.passes
    if again.first > len(ladder):
        got = f"pass {again.first} of a ladder of {len(ladder)}"
        raise _unfit(again, "first", got, "a pass of the ladder")
    crop = base.submit.crop
    for index, info in enumerate(again.earlier, start=1):
        area = base.held[index].area
        _sized(again, f"earlier mask {index}", (info.width, info.height), (area.width, area.height))
    for info in again.selection:
        _sized(again, "selection", (info.width, info.height), (crop.width, crop.height))


def let_go(again: Again, got: str) -> ProtocolError:
    """The base is not there any more, or never was."""
    want = "one that this server still has"
    return ProtocolError(UNKNOWN_JOB, got, want, "Run it anew, from its first pass.", again.job)


def submission(again: Again, base: Base) -> Submit:
    """The request that stands for it. Of the passes before the first it has what it must."""
    ladder = again.passes or base.submit.passes
    idle = tuple(replace(spec, engine="") for spec in ladder[: again.first - 1])
    selection = again.selection[0] if again.selection else base.submit.selection
    return replace(
        base.submit,
        job=again.job,
        engine=again.engine,
        prompt=again.prompt,
        negative_prompt=again.negative_prompt,
        seed=again.seed,
        masks=again.masks,
        passes=(*idle, *ladder[again.first - 1 :]),
        selection=selection,
    )


def pictures(again: Again, base: Base, blobs: tuple[Blob, ...]) -> tuple[Blob, ...]:
    """Its image and selection. blobs: those that came with `again`."""
    image, selection = base.blobs
    return image, blobs[len(again.earlier)] if again.selection else selection


def earlier(again: Again, base: Base, engine: str, blobs: tuple[Blob, ...]) -> tuple[Pass, ...]:
    """The passes before the first, as passes of the new job, which runs on `engine`. What was
    measured of one is untrue once the artist has changed its mask."""
    taken = []
    for place, (done, (result, mask)) in enumerate(base.passes):
        own = replace(done, job=again.job, planned=_by(done.planned, base.engine, engine))
        if again.earlier:
            changed = blobs[place]
            if bytes(changed.pixels()) != bytes(mask.pixels()):
                own = replace(own, mask=changed.info, figures=(), unmeasured=(), notes=())
                mask = changed
        taken.append((own, (result, mask)))
    return tuple(taken)


def _by(planned: PlannedPass, before: str, now: str) -> PlannedPass:
    """A pass of a job of the engine `before` as one of a job of the engine `now`."""
    ran = planned.engine or before
    return replace(planned, engine="" if ran == now else ran)


def _sized(again: Again, what: str, got: tuple[int, int], want: tuple[int, int]) -> None:
    if got != want:
        raise _unfit(again, what, "{}x{} px".format(*got), "{}x{} px".format(*want))


def _unfit(again: Again, field: str, got: str, want: str) -> InvalidField:
    error = InvalidField(field, got, want)
    error.job = again.job
    return error
