"""What is said of a job: where it waits, how far it is, how long it takes."""

from typing import Optional

from .words import tr

_MINUTE = 60.0


def stopping() -> str:
    """A job that is to keep what is finished."""
    return tr("Stopping; the finished passes are kept.")


def stopped() -> str:
    """Why a job ended with fewer passes: the artist stopped it."""
    return tr("stopped, as you asked.")


def place_in_line(ahead: int) -> str:
    """A job that waits at its server. ahead: jobs before it."""
    if ahead == 0:
        return tr("Next in line")
    return tr("Waiting, 1 before it") if ahead == 1 else tr("Waiting, {} before it").format(ahead)


def sending() -> str:
    """A job whose pixels are on their way."""
    return tr("Sending…")


def asked() -> str:
    """A job that its server is asked about."""
    return tr("Asking the server…")


def on_hold() -> str:
    """A job whose server is not there."""
    return tr("Waits for its server")


def failed() -> str:
    """A job that came to nothing."""
    return tr("Failed")


def cancelled() -> str:
    """A job that the artist gave up."""
    return tr("Cancelled")


def kept(done: str) -> str:
    """Passes that wait for a place. done: how many there are."""
    return tr("{}, kept").format(done)


def time_left(seconds: Optional[float]) -> str:
    """How long a job still takes, "" where nobody can tell."""
    if seconds is None:
        return ""
    if seconds < 2:
        return tr("almost done")
    if seconds < _MINUTE:
        rounded = seconds if seconds < 10 else 5 * round(seconds / 5)
        return tr("about {:.0f} s left").format(rounded)
    return tr("about {:.0f} min left").format(max(1.0, seconds / _MINUTE))


def at_pass(index: int, total: int) -> str:
    """Which pass runs."""
    return tr("Pass {} of {}").format(index, total)


def seed(number: int) -> str:
    """By which one of several like it is told apart."""
    return tr("seed {}").format(number)


def passes_done(done: int, planned: int) -> str:
    """How much of a job that is over is there."""
    if done == planned:
        return tr("1 pass") if done == 1 else tr("{} passes").format(done)
    return tr("{} of {} passes").format(done, planned)
