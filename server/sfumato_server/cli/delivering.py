"""A job brought from its server into its files, whatever ends it; what a command exits with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sfumato_protocol.errors import MOVED, ProtocolError
from sfumato_protocol.specs import LOOK_HERE

from ..client.client import Client, OnEvent
from ..client.errors import ClientError, JobFailed, ServerUnreachable
from ..client.result import Inpainted
from . import ledger
from .outputs import BadOutput, Outputs
from .progress import PassBars
from .saying import say
from .stopping import Stopped, stoppable

DONE, MISTAKE, IN_PART, LOST = 0, 1, 3, 4


Follow = Callable[[Inpainted, OnEvent], Inpainted]


def deliver(client: Client, follow: Follow, job: Inpainted, outputs: Outputs) -> int:
    """Follow a job that is in the ledger and write its files; the exit status. The server is told
    to forget the passes only once they are written."""
    with stoppable() as write_in_peace:
        try:
            with PassBars() as bars:
                done = follow(job, bars.hear)
                write_in_peace()
            return _finished(client, done, outputs)
        except Stopped as stopped:
            return _stopped(client, client.job or job, outputs, stopped)
        except ServerUnreachable as lost:
            return _lost(client.job or job, outputs, lost)
        except (ClientError, ProtocolError) as failed:
            return _failed(client, client.job or job, outputs, failed)


def _finished(client: Client, job: Inpainted, outputs: Outputs) -> int:
    if not _written(job, outputs):
        return MISTAKE
    _settle(client, job)
    for done in job.passes:
        for name, word in done.words.items():
            if word == LOOK_HERE:
                say(f"Pass {done.planned.index}, {name}: {done.sentences.get(name, '')}")
    return DONE


def _stopped(client: Client, job: Inpainted, outputs: Outputs, stopped: Stopped) -> int:
    job = replace(client.gather(job), ended=f"stopped ({stopped})")
    if job.passes and not _written(job, outputs):
        return stopped.status
    try:
        client.acknowledge(job)
        client.cancel(job.submit.job)
        client.close()
        ledger.drop(job.submit.job)
        became = "The job is cancelled"
    except (ClientError, ProtocolError) as error:
        became = f"The job could not be cancelled ({error}) and goes on"
    say(f"Stopped. {became}; {_share(job)}.", error=True)
    return stopped.status


def _lost(job: Inpainted, outputs: Outputs, lost: ServerUnreachable) -> int:
    if job.passes:
        _written(replace(job, ended=str(lost)), outputs)
    say(
        f"{lost} The job is not lost, {_share(job)}: once the server is back, give "
        f"sfumato fetch {job.submit.job}", error=True,
    )  # fmt: skip
    return LOST


def _failed(client: Client, job: Inpainted, outputs: Outputs, failed: Exception) -> int:
    say(f"sfumato: {failed}", error=True)
    said_by_server = isinstance(failed, JobFailed)
    if said_by_server and getattr(failed, "code", "") == MOVED:
        return LOST  # whoever has it now writes it
    if not job.passes:
        if said_by_server:
            ledger.drop(job.submit.job)
        return MISTAKE
    if _written(replace(job, ended=str(failed)), outputs):
        say(f"The job ended early; {_share(job)}.", error=True)
        if said_by_server:
            _settle(client, job)
    return IN_PART


def _written(job: Inpainted, outputs: Outputs) -> bool:
    try:
        files = outputs.write(job)
    except BadOutput as error:
        say(f"sfumato: {error}", error=True)
        say(
            f"The passes stay with the server. To write them elsewhere: "
            f"sfumato fetch {job.submit.job} --out FILE.ora", error=True,
        )  # fmt: skip
        return False
    for file in files:
        say(f"Wrote {file}")
    return True


def _settle(client: Client, job: Inpainted) -> None:
    """All is written: the server and the ledger may forget it. What the server does not hear it
    forgets by itself some day."""
    try:
        client.acknowledge(job)
    except (ClientError, ProtocolError) as error:
        say(f"The server could not be told that all is written: {error}", error=True)
    ledger.drop(job.submit.job)


def _share(job: Inpainted) -> str:
    if not job.passes:
        return "no pass was finished, nothing was written"
    planned = f" of {len(job.plan)}" if job.plan else ""
    return f"{len(job.passes)}{planned} passes are written"
