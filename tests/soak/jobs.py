"""Small jobs, one after another: most run to the end, some are cancelled, some lose their line."""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import dataclass, field

from fakes.small_jobs import small_job
from faults.artist import Accident, Artist
from faults.recovery import see_through
from faults.server_process import ServerProcess
from server.conftest import RunningServer, Talk
from sfumato_protocol import errors
from sfumato_protocol.messages import Accepted, Ack, Cancel, Failed, JobDone, PassDone

CANCELLED, CUT = 0.1, 0.1  # shares of the jobs
LADDER = 0.2  # share with three passes rather than one
JOBS_A_LINE = 50  # after so many the line is hung up and a new one opened


@dataclass
class Soak:
    """What became of the jobs; `lost` names those that did not come through as they should."""

    server: ServerProcess
    chance: random.Random
    done: int = 0
    cancelled: int = 0
    reconnected: int = 0
    lost: list[str] = field(default_factory=list)
    _lines: ExitStack = field(default_factory=ExitStack)
    _talk: Talk | None = None

    def run(self, number: int) -> None:
        """One more job, to its end."""
        if number % JOBS_A_LINE == 0:
            self.hang_up()
        draw = self.chance.random()
        recipe, passes = ("face-swap-boundary", 3)
        if self.chance.random() > LADDER:
            recipe, passes = ("artefact-fix", 1)
        if draw < CUT:
            self._cut(recipe, passes)
        else:
            self._follow(recipe, passes, cancel=draw < CUT + CANCELLED)

    def hang_up(self) -> None:
        """End the present line, if there is one."""
        self._lines.close()
        self._talk = None

    def _line(self) -> Talk:
        if self._talk is None:
            server = RunningServer(self.server.url, self.server.home, self.server.kill)
            self._talk = self._lines.enter_context(server.talk())
        return self._talk

    def _follow(self, recipe: str, passes: int, cancel: bool) -> None:
        talk = self._line()
        submit, blobs = small_job(recipe)
        talk.say(submit, blobs)
        talk.hear_until(Accepted)
        if cancel:
            talk.say(Cancel(submit.job))
        end, before = talk.hear_until(JobDone, Failed)
        arrived = [one.message for one in before if isinstance(one.message, PassDone)]
        for one in arrived:
            talk.say(Ack(submit.job, one.planned.index))
        if isinstance(end.message, JobDone) and len(arrived) == passes:
            self.done += 1
        elif cancel and isinstance(end.message, Failed) and end.message.code == errors.CANCELLED:
            self.cancelled += 1
        else:
            self.lost.append(f"{submit.job}: {len(arrived)} passes, {end.message}")

    def _cut(self, recipe: str, passes: int) -> None:
        where = self.chance.randrange(1, 16)

        def cut(now: int) -> None:
            if now == where:
                raise Accident

        artist = Artist(*small_job(recipe), boundary=cut)
        self.reconnected += see_through(artist, self.server)
        if len(artist.passes) == passes and not artist.faults:
            self.done += 1
        else:
            self.lost.append(f"{artist.submit.job}: {artist.faults or artist.end}")
