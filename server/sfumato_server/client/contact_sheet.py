"""One picture of a job: original with the selection's outline, masks, each pass, result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sfumato_protocol.geometry import Rect

from . import new_file
from .colour import Colour, for_screens
from .result import Inpainted, PassResult

Picture = NDArray[np.uint8]
Tint = tuple[int, int, int]

TILE = 420
_GAP = 18
_CAPTION = 52
_HEADER = 64
_BACKGROUND = (30, 30, 32)
_BRIGHT = (236, 236, 238)
_QUIET = (150, 150, 156)
_SHOWN = ("seam", "grain", "identity")
_TINTS = ((255, 176, 59), (64, 200, 196), (176, 130, 255), (240, 110, 140), (140, 210, 90))


@dataclass(frozen=True)
class Tile:
    """One picture of the sheet, (h, w, 3) uint8, with a title and a quieter line below it.

    tint: of the pass in the masks' tile, shown beside the title.
    """

    picture: Picture
    title: str
    note: str
    tint: Tint | None = None


def draw(job: Inpainted) -> Image.Image:
    """The sheet: tiles show the context crop, in two rows."""
    tiles = list(_tiles(job))
    columns = (len(tiles) + 1) // 2
    rows = -(-len(tiles) // columns)
    height, width = tiles[0].picture.shape[:2]
    sheet = Image.new(
        "RGB",
        (_GAP + columns * (width + _GAP), _HEADER + rows * (height + _CAPTION) + _GAP),
        _BACKGROUND,
    )
    pen = ImageDraw.Draw(sheet)
    _header(pen, job)
    for place, tile in enumerate(tiles):
        row, column = divmod(place, columns)
        x = _GAP + column * (width + _GAP)
        y = _HEADER + row * (height + _CAPTION)
        sheet.paste(Image.fromarray(tile.picture), (x, y))
        indent = 0 if tile.tint is None else 18
        if tile.tint is not None:
            pen.rectangle((x, y + height + 9, x + 10, y + height + 19), tile.tint)
        pen.text((x + indent, y + height + 5), tile.title, _BRIGHT, _font(16))
        pen.text((x, y + height + 25), tile.note, _QUIET, _font(13))
    return sheet


def write(path: Path, job: Inpainted) -> None:
    """Draw the sheet of `job` and save it as PNG, replacing a file that is there."""
    with new_file.beside(path, replace=True) as unfinished:
        fill(unfinished, job)


def fill(path: Path, job: Inpainted) -> None:
    """Save it to `path` itself."""
    draw(job).save(path, "PNG", optimize=True)


def _tiles(job: Inpainted) -> Iterator[Tile]:
    crop = job.submit.crop
    where = f"context crop {crop.width} x {crop.height} px at {crop.x}, {crop.y}"
    yield Tile(_outlined(job), "Original and selection", where)
    yield Tile(_masks(job), "Masks", "where each pass may paint, one tint each")
    pictures = [_shown(stage, crop, job.colour) for stage in job.stages()]
    for done, picture in zip(job.passes, pictures, strict=True):
        planned = done.planned
        title = f"Pass {planned.index} · {planned.extent.zone} · strength {planned.strength:.2f}"
        note = ", ".join([f"seed {planned.seed}", f"{done.seconds:.1f} s", *_figures(done)])
        yield Tile(picture, title, note, _tint(done))
    changed = np.count_nonzero(np.any(job.flattened != job.image, axis=2))
    note = f"{changed} px changed, the rest is byte for byte the original"
    yield Tile(_shown(job.flattened, crop, job.colour), "Result", note)


def _figures(done: PassResult) -> Iterator[str]:
    """Each with its word, or its value where the server has no word for it."""
    for name in _SHOWN:
        if name in done.figures:
            yield f"{name} {done.words.get(name) or format(done.figures[name], '.2f')}"


def _header(pen: ImageDraw.ImageDraw, job: Inpainted) -> None:
    pen.text((_GAP, 14), f"Sfumato · {job.submit.recipe}", _BRIGHT, _font(22))
    said = f", prompt: {job.submit.prompt}" if job.submit.prompt else ""
    line = f"engine {job.engine}, seed {job.submit.seed}, {job.seconds:.1f} s{said}"
    pen.text((_GAP, 41), line, _QUIET, _font(13))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _shown(picture: NDArray[Any], crop: Rect, colour: Colour) -> Picture:
    """The crop of an 8- or 16-bit picture at tile size, without alpha."""
    part = picture[crop.y : crop.bottom, crop.x : crop.right, :3]
    return _at_tile_size(for_screens(part, colour))


def _at_tile_size(part: Picture) -> Picture:
    """Scaled so that the longer side is `TILE` px."""
    height, width = part.shape[:2]
    factor = TILE / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, size, interpolation=how), np.uint8)


def _outlined(job: Inpainted) -> Picture:
    crop = job.submit.crop
    picture = _shown(job.image, crop, job.colour)
    coverage = _at_tile_size(_cut(job.selection, crop))
    selected = (coverage >= 128).astype(np.uint8)
    contours, _ = cv2.findContours(selected, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, (20, 20, 20), 4, cv2.LINE_AA)
    cv2.drawContours(picture, contours, -1, (255, 255, 255), 2, cv2.LINE_AA)
    return picture


def _masks(job: Inpainted) -> Picture:
    """Every pass's A as a tint over the darkened grey crop, the largest lowest."""
    crop = job.submit.crop
    grey = _shown(job.image, crop, job.colour).mean(axis=2, keepdims=True) * 0.35 + 12
    tinted = np.repeat(grey, 3, axis=2)
    for done in sorted(job.passes, key=lambda one: one.mask.sum(), reverse=True):
        tint = np.array(_tint(done), np.float64)
        alpha = _at_tile_size(_whole_mask(done, crop))[..., None] / 255.0 * 0.6
        tinted = alpha * tint + (1 - alpha) * tinted
    rounded: Picture = np.clip(np.rint(tinted), 0, 255).astype(np.uint8)
    return rounded


def _tint(done: PassResult) -> Tint:
    return _TINTS[(done.planned.index - 1) % len(_TINTS)]


def _whole_mask(done: PassResult, crop: Rect) -> Picture:
    """A of a pass, (crop height, crop width)."""
    mask: Picture = np.zeros((crop.height, crop.width), np.uint8)
    area = done.area.moved(-crop.x, -crop.y)
    mask[area.y : area.bottom, area.x : area.right] = done.mask
    return mask


def _cut(mask: Picture, crop: Rect) -> Picture:
    part: Picture = mask[crop.y : crop.bottom, crop.x : crop.right]
    return part
