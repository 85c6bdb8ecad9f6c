"""From figures to words: for each figure a table, of which the first line that applies is said.

Thresholds are set on untouched photographs, so that what is natural is "good" 19 times of 20
(docs/figures.md, benchmarks/figure_thresholds.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sfumato_protocol.specs import LOOK_HERE, Figure, Note

from .measure import Measured

GOOD, VISIBLE, LOOK, ASKED = "good", "visible", LOOK_HERE, "as asked"
ANEW = 0.75  # strength from which on a pass paints anew what is inside

SEAM_UNSEEN, SEAM_WORSE = 1.45, 1.3
SHIFT_GOOD, SHIFT_LOOK = 1.5, 3.0
DRIFT_GOOD, DRIFT_LOOK = 3.0, 20.0
GRAIN_GOOD, GRAIN_LOOK = 1.5, 2.5
IDENTITY_GOOD, IDENTITY_LOOK = 0.9, 0.75


@dataclass(frozen=True)
class Facts:
    """What the tables ask about. strength: the greatest of the passes so far."""

    measured: Measured
    strength: float

    def of(self, name: str) -> float:
        """A figure that has been measured."""
        value: float = getattr(self.measured, name)
        return value

    @property
    def anew(self) -> bool:
        """Whether what was inside was asked to be replaced."""
        return self.strength >= ANEW


@dataclass(frozen=True)
class Line:
    """One word for a figure: when it applies, and the sentence for the artist."""

    word: str
    applies: Callable[[Facts], bool]
    sentence: Callable[[Facts], str]


def always(_: Facts) -> bool:
    """The last line of a table."""
    return True


def _as_before(ratio: float) -> str:
    if 0.95 <= ratio <= 1.05:
        return "as much as before"
    return f"{ratio:.2f} times as much as before"


SEAM = (
    Line(
        GOOD,
        lambda facts: facts.of("visibility") <= SEAM_UNSEEN,
        lambda facts: "The edge cannot be seen.",
    ),
    Line(
        LOOK,
        lambda facts: facts.of("seam") > SEAM_WORSE,
        lambda facts: f"The edge shows {_as_before(facts.of('seam'))}: look along it.",
    ),
    Line(
        VISIBLE, always, lambda facts: f"There is an edge; it shows {_as_before(facts.of('seam'))}."
    ),
)
SHIFT = (
    Line(
        GOOD,
        lambda facts: abs(facts.of("shift")) < SHIFT_GOOD,
        lambda facts: "The colours fit those beside the mask as they did before.",
    ),
    Line(
        GOOD,
        lambda facts: facts.of("shift") < 0,
        lambda facts: (
            f"The colours fit those beside the mask better, by ΔE {-facts.of('shift'):.1f}."
        ),
    ),
    Line(
        LOOK,
        lambda facts: facts.of("shift") > SHIFT_LOOK,
        lambda facts: (
            "The colours fit those beside the mask less than before, by "
            f"ΔE {facts.of('shift'):.1f}: look at both sides of the edge."
        ),
    ),
    Line(
        VISIBLE,
        always,
        lambda facts: (
            f"The colours fit those beside the mask a little less, by ΔE {facts.of('shift'):.1f}."
        ),
    ),
)
DRIFT = (
    Line(
        ASKED,
        lambda facts: facts.anew,
        lambda facts: f"Colours inside have changed by ΔE {facts.of('drift'):.1f}.",
    ),
    Line(
        GOOD,
        lambda facts: facts.of("drift") <= DRIFT_GOOD,
        lambda facts: "Colours and light inside are as before, or nearly.",
    ),
    Line(
        LOOK,
        lambda facts: facts.of("drift") > DRIFT_LOOK,
        lambda facts: f"Colours inside have changed much, by ΔE {facts.of('drift'):.1f}.",
    ),
    Line(
        VISIBLE,
        always,
        lambda facts: f"Colours inside have changed by ΔE {facts.of('drift'):.1f}.",
    ),
)


def _grain_beyond(limit: float) -> Callable[[Facts], bool]:
    return lambda facts: not 1 / limit <= facts.of("grain") <= limit


def _grain_sentence(facts: Facts) -> str:
    value = facts.of("grain")
    how, much = ("smoother", 1 / max(value, 0.01)) if value < 1 else ("noisier", value)
    return f"The region is {how} than it was and than what is beside it, {much:.1f} times."


GRAIN = (
    Line(LOOK, _grain_beyond(GRAIN_LOOK), _grain_sentence),
    Line(VISIBLE, _grain_beyond(GRAIN_GOOD), _grain_sentence),
    Line(GOOD, always, lambda facts: "The grain fits."),
)


def _kept(facts: Facts) -> str:
    return f"{max(0.0, facts.of('identity')) * 100:.0f} %"


IDENTITY = (
    Line(
        ASKED,
        lambda facts: facts.anew,
        lambda facts: (
            f"At strength {facts.strength:.2f} the inside is painted anew: {_kept(facts)}"
            " of its structure is left."
        ),
    ),
    Line(
        GOOD,
        lambda facts: facts.of("identity") >= IDENTITY_GOOD,
        lambda facts: f"What is inside is kept: {_kept(facts)} of its structure.",
    ),
    Line(
        LOOK,
        lambda facts: facts.of("identity") < IDENTITY_LOOK,
        lambda facts: f"What is inside is another: {_kept(facts)} of its structure is left.",
    ),
    Line(
        VISIBLE,
        always,
        lambda facts: f"What is inside has changed: {_kept(facts)} of its structure is left.",
    ),
)
OUTSIDE = (
    Line(
        GOOD,
        lambda facts: facts.of("outside") == 0,
        lambda facts: "Nothing outside the mask has changed.",
    ),
    Line(
        LOOK,
        always,
        lambda facts: "Pixels outside the mask have changed, which is a fault: report it.",
    ),
)

TABLES = {
    "seam": SEAM,
    "shift": SHIFT,
    "grain": GRAIN,
    "identity": IDENTITY,
    "drift": DRIFT,
    "outside": OUTSIDE,
}  # the closed list of figures, in the order in which they are told
WHY_NOT = {
    "seam": "the mask has too little edge in the crop.",
    "shift": "the mask has too little edge with picture on both sides.",
    "grain": "the region or its surroundings are too small, or it had none to compare with.",
    "identity": "too little lies 12 px or more inside the selection.",
    "drift": "too little is covered by the mask in full.",
}


def told(measured: Measured, strength: float) -> tuple[tuple[Figure, ...], tuple[Note, ...]]:
    """Figures with word and sentence, and a note for each that is not measurable on this mask.

    strength: the greatest of the job's passes up to this one.
    """
    facts = Facts(measured, strength)
    figures: list[Figure] = []
    unmeasured: list[Note] = []
    for name, table in TABLES.items():
        if getattr(measured, name) is None:
            unmeasured.append(Note(name, f"Not measurable here: {WHY_NOT[name]}"))
            continue
        line = next(line for line in table if line.applies(facts))
        figures.append(Figure(name, facts.of(name), line.word, line.sentence(facts)))
    return tuple(figures), tuple(unmeasured)
