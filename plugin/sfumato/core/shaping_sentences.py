"""What is said of the mask before the click."""

from sfumato_protocol.geometry import RING
from sfumato_protocol.messages import PlannedPass

from .words import several, tr


def nothing() -> str:
    """Nothing is selected."""
    return tr("Select what should change: what of it each pass reaches shows here.")


def no_server() -> str:
    """The server draws it, and there is none."""
    return tr("The mask shows here as soon as there is a server, which draws it.")


def too_old() -> str:
    """A server that does not know the question."""
    return tr("This server is too old to show the mask before the click.")


def about_passes(count: int, reach: int) -> str:
    """The zones of all passes together. reach: px outside the selection."""
    passes = several(count, "1 pass", "{} passes").format(count)
    if reach == 0:
        return tr("{}: nothing outside the selection changes.").format(passes)
    return tr("{}: up to {} px outside the selection change.").format(passes, reach)


def about_pass(planned: PlannedPass) -> str:
    """The zone of one pass, with its lengths as they will be."""
    extent = planned.extent
    if extent.zone == RING:
        words = tr("Pass {}, the edge: {} px to either side, then a ramp of {} px.")
        said = words.format(planned.index, _px(extent.width), _px(extent.feather))
    elif extent.keep_inside:
        words = tr("Pass {}: the selection, fading out over {} px before its edge.")
        said = words.format(planned.index, _px(extent.feather))
    else:
        words = tr("Pass {}: the selection and {} px around it, then a ramp of {} px.")
        said = words.format(planned.index, _px(extent.grow), _px(extent.feather))
    return said + " " + tr("Nothing outside the selection.") if extent.keep_inside else said


def of_pass(index: int, said: str) -> str:
    """A server's sentence about one pass."""
    return tr("Pass {}: {}").format(index, said)


def takes(seconds: float) -> str:
    """How long it will take, from past jobs. seconds: above 0."""
    if seconds < 1.0:
        return tr("Takes less than a second.")
    if seconds < 90.0:
        whole = round(seconds)
        return several(whole, "Takes about a second.", "Takes about {} s.").format(whole)
    return tr("Takes about {} min.").format(round(seconds / 60.0))


def place(number: int, count: int) -> str:
    """Which of several far places is shown. number: from 1."""
    return tr("Place {} of {}").format(number, count)


def _px(length: float) -> int:
    return round(length)
