"""Writes a job as a layered OpenRaster file, https://www.openraster.org/: what Krita, GIMP and
MyPaint open. The original lies at the bottom, a group holds one layer for each pass, its mask as
the layer's alpha. The job's record lies in `annotations`, as in Krita's own files.

Over a picture with transparency the layers are `svg:src-atop`, which keeps its alpha, and lie in no
group: a reader that composes groups by themselves would lay them atop of nothing."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray

from . import new_file, record
from .colour import Colour, for_screens
from .png import encode, with_alpha
from .result import Inpainted, PassResult, keeps_alpha

MIMETYPE = "image/openraster"
_THUMBNAIL_SIDE = 256


def write(path: Path, job: Inpainted) -> None:
    """Write `job` to `path`, replacing a file that is there once the new one is whole."""
    with new_file.beside(path, replace=True) as unfinished:
        fill(unfinished, job)


def fill(path: Path, job: Inpainted) -> None:
    """Write `job` to `path` itself."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _fill(archive, job)


def _fill(archive: zipfile.ZipFile, job: Inpainted) -> None:
    # Readers know the format by these bytes: first entry, not compressed.
    archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
    archive.writestr("stack.xml", _stack(job))
    archive.writestr(f"annotations/{record.name(job)}", record.written(job))
    _store(archive, "data/original.png", job.image, job.colour)
    layers = replace(job.colour, exif=b"", dpi=None)
    for done in job.passes:
        _store(archive, _file(done), with_alpha(done.pixels, done.mask), layers)
    flattened = job.flattened
    _store(archive, "mergedimage.png", flattened, job.colour)
    small = _thumbnail(for_screens(flattened, job.colour))
    _store(archive, "Thumbnails/thumbnail.png", small, Colour())


def _stack(job: Inpainted) -> bytes:
    """stack.xml: the top layer first."""
    height, width = job.image.shape[:2]
    image = ElementTree.Element("image", version="0.0.5", w=str(width), h=str(height))
    if job.colour.dpi is not None:
        across, down = (str(round(value)) for value in job.colour.dpi)
        image.attrib.update(xres=across, yres=down)
    root = ElementTree.SubElement(image, "stack")
    atop = any(keeps_alpha(job.image, done) for done in job.passes)
    group = root if atop else _group(root, job)
    for done in reversed(job.passes):
        ElementTree.SubElement(group, "layer", _layer(done, "src-atop" if atop else "src-over"))
    original = _shown("Original") | {"src": "data/original.png", "x": "0", "y": "0"}
    ElementTree.SubElement(root, "layer", original)
    xml: bytes = ElementTree.tostring(image, encoding="UTF-8", xml_declaration=True)
    return xml


def _group(root: ElementTree.Element, job: Inpainted) -> ElementTree.Element:
    # Krita from 5.3 on takes a group that says nothing for an isolated one, which is 1/255 off.
    shown = _shown(f"Sfumato · {job.submit.recipe} · seed {job.submit.seed}")
    return ElementTree.SubElement(root, "stack", shown | {"isolation": "auto"})


def _layer(done: PassResult, laid: str) -> dict[str, str]:
    place = {"x": str(done.area.x), "y": str(done.area.y)}
    return _shown(done.title, laid) | {"src": _file(done)} | place


def _shown(name: str, laid: str = "src-over") -> dict[str, str]:
    return {"name": name, "opacity": "1.0", "visibility": "visible", "composite-op": f"svg:{laid}"}


def _file(done: PassResult) -> str:
    return f"data/pass-{done.planned.index}.png"


def _store(archive: zipfile.ZipFile, name: str, image: NDArray[Any], colour: Colour) -> None:
    # PNG is packed already.
    archive.writestr(name, encode(image, colour), zipfile.ZIP_STORED)


def _thumbnail(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """At most 256 px a side, 8 bits, as the format asks."""
    height, width = image.shape[:2]
    factor = min(1.0, _THUMBNAIL_SIDE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
