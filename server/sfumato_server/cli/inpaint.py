"""`sfumato inpaint`."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.specs import LOOK_HERE

from ..client import contact_sheet, openraster, png
from ..client.client import Client
from ..client.errors import ClientError
from ..client.result import Inpainted
from . import pictures, selections
from .progress import PassBars


class BadOutput(ValueError):
    """Files that cannot or must not be written; the text says which, why and what to do."""


_MISTAKES = (
    BadOutput,
    pictures.UnreadablePicture,
    selections.BadSelection,
    ClientError,
    ProtocolError,
)


def run(image: Path, selection: str, out: Path | None, choices: Mapping[str, Any]) -> int:
    """Inpaint on a running server and write the files; the exit status.

    out: None for a new file beside the image. choices: the command's other options by name.
    """
    out = out or _new_beside(image, choices)
    try:
        _check_outputs(_outputs(out, choices), image, Path(selection))
        picture = pictures.read(image)
        mask = selections.parse(selection, picture.shape[1], picture.shape[0])
        with Client.connect(choices["url"], choices["token"]) as client, PassBars() as bars:
            job = client.inpaint(
                picture,
                mask,
                recipe=choices["recipe"],
                prompt=choices["prompt"],
                negative_prompt=choices["negative_prompt"],
                seed=choices["seed"],
                engine=choices["engine"],
                on_event=bars.hear,
            )
        written = _write(job, out, choices)
    except _MISTAKES as error:
        click.echo(f"sfumato inpaint: {error}", err=True)
        return 1
    for done in job.passes:
        for name, word in done.words.items():
            if word == LOOK_HERE:
                click.echo(f"Pass {done.planned.index}, {name}: {done.sentences.get(name, '')}")
    for file in written:
        click.echo(f"Wrote {file}")
    return 0


def _new_beside(image: Path, choices: Mapping[str, Any]) -> Path:
    """The first of NAME.ora, NAME-2.ora … of which no file is there yet."""
    for number in itertools.count(1):
        end = f"-{number}" if number > 1 else ""
        out = image.with_name(f"{image.stem}{end}.ora")
        if not any(file.exists() for file in _outputs(out, choices).values()):
            break
    return out


def _outputs(out: Path, choices: Mapping[str, Any]) -> dict[str, Path]:
    """The files that will be written, by kind."""
    files = {"layers": out}
    if choices["png"]:
        files["png"] = out.with_suffix(".png")
    if choices["sheet"]:
        files["sheet"] = out.with_suffix(".sheet.png")
    return files


def _check_outputs(files: Mapping[str, Path], image: Path, mask: Path) -> None:
    """Raise `BadOutput` before any work for what would fail after it, or cost the user a file."""
    out = files["layers"]
    if out.suffix.lower() != ".ora":
        raise BadOutput(
            f"got --out {out}; expected a name that ends in .ora, as the file is OpenRaster."
        )
    for file in files.values():
        for what, source in (("picture", image), ("selection", mask)):
            if _same(file, source):
                raise BadOutput(
                    f"{file} is the {what} itself and would be lost. Name another file with --out."
                )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise _unwritable(out.parent, error) from error


def _same(file: Path, source: Path) -> bool:
    try:
        return file.samefile(source)
    except OSError:  # one of them is not there, or no name of a file at all
        return False


def _write(job: Inpainted, out: Path, choices: Mapping[str, Any]) -> list[Path]:
    files = _outputs(out, choices)
    for kind, file in files.items():
        try:
            if kind == "layers":
                openraster.write(file, job)
            elif kind == "png":
                file.write_bytes(png.encode(job.flattened))
            else:
                contact_sheet.write(file, job)
        except OSError as error:
            raise _unwritable(file, error) from error
    return list(files.values())


def _unwritable(place: Path, error: OSError) -> BadOutput:
    return BadOutput(
        f"{place} cannot be written ({error.strerror or error}). Name another place with --out."
    )
