"""A job followed to its end, over another connection where one is lost."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sfumato_protocol import errors, messages, offers
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.peer import Received

from . import pixels
from .connection import Connection, failure
from .errors import ClientError, JobFailed, ServerUnreachable
from .hearing import heard
from .result import Inpainted, Repeat

Event = (
    messages.Accepted | messages.Advice | messages.Progress | messages.Preview | messages.PassDone
)
OnEvent = Callable[[Event], None]

PATIENCE = 60.0  # s in which a server that went away may come back
_LONGEST_PAUSE = 5.0
_CANCEL_SECONDS = 1.0
_MOST_LOSSES = 3  # of the connection, one after another, without any news of the job


@dataclass(frozen=True)
class Look:
    """How a job stands: passes that were planned and are there, jobs before it in the queue."""

    planned: int = 0
    passes: int = 0
    ahead: int = 0
    running: bool = False
    done: bool = False


class Conversation:
    """With one server. connection: the one that is open now. job: what is known of the one that
    was followed last."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self.connection = Connection(url, token)
        self.job: Inpainted | None = None
        self._news = 0

    def follow(self, job: Inpainted, on_event: OnEvent, known: bool) -> Inpainted:
        """Ask for a job, of which the server knows or not, and wait for its end. Raises as
        `Client.run` does."""
        self.job, losses = job, 0
        while True:
            before = self._news
            try:
                self._ask(job, known)
                return self._listen(on_event)
            except ServerUnreachable as lost:
                losses = losses + 1 if self._news == before else 1
                if not lost.again or losses > _MOST_LOSSES:
                    raise
                self._redial()
                known = True
            except JobFailed as failed:
                if not known or failed.code != errors.UNKNOWN_JOB:
                    raise
                if self.job.plan and len(self.job.passes) == len(self.job.plan):
                    return self.job  # all is here, and the server has forgotten that it was
                known = False

    def acknowledge(self, job: Inpainted, keep: bool) -> None:
        """Say that every pass of `job` is safe. Raises `ServerUnreachable`."""
        keep = keep and self.connection.welcome.understands(offers.AGAIN)
        words = [messages.Ack(job.submit.job, done.planned.index, keep) for done in job.passes]
        self._say_surely(job.submit.job, words)

    def cancel(self, job_id: str) -> None:
        """Stop a job, and wait a little for the answer. Raises `ServerUnreachable`.

        Of one that had ended by then the server would keep the passes: they are acknowledged.
        """
        self._say_surely(job_id, [messages.Cancel(job_id)])
        deadline, kept = time.monotonic() + _CANCEL_SECONDS, []
        while (left := deadline - time.monotonic()) > 0:
            received = self.connection.receive_within(left)
            message = received.message if received is not None else None
            if isinstance(message, messages.PassDone) and message.job == job_id:
                kept.append(messages.Ack(job_id, message.planned.index))
            if isinstance(message, messages.JobDone):
                self._say_surely(job_id, kept)
            if isinstance(message, (messages.Failed, messages.JobDone)):
                return

    def look(self, job_id: str, silence: float) -> Look:
        """How a job stands that was handed in before: what is told until the end of it, or until
        `silence` s without a word. Raises `ServerUnreachable`; `JobFailed` if it has failed."""
        seen = Look()
        for received in self._told(job_id, silence):
            message = received.message
            if isinstance(message, messages.Accepted):
                seen = replace(seen, planned=len(message.plan), ahead=message.ahead)
            seen = replace(
                seen,
                passes=seen.passes + isinstance(message, messages.PassDone),
                running=seen.running or isinstance(message, messages.Progress),
                done=isinstance(message, messages.JobDone),
            )
        return seen

    def gather(self, job: Inpainted, silence: float) -> Inpainted:
        """What there is of a job by now, over a new connection: on the old one a pass may have been
        cut off half read. What cannot be had is left."""
        self.job = job = self.job or job
        with contextlib.suppress(ClientError, ProtocolError):
            self.connection.close()
            self.connection = Connection(self._url, self._token)
            for received in self._told(job.submit.job, silence):
                self.job = job = heard(job, received)
        return job

    def _told(self, job_id: str, silence: float) -> Iterator[Received]:
        """What is said of a job that was handed in before: all that there is, then its end, or
        what comes within `silence` s after a sign that it runs, or after the last word."""
        self.connection.say(messages.Resume(job_id))
        deadline = None
        while True:
            left = silence if deadline is None else deadline - time.monotonic()
            received = self.connection.receive_within(max(left, 0.0))
            if received is None:
                return
            message = received.message
            if isinstance(message, messages.Failed) and message.job in ("", job_id):
                raise failure(message)
            if getattr(message, "job", "") != job_id:
                continue
            yield received
            if isinstance(message, messages.JobDone):
                return
            if isinstance(message, messages.Progress) and deadline is None:
                deadline = time.monotonic() + silence

    def _say_surely(self, job_id: str, words: list[messages.Ack] | list[messages.Cancel]) -> None:
        try:
            for word in words:
                self.connection.say(word)
        except (ServerUnreachable, ProtocolError):
            self._redial()
            self.connection.say(messages.Resume(job_id))
            for word in words:
                self.connection.say(word)

    def _ask(self, job: Inpainted, known: bool) -> None:
        """Ask for a job. None of its passes is said to be here: that might acknowledge them."""
        submit = job.submit
        if known:
            self.connection.say(messages.Resume(submit.job))
            return
        new = self.connection.next_blob_id
        if job.repeat is not None:
            earlier = tuple(pixels.mask_blob(new(), mask) for mask in job.repeat.earlier)
            self.connection.say(_again(submit, job.repeat, earlier), earlier)
            return
        picture = pixels.cut(job.image, submit.crop)
        blobs = (
            pixels.image_blob(new(), picture, submit.image.profile),
            pixels.mask_blob(new(), pixels.cut(job.selection, submit.crop)),
        )
        self.connection.say(replace(submit, image=blobs[0].info, selection=blobs[1].info), blobs)

    def _listen(self, on_event: OnEvent) -> Inpainted:
        """Hear of `self.job` until it ends."""
        assert self.job is not None
        while True:
            received = self.connection.receive()
            message = received.message
            if isinstance(message, messages.Failed) and message.job in ("", self.job.submit.job):
                raise failure(message)
            if getattr(message, "job", "") != self.job.submit.job:
                continue
            self.job = heard(self.job, received)
            self._news += isinstance(message, (messages.Progress, messages.PassDone))
            if isinstance(message, messages.JobDone):
                return self.job
            if isinstance(message, Event):
                on_event(message)

    def _redial(self) -> None:
        """Another connection, tried for `PATIENCE` s. Raises `ServerUnreachable`."""
        self.connection.close()
        deadline, pause = time.monotonic() + PATIENCE, 0.05
        while True:
            try:
                self.connection = Connection(self._url, self._token)
                return
            except ServerUnreachable as error:
                if not error.again or time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _again(submit: messages.Submit, repeat: Repeat, earlier: tuple[Blob, ...]) -> messages.Again:
    return messages.Again(
        job=submit.job,
        base=repeat.base,
        first=repeat.first,
        engine=submit.engine,
        prompt=submit.prompt,
        negative_prompt=submit.negative_prompt,
        seed=submit.seed,
        masks=submit.masks,
        passes=submit.passes,
        earlier=tuple(blob.info for blob in earlier),
    )
