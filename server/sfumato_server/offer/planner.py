"""From a request to the passes that will run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sfumato_protocol.errors import UNKNOWN_RECIPE, ProtocolError
from sfumato_protocol.geometry import Extent, pass_extent
from sfumato_protocol.messages import MAX_SEED, PassSpec, PlannedPass, RecipeInfo, Submit


def find_recipe(submit: Submit, recipes: Mapping[str, RecipeInfo]) -> RecipeInfo:
    """The recipe a request names. Raises `ProtocolError` with the names there are."""
    if submit.recipe not in recipes:
        names = ", ".join(sorted(recipes))
        raise ProtocolError(
            UNKNOWN_RECIPE, f"the recipe {submit.recipe}", f"one of {names}", job=submit.job
        )
    return recipes[submit.recipe]


def _no_cells(engine: str) -> float:
    del engine
    return 0.0


def plan(
    submit: Submit,
    recipe: RecipeInfo,
    engine: str = "",
    narrowest: Callable[[str], float] = _no_cells,
) -> tuple[PlannedPass, ...]:
    """The passes of a request: its own where it brings some, else the recipe's, in order.

    Seeds are the job's seed plus each pass's offset, modulo 2^32; lengths are canvas px. engine:
    the job's; a pass that names another one keeps that. narrowest: the least ramp that an engine
    can blend over; masks whose lengths nobody chose get it.
    """

    def planned(index: int, spec: PassSpec) -> PlannedPass:
        own = spec.engine if spec.engine != engine else ""
        least = narrowest(own or engine) if submit.masks.auto else 0.0
        return _planned(submit, index, spec, own, least)

    specs = submit.passes or recipe.passes
    return tuple(planned(index, spec) for index, spec in enumerate(specs, start=1))


def _planned(submit: Submit, index: int, spec: PassSpec, engine: str, least: float) -> PlannedPass:
    extent = pass_extent(spec.zone, spec.feather, spec.width, submit.masks)
    return PlannedPass(
        index=index,
        extent=_widened(extent, least),
        strength=spec.strength,
        steps=spec.steps,
        guidance=spec.guidance,
        seed=(submit.seed + spec.seed_offset) % (MAX_SEED + 1),
        prompt=spec.prompt or submit.prompt,
        grain=spec.grain,
        engine=engine,
    )


def _widened(extent: Extent, least: float) -> Extent:
    """With a ramp of at least that; one that must stay inside the selection would use it up."""
    if extent.keep_inside or least == 0:
        return extent
    return replace(extent, feather=max(extent.feather, least), narrowest=least)
