"""What is said of jobs that are asked for again, of variations and of a picture's history."""

from .words import tr


def no_stored_selection() -> str:
    """A job's record has no selection with it, or one that cannot be used."""
    return tr("The selection of this job was not stored with the picture.")
