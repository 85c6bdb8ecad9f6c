"""What is said of the mask before the click."""

from .words import tr


def nothing() -> str:
    """Nothing is selected."""
    return tr("Select what should change: what of it each pass reaches shows here.")


def no_server() -> str:
    """The server draws it, and there is none."""
    return tr("The mask shows here as soon as there is a server, which draws it.")


def too_old() -> str:
    """A server that does not know the question."""
    return tr("This server is too old to show the mask before the click.")
