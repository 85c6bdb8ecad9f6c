"""What a server has yet to hear of jobs that are over here: passes are safe, a job is not wanted.

A word that was sent may be lost with its connection, so a debt stays until the server has answered
behind it.
"""

from dataclasses import dataclass, replace
from typing import Dict, Iterable, Tuple

from sfumato_protocol import checks, errors
from sfumato_protocol.messages import MAX_PASSES, Ack, Cancel, Failed, JobDone, Message, Resume

from .address import same_server
from .request import LONGEST_ADDRESS

MOST = 100
DAYS = 7  # as long as servers keep what nobody fetches
_EVERY_PASS = tuple(range(1, MAX_PASSES + 1))
_NOTHING_LEFT = (errors.CANCELLED, errors.UNKNOWN_JOB)


@dataclass(frozen=True)
class Debt:
    """passes: to be acknowledged; none means that the job is to be cancelled.

    address: of the server, "" for whichever answers. since: seconds since 1970, 0 if unknown.
    keep: the server had better keep the passes for another try at the job, if it knows how.
    """

    job: str
    passes: Tuple[int, ...]
    address: str
    since: int
    keep: bool = False

    def __post_init__(self) -> None:
        checks.job_id("job", self.job)
        checks.flag("keep", self.keep)
        checks.count("passes", self.passes, MAX_PASSES)
        for index in self.passes:
            checks.whole("passes", index, 1, MAX_PASSES)
        checks.text("address", self.address, LONGEST_ADDRESS)
        checks.whole("since", self.since, 0, 2**53)

    def words(self, keeps: bool) -> Tuple[Message, ...]:
        """What to say. `Resume`, wanting no pass, has the server answer that it has heard it; and
        on a new connection it makes the job known, so that it can be cancelled. keeps: the server
        understands `Ack.keep`."""
        ask = Resume(self.job, _EVERY_PASS)
        if self.passes:
            keep = self.keep and keeps
            return (*(Ack(self.job, index, keep) for index in self.passes), ask)
        return (ask, Cancel(self.job))


class Debts:
    """All of them, one a job."""

    def __init__(self) -> None:
        self._held: Dict[str, Debt] = {}

    def all(self) -> Tuple[Debt, ...]:
        """The newest `MOST`, oldest first."""
        return tuple(self._held.values())

    def at(self, address: str) -> Tuple[Debt, ...]:
        """Those that the server at an address has to hear."""
        return tuple(
            debt
            for debt in self._held.values()
            if not debt.address or same_server(debt.address, address)
        )

    def add(self, debts: Iterable[Debt]) -> None:
        """Take debts on. A job that is to be cancelled needs no acknowledgements."""
        for debt in debts:
            held = self._held.get(debt.job)
            if held is None or held.passes:
                self._held[debt.job] = debt
        for job in list(self._held)[:-MOST]:
            del self._held[job]

    def drop_old(self, now: float) -> None:
        """Forget what servers have forgotten too."""
        for debt in self.all():
            if expired(debt.since, now):
                del self._held[debt.job]

    def heard(self, message: Message) -> Tuple[Debt, ...]:
        """Take in the end of a job: its debt is paid. What is owed instead if that was not all.

        A job that had ended before it could be cancelled still has its passes on the server.
        """
        debt = self._held.get(getattr(message, "job", ""))
        if debt is None or not isinstance(message, (JobDone, Failed)):
            return ()
        if debt.passes or (isinstance(message, Failed) and message.code in _NOTHING_LEFT):
            del self._held[debt.job]
            return ()
        self._held[debt.job] = replace(debt, passes=_EVERY_PASS)
        return (self._held[debt.job],)


def expired(since: int, now: float) -> bool:
    """Whether no server keeps a job of that age any more; never where its age is unknown."""
    return 0 < since < now - DAYS * 86400
