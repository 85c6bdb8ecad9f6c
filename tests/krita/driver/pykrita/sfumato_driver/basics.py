"""The smallest scenarios."""

from krita import Krita


def start():
    """Krita starts: say which one it is."""
    yield from ()
    return {"version": Krita.instance().version()}
