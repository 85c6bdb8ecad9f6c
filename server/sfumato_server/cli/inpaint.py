"""`sfumato inpaint`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sfumato_protocol import endpoint
from sfumato_protocol.errors import ProtocolError

from ..client.client import Client
from ..client.errors import ClientError
from ..client.planning import Planned
from ..client.result import Inpainted
from . import ledger, pictures, selections, tokens
from .delivering import MISTAKE, deliver
from .outputs import BadOutput, Outputs
from .saying import say

_SHORT = "It takes a moment, or the server has not run the like yet."
_MISTAKES = (
    BadOutput,
    pictures.UnreadablePicture,
    selections.BadSelection,
    tokens.BadToken,
    ClientError,
    ProtocolError,
)


def run(image: Path, selection: str, out: Path | None, choices: Mapping[str, Any]) -> int:
    """Inpaint on a running server and write the files; the exit status.

    out: None for a new file beside the image. choices: the command's other options by name.
    """
    kinds = {"png": choices["png"], "sheet": choices["sheet"]}
    try:
        outputs = Outputs.beside(image, **kinds)
        if out is not None:
            outputs = Outputs(out, **kinds, overwrite=choices["overwrite"])
        outputs.check(("picture", image), ("selection", Path(selection)))
        picture = pictures.load(image)
        mask = selections.parse(selection, picture.pixels.shape[1], picture.pixels.shape[0])
        for note in picture.notes:
            say(note, error=True)
        url, token = choices["url"], tokens.given(choices["token"], choices["token_file"])
        with Client.connect(url, token) as client:
            job = client.prepare(
                picture.pixels,
                mask,
                recipe=choices["recipe"],
                prompt=choices["prompt"],
                negative_prompt=choices["negative_prompt"],
                seed=choices["seed"],
                engine=choices["engine"],
                colour=picture.colour,
            )
            if choices["dry_run"]:
                return _tell(client.plan(job, longest=1))
            return _hand_in(client, job, image, outputs, url or endpoint.url())
    except _MISTAKES as error:
        say(f"sfumato inpaint: {error}", error=True)
        return MISTAKE


def _tell(planned: Planned) -> int:
    """Say what would be done; the exit status."""
    for one in planned.plan:
        extent = one.extent
        mask = f"feather {extent.feather:.0f}, grow {extent.grow:.0f}"
        if extent.width:
            mask += f", width {extent.width:.0f}"
        say(f"{one.title}: {mask} px{' at most' if extent.fit else ''}")
    for note in planned.notes:
        say(f"Advice: {note.sentence}")
    say(f"It takes about {planned.seconds:.0f} s." if planned.seconds >= 1 else _SHORT)
    return 0


def _hand_in(client: Client, job: Inpainted, image: Path, outputs: Outputs, url: str) -> int:
    """Remember a job, hand it in and write its files; the exit status."""
    try:
        ledger.keep(ledger.Entry.of(job, url, image, outputs))
        say(f"Job {job.submit.job}; if this is cut off: sfumato fetch {job.submit.job}")
    except OSError as error:
        say(f"Job {job.submit.job}, which cannot be fetched later ({error}).", error=True)
    with ledger.followed(job.submit.job):
        return deliver(client, client.run, job, outputs)
