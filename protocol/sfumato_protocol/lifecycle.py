"""Who may say what when: two tables as data and the small machine that reads them.

`CONNECTION` is the socket's life, `JOB` the life of each job on it. Both sides run one `Lifecycle`
and tell it everything that is said.
"""

from typing import Dict, Tuple

from .errors import OUT_OF_ORDER, UNKNOWN_JOB, ProtocolError
from .messages import Message

CLIENT = "client"
SERVER = "server"

OPENED, GREETING, READY, CLOSED = "opened", "greeting", "ready", "closed"
NEW, ASKED, RUNNING, ENDED = "new", "asked", "running", "ended"

MOST_JOBS = 4096

Table = Dict[Tuple[str, str, str], str]

CONNECTION: Table = {
    (OPENED, CLIENT, "hello"): GREETING,
    (OPENED, SERVER, "failed"): CLOSED,
    (GREETING, SERVER, "welcome"): READY,
    (GREETING, SERVER, "failed"): CLOSED,
}
CONNECTION.update({
    (READY, CLIENT, kind): READY
    for kind in (
        "shape", "submit", "again", "cancel", "move", "ack", "resume", "save_recipe",
        "delete_recipe", "chunk",
    )
})  # fmt: skip
CONNECTION.update({
    (READY, SERVER, kind): READY
    for kind in (
        "offer", "shaped", "accepted", "waiting", "advice", "progress", "preview", "pass_done",
        "job_done", "failed", "chunk",
    )
})  # fmt: skip

JOB: Table = {
    (ASKED, SERVER, "accepted"): RUNNING,
    (ASKED, SERVER, "failed"): ENDED,
    (RUNNING, SERVER, "waiting"): RUNNING,
    (RUNNING, SERVER, "advice"): RUNNING,
    (RUNNING, SERVER, "progress"): RUNNING,
    (RUNNING, SERVER, "preview"): RUNNING,
    (RUNNING, SERVER, "pass_done"): RUNNING,
    (RUNNING, SERVER, "job_done"): ENDED,
    (RUNNING, SERVER, "failed"): ENDED,
}
# What was on its way when a client asked again for a running job is no fault of the server's.
JOB.update({
    (ASKED, SERVER, kind): ASKED
    for kind in ("waiting", "advice", "progress", "preview", "pass_done")
})  # fmt: skip
# A client may ask again for a job at any time; cancel, move and ack may cross its end on the way.
JOB.update(
    {
        (state, CLIENT, kind): ASKED
        for state in (NEW, ASKED, RUNNING, ENDED)
        for kind in ("submit", "again", "resume")
    }
)
JOB.update(
    {
        (state, CLIENT, kind): state
        for state in (ASKED, RUNNING, ENDED)
        for kind in ("cancel", "move", "ack")
    }
)
# What came over an earlier connection may be acknowledged over this one.
JOB[(NEW, CLIENT, "ack")] = NEW


class Lifecycle:
    """The state of one connection and of the jobs spoken of on it."""

    def __init__(self) -> None:
        self.connection = OPENED
        self._jobs: Dict[str, str] = {}

    def job(self, job_id: str) -> str:
        """The state of a job on this connection."""
        return self._jobs.get(job_id, NEW)

    def said(self, sender: str, message: Message) -> None:
        """Take note of a message.

        Raises `ProtocolError`, changing nothing, if it may not come now.
        """
        key = (self.connection, sender, message.type)
        if key not in CONNECTION:
            allowed = sorted(kind for state, who, kind in CONNECTION if (state, who) == key[:2])
            got = "{} from the {} on a connection that is {}".format(message.type, sender, key[0])
            raise ProtocolError(OUT_OF_ORDER, got, ", ".join(allowed) or "nothing more")
        job_id = getattr(message, "job", "")
        if job_id:
            self._advance_job(job_id, sender, message.type)
        self.connection = CONNECTION[key]

    def _advance_job(self, job_id: str, sender: str, kind: str) -> None:
        state = self.job(job_id)
        if (state, sender, kind) not in JOB:
            if state == NEW:
                expected, remedy = "a job of this connection", "Submit or resume it first."
                raise ProtocolError(
                    UNKNOWN_JOB, "{} of an unknown job".format(kind), expected, remedy, job_id
                )
            allowed = sorted(word for at, who, word in JOB if (at, who) == (state, sender))
            got = "{} from the {} for a job that is {}".format(kind, sender, state)
            raise ProtocolError(OUT_OF_ORDER, got, ", ".join(allowed) or "nothing more", job=job_id)
        self._remember(job_id, JOB[(state, sender, kind)])

    def _remember(self, job_id: str, state: str) -> None:
        """Keep a job's state; of too many jobs the one forgotten is the first that has ended."""
        if state != NEW:
            self._jobs[job_id] = state
        if len(self._jobs) > MOST_JOBS:
            ended = next((job for job, held in self._jobs.items() if held == ENDED), None)
            self._jobs.pop(ended or "", None)
