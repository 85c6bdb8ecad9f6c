"""The ladder in the artist's hand: its passes, which of them run, how strong all are together."""

from dataclasses import dataclass, field, replace
from typing import Tuple

from sfumato_protocol.messages import MAX_PASSES, PassSpec, PlannedPass, RecipeInfo

from .words import mark

LEAST_STRENGTH = 0.01

# Bands of denoising strength by where they begin, as the server's advice has them.
SUBTLE, CORRECTS = mark("subtle"), mark("corrects")
DRIFTS, REPLACES = mark("drifts"), mark("replaces")
BANDS = ((0.0, SUBTLE), (0.5, CORRECTS), (0.75, DRIFTS), (0.85, REPLACES))


@dataclass(frozen=True)
class Rung:
    """One pass of the ladder. on: it runs."""

    step: PassSpec = field(default_factory=lambda: PassSpec("whole", 0.5))
    on: bool = True


Ladder = Tuple[Rung, ...]


def rungs(recipe: RecipeInfo) -> Ladder:
    """A recipe's ladder, all of it on."""
    return tuple(Rung(step) for step in recipe.passes)


def running(ladder: Ladder, overall: float = 1.0) -> Tuple[PassSpec, ...]:
    """The passes that will run, their strengths times `overall`, within 0.01..1."""
    return tuple(
        replace(rung.step, strength=scaled(rung.step.strength, overall))
        for rung in ladder
        if rung.on
    )


def scaled(strength: float, overall: float) -> float:
    """A strength times `overall`, within 0.01..1, in hundredths."""
    return min(max(round(strength * overall, 2), LEAST_STRENGTH), 1.0)


def band(strength: float) -> str:
    """The name of the band that a strength is in."""
    return [name for start, name in BANDS if strength >= start][-1]


def lengths(
    ladder: Ladder, asked: Ladder, plan: Tuple[PlannedPass, ...]
) -> Tuple[Tuple[float, float], ...]:
    """Feather and width in canvas px that a factor of 1 stands for in each rung, 0 where unknown.

    asked: the ladder as it was when the plan was made, of which the factors may be others now.
    """
    shape = [(rung.on, rung.step.zone) for rung in ladder]
    runs = [rung.step.zone for rung in asked if rung.on]
    fits = shape == [(rung.on, rung.step.zone) for rung in asked]
    if not fits or runs != [one.extent.zone for one in plan]:
        return ((0.0, 0.0),) * len(ladder)
    rest = iter(plan)
    found = []
    for rung in asked:
        extent = next(rest).extent if rung.on else None
        step = rung.step
        found.append(
            (extent.feather / step.feather, extent.width / step.width) if extent else (0.0, 0.0)
        )
    return tuple(found)


def with_rung(ladder: Ladder, place: int, rung: Rung) -> Ladder:
    """The ladder with another rung in a place."""
    return (*ladder[:place], rung, *ladder[place + 1 :])


def without(ladder: Ladder, place: int) -> Ladder:
    """The ladder without the rung in a place; the last one stays."""
    return (*ladder[:place], *ladder[place + 1 :]) if len(ladder) > 1 else ladder


def with_copy(ladder: Ladder, place: int) -> Ladder:
    """The ladder with a rung twice, where there is room: the second with a seed of its own."""
    if len(ladder) >= MAX_PASSES:
        return ladder
    offset = 1 + max(rung.step.seed_offset for rung in ladder)
    again = replace(ladder[place], step=replace(ladder[place].step, seed_offset=offset))
    return (*ladder[: place + 1], again, *ladder[place + 1 :])


def moved(ladder: Ladder, place: int, to: int) -> Ladder:
    """The ladder with a rung in another place."""
    rest = [*ladder[:place], *ladder[place + 1 :]]
    to = min(max(to, 0), len(rest))
    return (*rest[:to], ladder[place], *rest[to:])
