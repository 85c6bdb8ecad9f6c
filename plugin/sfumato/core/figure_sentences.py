"""The figures of a pass in an artist's words."""

from typing import Sequence

from sfumato_protocol.messages import Figure
from sfumato_protocol.specs import LOOK_HERE

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
_GOOD = mark("good")
_WORDS = (_GOOD, mark("visible"), mark("look here"), mark("as asked"))


def name(figure: str) -> str:
    """What an artist calls a figure."""
    return tr(_NAMES[figure]) if figure in _NAMES else figure


def plainly(figures: Sequence[Figure]) -> str:
    """All figures of a pass that a word is said of: those to look at first, the good ones in one
    word at the end."""
    good = [figure for figure in figures if figure.word == _GOOD]
    others = sorted(
        (figure for figure in figures if figure.word not in ("", _GOOD)),
        key=lambda figure: figure.word != LOOK_HERE,
    )
    said = [
        tr("{} {} ({:.2g})").format(name(one.name), _word(one.word), one.value) for one in others
    ]
    if good and not others:
        said.append(tr("all good"))
    elif good:
        said.append(tr("good: {}").format(", ".join(name(figure.name) for figure in good)))
    return " · ".join(said)


def _word(word: str) -> str:
    return tr(word) if word in _WORDS else word
