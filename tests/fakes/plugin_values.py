"""Small values of the plugin's core for tests: a reading, a request, the messages of a job."""

from __future__ import annotations

from dataclasses import replace

from fakes import flat_server
from sfumato.core.choices import Choices
from sfumato.core.job import Job, hear
from sfumato.core.request import Request, make_request
from sfumato.core.types import ColourSpace, Reading
from sfumato_protocol import messages
from sfumato_protocol.blobs import ZLIB, Blob, make_blob
from sfumato_protocol.geometry import Rect, pass_extent
from sfumato_protocol.peer import Received

SRGB = "sRGB-elle-V2-srgbtrc.icc"
CANVAS = Rect(0, 0, 200, 150)
CROP = Rect(20, 10, 64, 48)
BOUNDS = Rect(40, 20, 16, 12)
FIGURES = (messages.Figure("seam", 1.25), messages.Figure("drift", 0.5))


def reading(depth: str = "U8", model: str = "RGBA", crop: Rect = CROP) -> Reading:
    """A reading whose every pixel differs, of a document called "document"."""
    count = crop.width * crop.height * 4 * (2 if depth == "U16" else 1)
    pixels = bytes((7 * i + i // 251) % 256 for i in range(count))
    selection = bytearray(crop.width * crop.height)
    for y in range(10, 22):
        selection[y * crop.width + 20 : y * crop.width + 36] = b"\xff" * 16
    colour = ColourSpace(model, depth, SRGB)
    return Reading("document", CANVAS, colour, BOUNDS, crop, pixels, bytes(selection))


def coverage(area: Rect) -> bytes:
    """Of any part of the canvas: what `reading` has selected."""
    rows = range(area.y, area.bottom)
    return b"".join(
        bytes(255 * (BOUNDS.contains(Rect(x, y, 1, 1))) for x in range(area.x, area.right))
        for y in rows
    )


def request(depth: str = "U8", seed: int = 7, prompt: str = "") -> Request:
    """A request for the two-pass recipe of the flat server."""
    welcome = flat_server.WELCOME
    choices = Choices(seed=seed, prompt=prompt)
    return make_request(reading(depth), welcome.recipes[0], choices, welcome)


def large_request(side: int) -> Request:
    """A request with a crop of side × side px, for uploads that take a while."""
    crop = Rect(0, 0, side, side)
    held = replace(
        reading(),
        canvas=crop,
        crop=crop,
        pixels=bytes(side * side * 4),
        selection=bytes(side * side),
    )
    welcome = flat_server.WELCOME
    return make_request(held, welcome.recipes[0], Choices(), welcome)


def plan(wanted: Request) -> tuple[messages.PlannedPass, ...]:
    """What a server makes of a request's recipe."""
    return tuple(
        messages.PlannedPass(
            index,
            pass_extent(spec.zone, spec.feather, spec.width, wanted.masks),
            spec.strength,
            spec.steps,
            spec.guidance,
            wanted.choices.seed + spec.seed_offset,
            "",
        )
        for index, spec in enumerate(wanted.recipe.passes, start=1)
    )


def accepted(wanted: Request, ahead: int = 0) -> Received:
    return Received(messages.Accepted(wanted.job, "flat", plan(wanted), ahead))


def advice(wanted: Request, *sentences: str) -> Received:
    notes = tuple(messages.Note("mask.small", sentence) for sentence in sentences)
    return Received(messages.Advice(wanted.job, notes))


def progress(wanted: Request, index: int, step: int, steps: int) -> Received:
    return Received(messages.Progress(wanted.job, index, step, steps))


def preview(wanted: Request, index: int, jpeg: bytes) -> Received:
    return Received(messages.Preview(wanted.job, index, jpeg))


def pass_done(
    wanted: Request, index: int, area: Rect = CROP, sample: str = "", profile: str = SRGB
) -> Received:
    """Pass `index` in a flat colour of its own, its mask 100 + index everywhere."""
    sample = sample or {"U8": "u8", "U16": "u16"}[wanted.reading.colour.depth]
    shape, count = (area.height, area.width), area.width * area.height
    pixel = bytes([index] * (8 if sample == "u16" else 4))
    result = make_blob(2 * index, pixel * count, shape, "BGRA", sample, profile)
    mask = make_blob(2 * index + 1, bytes([100 + index]) * count, shape, "G", encoding=ZLIB)
    planned = plan(wanted)[index - 1]
    done = messages.PassDone(wanted.job, planned, area, result.info, mask.info, 0.5, FIGURES)
    blobs: tuple[Blob, ...] = (result, mask)
    return Received(done, blobs)


def job_done(wanted: Request) -> Received:
    return Received(messages.JobDone(wanted.job, 2, 1.0))


def failed(wanted: Request, code: str, got: str = "a fault") -> Received:
    return Received(messages.Failed(wanted.job, code, got, "no fault", "Try again."))


def finished_job(depth: str = "U8", seed: int = 7, prompt: str = "") -> Job:
    """A job that has both of its passes."""
    wanted = request(depth, seed, prompt)
    job = Job(wanted)
    for received in (
        accepted(wanted),
        advice(wanted, "The selection is tiny."),
        pass_done(wanted, 1),
        pass_done(wanted, 2),
        job_done(wanted),
    ):
        job = hear(job, received.message, received.blobs)
    return job
