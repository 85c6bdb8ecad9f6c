"""What is said of jobs that are asked for again, and of what is done with results."""

from typing import Sequence

from .words import several, tr


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


def stored_without() -> str:
    """A file was written while a result was out of sight."""
    return tr(
        "The picture was saved while a result was hidden to compare: it is shown again, save once "
        "more."
    )


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


def running_again(seed: int) -> str:
    """A job of the history is run once more."""
    return tr(
        "The job runs again with its own settings and seed {}; its selection is restored."
    ).format(seed)


def other_size(width: int, height: int) -> str:
    """The picture is no longer as large as at the job."""
    return tr("The picture had {} × {} px at this job and has another size now.").format(
        width, height
    )


def other_colour() -> str:
    """The picture is no longer in the colour space that it had at the job."""
    return tr("The picture had another colour space at this job.")


def selection_restored() -> str:
    """The selection of an earlier job is there again."""
    return tr("The job's selection is restored.")


def at_work() -> str:
    """A click while Krita is at work on the picture."""
    return tr("Krita is at work on this picture: try again in a moment.")


def merged() -> str:
    """The passes have become one layer."""
    return tr("The passes are one layer now; one undo brings them back.")


def cleaned_up(count: int) -> str:
    """Records of jobs whose layers are gone."""
    if count == 0:
        return tr("All jobs in the history have layers in this picture.")
    return several(
        count, "1 job without layers is forgotten.", "{} jobs without layers are forgotten."
    ).format(count)


def closed_meanwhile() -> str:
    """The picture of undecided variations is closed."""
    return tr("The picture of these variations is closed; their passes are kept.")


def given_up(count: int) -> str:
    """Variations that nobody wants."""
    return several(count, "1 variation is given up.", "{} variations are given up.").format(count)


def settings_again(recipe: str, seed: int, locked: bool) -> str:
    """A job's settings are back in the docker. locked: the seed is, so that the next job has it."""
    if locked:
        return tr("Recipe “{}”, prompt and seed {} are chosen again.").format(recipe, seed)
    return tr(
        "Recipe “{}” and its prompt are chosen again; lock the seed to use the job's own, {}."
    ).format(recipe, seed)


def other_engine(engine: str) -> str:
    """The engine that a job ran on is not listed."""
    return tr("Its engine “{}” is not offered here, so the result will differ.").format(engine)


def other_strengths(was: Sequence[float]) -> str:
    """A recipe is no longer what it was when a job ran."""
    return tr("The recipe has changed since: its strengths were {}.").format(
        " → ".join("{:.2f}".format(strength) for strength in was)
    )


def other_pass_engines(was: Sequence[str]) -> str:
    """A recipe's passes ran on other engines when a job ran."""
    return tr("The recipe has changed since: its passes ran on {}.").format(" → ".join(was))
