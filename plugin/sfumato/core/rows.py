"""What the docker's row of a job shows: the order of the rows, and a few words each."""

from typing import Iterable, Tuple

from . import job as states
from . import job_sentences as sentences
from . import pace
from .job import Job
from .understood import recipe_title

_PLACES = {
    states.RUNNING: 0, states.ENDED: 0, states.WAITING: 1, states.SENDING: 2, states.KEPT: 3,
}  # fmt: skip
_OVER = 4


def in_order(jobs: Iterable[Job]) -> Tuple[Job, ...]:
    """Jobs as the rows have them: what runs, what waits in the server's order, what is kept, and
    what is over with the newest first. jobs: oldest first."""
    numbered = list(enumerate(jobs))

    def place(entry: Tuple[int, Job]) -> Tuple[int, int, int]:
        number, job = entry
        over = job.stage in states.SETTLED
        return (
            _PLACES.get(job.stage, _OVER),
            job.ahead if job.stage == states.WAITING and not job.held else 0,
            -number if over else number,
        )

    return tuple(job for _number, job in sorted(numbered, key=place))


def has_row(job: Job) -> bool:
    """Whether a job is to be seen in a row: one of several to choose from is seen among those,
    once it is there."""
    return not (job.request.aside and job.stage in (states.ENDED, states.CANCELLED))


def before_it(jobs: Iterable[Job], job: Job, by: int) -> Tuple[bool, str]:
    """Where a waiting job goes that is to be `by` places later (earlier if below 0) among those
    that wait: whether there is such a place, and the job that it then comes before, "" for last."""
    waiting = [one.id for one in in_order(jobs) if movable(one)]
    if job.id not in waiting or not by:
        return False, ""
    to = waiting.index(job.id) + by
    if not 0 <= to < len(waiting):
        return False, ""
    rest = [one for one in waiting if one != job.id]
    return True, rest[to] if to < len(rest) else ""


def movable(job: Job) -> bool:
    """Whether a job is in its server's line."""
    return job.stage == states.WAITING and not job.held and bool(job.plan)


def title(job: Job) -> str:
    """What a job is, for people: its recipe and picture; its seed, where it is like another."""
    request = job.request
    recipe = recipe_title(request.recipe)
    more = sentences.seed(request.choices.seed) if request.base else request.file_name
    return " · ".join(word for word in (recipe, more) if word)


def aloud(job: Job) -> str:
    """What is said of a job beyond its row: why it does not go on, or what became of it."""
    return job.held if job.open else job.said


def words(job: Job) -> str:
    """How a job stands, in a few words."""
    if job.stopping and job.open:
        return sentences.stopping()
    if job.held:
        return sentences.on_hold()
    if job.stage == states.SENDING:
        return sentences.sending()
    if job.stage == states.WAITING:
        return sentences.place_in_line(job.ahead) if job.plan else sentences.asked()
    if job.stage == states.RUNNING:
        return _running(job)
    if job.stage == states.FAILED:
        return sentences.failed()
    if job.stage == states.CANCELLED:
        return sentences.cancelled()
    done = sentences.passes_done(len(job.results), len(job.plan) or len(job.results))
    if job.stage != states.KEPT:
        return done
    return " · ".join(word for word in (sentences.kept(done), job.request.file_name) if word)


def _running(job: Job) -> str:
    heard = job.progress
    index = heard.index if heard is not None else 1
    if heard is not None and heard.index in job.indices:
        index = min(index + 1, len(job.plan))
    said = sentences.at_pass(index, len(job.plan))
    told = heard.note if heard is not None and not heard.steps else ""
    more = told or sentences.time_left(job.left)
    return "{} · {}".format(said, more) if more else said


def segments(job: Job) -> Tuple[Tuple[float, float], ...]:
    """A job's passes in their order: how much work each is, and what part of that is done, 0..1.
    None, once it is over."""
    if job.stage in states.SETTLED:
        return ()
    heard = job.progress
    made = []
    for planned in job.plan:
        share = 1.0 if planned.index in job.indices else 0.0
        if not share and heard is not None and heard.index == planned.index and heard.steps:
            share = heard.step / heard.steps
        made.append((pace.work(planned), share))
    return tuple(made)
