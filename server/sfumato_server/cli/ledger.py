"""The jobs that were handed in from this computer and are not yet written: a small file each, with
what is needed to write them after all."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sfumato_protocol import codec, endpoint, plain_json
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import Submit

from ..client import new_file, pixels
from ..client.result import Inpainted
from .outputs import Outputs
from .pictures import Picture

LARGEST = 64 * 1024 * 1024
_SHORTEST = 4


class BadEntry(ValueError):
    """A job that cannot be written any more, or none; the text says why and what to do."""


@dataclass(frozen=True)
class Entry:
    """One job. url: its server's address. image: the picture's file. digest: of the part that was
    sent. selection: that part of it, packed. handed_in: seconds since 1970."""

    submit: Submit
    url: str
    image: Path
    digest: str
    selection: bytes
    outputs: Outputs
    handed_in: float

    @classmethod
    def of(cls, job: Inpainted, url: str, image: Path, outputs: Outputs) -> Entry:
        """Of a job that is about to be handed in."""
        mask = pixels.mask_blob(job.submit.selection.id, pixels.cut(job.selection, job.submit.crop))
        return cls(
            job.submit, url, image.absolute(), _digest(job.image, job.submit), bytes(mask.data),
            outputs, time.time(),
        )  # fmt: skip

    @property
    def id(self) -> str:
        return self.submit.job

    def job(self, picture: Picture) -> Inpainted:
        """The job over its picture. Raises `BadEntry` where that is not the one it was made of."""
        crop, image = self.submit.crop, picture.pixels
        if _digest(image, self.submit) != self.digest:
            raise BadEntry(
                f"{self.image} is not as it was when the job was handed in. Its passes are kept: "
                "name a file that is with --image."
            )
        selection = np.zeros(image.shape[:2], np.uint8)
        part = pixels.array(Blob(self.submit.selection, self.selection))
        selection[crop.y : crop.bottom, crop.x : crop.right] = part
        return Inpainted(self.submit, "", image, selection, colour=picture.colour)


def folder() -> Path:
    """Where the entries lie."""
    return endpoint.home() / "handed-in"


def keep(entry: Entry) -> None:
    """Write an entry. Raises `OSError`."""
    place = _place(entry.id)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with new_file.beside(place, replace=True) as part:
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="ascii") as file:
            json.dump(_to_map(entry), file)


def drop(job: str) -> None:
    """Forget a job."""
    with contextlib.suppress(OSError):
        _place(job).unlink()


def entries() -> tuple[list[Entry], list[str]]:
    """All jobs, the first handed in first, and a sentence for each file that is none."""
    found, wrong = [], []
    with contextlib.suppress(OSError):
        for place in folder().glob("*.json"):
            try:
                found.append(_read(place))
            except BadEntry as error:
                wrong.append(str(error))
    return sorted(found, key=lambda entry: entry.handed_in), wrong


def named(start: str) -> Entry:
    """The job whose id begins so. Raises `BadEntry`."""
    found = [entry for entry in entries()[0] if entry.id.startswith(start.strip().lower())]
    if len(found) != 1 or len(start.strip()) < _SHORTEST:
        why = "no job" if not found else "too few digits to tell which job"
        raise BadEntry(f"{start[:40]} is {why} that waits to be fetched. See: sfumato jobs")
    return found[0]


@contextmanager
def followed(job: str) -> Iterator[bool]:
    """Within, others are told that this process waits for the job; False if another one does."""
    try:
        import fcntl

        lock = _place(job).with_suffix(".lock").open("w")
    except (ImportError, OSError):  # nowhere to tell it
        yield True
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
        with contextlib.suppress(OSError):
            _place(job).with_suffix(".lock").unlink()


def _place(job: str) -> Path:
    return folder() / f"{job}.json"


def _digest(image: pixels.Image, submit: Submit) -> str:
    part = pixels.cut(image, submit.crop)
    return hashlib.sha256(f"{part.shape} {part.dtype} ".encode() + part.tobytes()).hexdigest()


def _to_map(entry: Entry) -> dict[str, Any]:
    """File names may hold bytes that are no text; JSON carries them as Python does."""
    return {
        "submit": codec.to_map(entry.submit),
        "url": entry.url,
        "image": str(entry.image),
        "digest": entry.digest,
        "selection": base64.b64encode(entry.selection).decode(),
        "outputs": {
            "layers": str(entry.outputs.layers.absolute()),
            "png": entry.outputs.png,
            "sheet": entry.outputs.sheet,
        },
        "handed_in": entry.handed_in,
    }


def _read(place: Path) -> Entry:
    try:
        values = plain_json.parse(place.read_text(encoding="ascii"), LARGEST)
        outputs = values["outputs"]
        submit: Submit = codec.from_map(Submit, values["submit"], "submit")
        return Entry(
            submit, str(values["url"]), Path(values["image"]), str(values["digest"]),
            base64.b64decode(values["selection"]),
            Outputs(Path(outputs["layers"]), bool(outputs["png"]), bool(outputs["sheet"])),
            float(values["handed_in"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, ProtocolError) as error:
        raise BadEntry(f"{place} cannot be read ({str(error)[:200]}).") from error
