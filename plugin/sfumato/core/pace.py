"""How long a job will still take: from what its server expects and from the steps seen so far."""

from dataclasses import dataclass
from typing import Optional, Sequence

from sfumato_protocol.messages import PlannedPass, Progress

_USUAL_STEPS = 30
_LEAST_SEEN = 0.02  # of the work; before that its speed says nothing


@dataclass(frozen=True)
class Pace:
    """expected: s that the whole job takes, 0 if unknown. since, share: a moment (s on some clock)
    and what part of the work was done by then, 0..1; since is None before there is any."""

    expected: float = 0.0
    since: Optional[float] = None
    share: float = 0.0

    def seen(self, share: float, now: float) -> "Pace":
        """The pace once a part of the work is known to be done."""
        return self if self.since is not None else Pace(self.expected, now, share)

    def left(self, share: float, now: float) -> Optional[float]:
        """Seconds to the job's end, None if nobody can tell. The more was seen, the more it counts
        against what was expected."""
        rest = 1.0 - share
        seen = share - self.share
        measured = None
        if self.since is not None and seen >= _LEAST_SEEN:
            measured = (now - self.since) * rest / seen
        if not self.expected:
            return measured
        expected = self.expected * rest
        if measured is None:
            return expected
        weight = min(1.0, 2.0 * seen)
        return weight * measured + (1.0 - weight) * expected


def work(planned: PlannedPass) -> float:
    """How much a pass is to do beside others."""
    return planned.strength * (planned.steps or _USUAL_STEPS)


def done(plan: Sequence[PlannedPass], finished: Sequence[int], heard: Optional[Progress]) -> float:
    """What part of a job's work is done, 0..1. finished: numbers of passes. A pass counts by the
    steps that its strength has it run."""
    sizes = {one.index: work(one) for one in plan}
    total = sum(sizes.values())
    ready = sum(size for index, size in sizes.items() if index in finished)
    if heard is not None and heard.index not in finished and heard.steps:
        ready += sizes.get(heard.index, 0.0) * heard.step / heard.steps
    return ready / total if total else 0.0
