"""`sfumato jobs` and `sfumato fetch`: what was handed in from here and is not yet written."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from sfumato_protocol import endpoint
from sfumato_protocol.errors import UNKNOWN_JOB, ProtocolError

from ..client.client import Client, Look
from ..client.errors import ClientError, JobFailed
from . import ledger, pictures, tokens
from .delivering import DONE, MISTAKE, deliver
from .outputs import BadOutput, Outputs
from .saying import say

_SILENCE = 0.3  # s without a word of a job, after which it is taken to wait or to run


def show(url: str | None, token: str | None, token_file: Path | None) -> int:
    """List the jobs and how they stand, as their servers say; the exit status."""
    try:
        given = tokens.given(token, token_file)
    except tokens.BadToken as error:
        say(f"sfumato jobs: {error}", error=True)
        return MISTAKE
    found, wrong = ledger.entries()
    found = [entry for entry in found if url in (None, entry.url)]
    elsewhere = {entry.url for entry in found if not endpoint.is_here(entry.url)}
    for entry in found:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.handed_in))
        say(f"{entry.id}  {when}  {entry.submit.recipe}  {entry.image}")
        shown = None if len(elsewhere) > 1 and not endpoint.is_here(entry.url) else given
        say(f"    {_state(entry, shown)}")
    for sentence in wrong:
        say(sentence, error=True)
    if not found:
        say("No job waits to be fetched.", error=True)
    return DONE


def forget(start: str, token: str | None, token_file: Path | None) -> int:
    """Cancel a job of the ledger, where its server can be reached, and forget it; the status."""
    try:
        entry = ledger.named(start)
        with ledger.followed(entry.id) as free:
            if not free:
                raise BadOutput(f"Another command waits for {entry.id}: stop that.")
            try:
                with Client.connect(entry.url, tokens.given(token, token_file)) as client:
                    client.cancel(entry.id)
            except (ClientError, ProtocolError) as error:
                say(f"It could not be cancelled: {error}", error=True)
            ledger.drop(entry.id)
    except (ledger.BadEntry, BadOutput, tokens.BadToken) as error:
        say(f"sfumato jobs: {error}", error=True)
        return MISTAKE
    say(f"Forgotten: {entry.id}")
    return DONE


def fetch(
    start: str, image: Path | None, out: Path | None, overwrite: bool, url: str | None,
    token: str | None, token_file: Path | None,
) -> int:  # fmt: skip
    """Bring a job of the ledger and write its files; the exit status."""
    try:
        entry = ledger.named(start)
        source = image or entry.image
        outputs = _outputs(entry, out, overwrite)
        outputs.check(("picture", source))
        if not source.is_file():
            raise ledger.BadEntry(
                f"{source} is not there any more, or no file that can be read twice. Its passes "
                "are kept: name a copy of it with --image."
            )
        job = entry.job(pictures.load(source))
        with (
            ledger.followed(entry.id) as free,
            Client.connect(url or entry.url, tokens.given(token, token_file)) as client,
        ):
            if not free:
                raise BadOutput(f"Another command waits for {entry.id} and will write it.")
            return deliver(
                client, client.resume, replace(job, server=client.welcome.server), outputs
            )
    except (ledger.BadEntry, BadOutput, pictures.UnreadablePicture, tokens.BadToken, ClientError,
            ProtocolError) as error:  # fmt: skip
        say(f"sfumato fetch: {error}", error=True)
        return MISTAKE


def _outputs(entry: ledger.Entry, out: Path | None, overwrite: bool) -> Outputs:
    """The files that were asked for; under a free name where they are there by now."""
    wanted = replace(entry.outputs, layers=out or entry.outputs.layers, overwrite=overwrite)
    if out is None and not overwrite and any(file.exists() for file in wanted.files()):
        return Outputs.beside(wanted.layers, wanted.png, wanted.sheet)
    return wanted


def _state(entry: ledger.Entry, token: str | None) -> str:
    with ledger.followed(entry.id) as free:
        if not free:
            return "Another command waits for it."
        try:
            with Client.connect(entry.url, token) as client:
                return _told(client.look(entry.id, _SILENCE), entry.id)
        except JobFailed as error:
            if error.code == UNKNOWN_JOB:
                return f"Its server does not know it; hand it in again: sfumato fetch {entry.id}"
            return f"Failed: {error}"
        except (ClientError, ProtocolError) as error:
            return f"Not asked: {error}"


def _told(seen: Look, job: str) -> str:
    share = f"{seen.passes} of {seen.planned} passes"
    if seen.done:
        return f"Done: {share}. sfumato fetch {job}"
    if seen.ahead:
        return f"Waiting: {seen.ahead} before it."
    return f"Running: {share} so far. sfumato fetch {job} waits for it."
