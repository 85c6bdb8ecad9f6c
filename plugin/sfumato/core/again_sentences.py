"""What is said of jobs that are asked for again, of variations and of a picture's history."""

from .words import tr


def no_stored_selection() -> str:
    """A job's record has no selection with it, or one that cannot be used."""
    return tr("The selection of this job was not stored with the picture.")


def let_go() -> str:
    """The server has not kept what a job that is done again builds upon."""
    return tr(
        "The server has not kept this job's passes, so it cannot go on from one of them. Run the "
        "job again from History; then its passes can be redone."
    )


def cannot_redo() -> str:
    """The server is older than the plugin."""
    return tr("This server cannot redo single passes: update it, or run the job again.")


def no_result() -> str:
    """A click on what needs a result, and there is none in the picture."""
    return tr("There is no Sfumato result in this picture yet.")


def result_gone() -> str:
    """The layers of a job are no longer in the picture."""
    return tr("The layers of this job are no longer in the picture.")


def pass_unfinished(index: int) -> str:
    """A job that ended early is to go on from a pass whose forerunners it has not."""
    return tr("This job has no pass {}: begin with an earlier one.").format(index)


def nothing_selected_there() -> str:
    """The new selection lies elsewhere than the job."""
    return tr(
        "What is selected now lies outside the part of the picture that this job worked on: select "
        "something there, or start a new job."
    )


def redoing(index: int, count: int) -> str:
    """A pass is done again. count: how many variations are made."""
    if count > 1:
        return tr("{} variations from pass {} on are asked for.").format(count, index)
    return tr("Pass {} and those after it are done again.").format(index)


def too_many(free: int) -> str:
    """More variations than the server takes at once."""
    return tr("The server takes {} more jobs from you now: ask for fewer variations.").format(free)


def kept_one(name: str) -> str:
    """A variation went into the picture."""
    return tr("The variation is in the picture as “{}”.").format(name)


def given_up(count: int) -> str:
    """Variations that nobody wants."""
    if count == 1:
        return tr("1 variation is given up.")
    return tr("{} variations are given up.").format(count)
