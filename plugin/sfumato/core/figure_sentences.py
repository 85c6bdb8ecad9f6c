"""The figures of a pass in an artist's words."""

from .words import mark, tr

# Names and words are the server's, a closed list; what is not in it is shown as it came.
_NAMES = {
    "seam": mark("edge"),
    "shift": mark("colours beside"),
    "grain": mark("grain"),
    "identity": mark("structure"),
    "drift": mark("colours inside"),
    "outside": mark("outside"),
}
_WORDS = (mark("good"), mark("visible"), mark("look here"), mark("as asked"))


def name(figure: str) -> str:
    """What an artist calls a figure."""
    return tr(_NAMES[figure]) if figure in _NAMES else figure


def plainly(figure: str, word: str, value: float) -> str:
    """A figure by its word, the number behind it."""
    said = tr(word) if word in _WORDS else word
    return tr("{} {} ({:.2g})").format(name(figure), said, value)
