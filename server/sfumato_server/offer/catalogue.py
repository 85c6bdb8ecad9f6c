"""What a server offers, and how a request becomes a job: names, limits and colours checked."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sfumato_protocol import VERSION, codec, errors, offers
from sfumato_protocol.blobs import Blob
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import (
    MOST_ENGINES,
    MOST_RECIPES,
    Accepted,
    Again,
    EngineInfo,
    Failed,
    Limits,
    PlannedPass,
    RecipeInfo,
    Submit,
    Welcome,
)

from .. import __version__
from ..advice.mask import CELLS_TO_BLEND
from ..advice.strength import DRIFT
from ..config import DEFAULT_LIMITS, Config
from ..engines.base import EngineTraits
from ..engines.registry import traits_of
from ..imaging.encoding import UnsupportedColour
from ..jobs import again as repeating
from ..jobs.again import Base, Pass
from ..jobs.job import Job, encoding_of
from ..jobs.spool import Kept
from ..jobs.timing import Work
from . import models, planner, recipes
from .recipes import Ladders

log = logging.getLogger(__name__)

_OWN_STEPS = 30  # of an engine that is not told how many: any number, the same in every estimate


@dataclass(frozen=True)
class Catalogue:
    """The engines by name (with their import paths), recipes by name, limits.

    refused, refused_recipes: why what else lies in the folder of models, of recipes, cannot be
    used, a sentence each.
    """

    specs: Mapping[str, str]
    traits: Mapping[str, EngineTraits]
    recipes: Mapping[str, RecipeInfo]
    limits: Limits
    refused: tuple[str, ...] = ()
    refused_recipes: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: Config) -> Catalogue:
        """Look up what a configuration names. Raises `EngineError` for an engine that cannot be
        used; a file in its folders that cannot costs only itself."""
        traits = {spec: traits_of(spec) for spec in config.engines}
        shelf = models.scan(config.models_folder)
        room = max(MOST_ENGINES - len(traits), 0)
        traits |= {one.spec: one.traits for one in shelf.models[:room]}
        engines = {one.name for one in traits.values()}
        ladders = _tellable(recipes.look([config.recipes_folder], engines), traits.values())
        return cls(
            specs={trait.name: spec for spec, trait in traits.items()},
            traits={trait.name: trait for trait in traits.values()},
            recipes=ladders.recipes,
            limits=config.limits,
            refused=(
                *(one.reason for one in shelf.refused),
                *(_left_out(one.name) for one in shelf.models[room:]),
            ),
            refused_recipes=ladders.refused,
        )

    @property
    def all_refused(self) -> frozenset[str]:
        """All sentences on what is not offered."""
        return frozenset(self.refused + self.refused_recipes)

    def welcome(self, loaded: Collection[str] = ()) -> Welcome:
        """The server's first word; arguments and what is in it as in `offer`."""
        now = self.offer(loaded)
        server = f"sfumato {__version__}"
        return Welcome(
            VERSION, server, now.engines, now.recipes, self.limits, features=offers.FEATURES
        )

    def offer(self, loaded: Collection[str] = ()) -> offers.Offer:
        """What there is. loaded: the import paths of engines with weights that are in memory.
        Built-in recipes that none of the engines can do are not in it."""
        can_draw = any(trait.draws for trait in self.traits.values())
        engines = (
            replace(_described(trait), loaded=not trait.weights or self.specs[name] in loaded)
            for name, trait in self.traits.items()
        )
        able = (one for one in self.recipes.values() if can_draw or one.own or not one.draws)
        return offers.Offer(tuple(engines), tuple(able))

    def job(self, submit: Submit, client: str) -> Job:
        """A request as a job ready to queue, which has its recipe's passes for its own: recipes
        come and go. Raises `ProtocolError` for what cannot be done."""
        return self._job(submit, planner.find_recipe(submit, self.recipes), client)

    def _job(self, submit: Submit, recipe: RecipeInfo, client: str) -> Job:
        submit = replace(submit, passes=submit.passes or recipe.passes)
        engine = self._engine(submit, recipe)
        _check_colour(submit)
        plan = planner.plan(
            submit, recipe, engine, lambda name: _narrowest_ramp(submit, self.traits[name])
        )
        _check_length(submit, engine, plan)
        specs = {"": self.specs[engine]}
        specs |= {one.engine: self.specs[one.engine] for one in plan if one.engine}
        works = tuple(self._work(submit, one, one.engine or engine) for one in plan)
        return Job(submit, specs, engine, plan, client, recipe.draws, works)

    def again(
        self, again: Again, base: Base, client: str, blobs: tuple[Blob, ...]
    ) -> tuple[Job, tuple[Pass, ...]]:
        """A job like an earlier one, ready to queue, and its passes that are done. blobs: those
        that came with `again`. Raises `ProtocolError`."""
        submit = repeating.submission(again, base)
        job = self._job(submit, self._recipe(submit, base.engine), client)
        done = repeating.earlier(again, base, job.engine, blobs)
        job.plan = (*(message.planned for message, _ in done), *job.plan[len(done) :])
        _check_length(job.submit, job.engine, job.plan)  # its earlier prompts are the base's
        return job, done

    def _recipe(self, submit: Submit, engine: str = "") -> RecipeInfo:
        """The recipe of a request of earlier. One that is gone leaves what the request has of it.
        Raises `ProtocolError` where that is nothing."""
        if submit.recipe in self.recipes or not submit.passes:
            return planner.find_recipe(submit, self.recipes)
        own = engine if engine in self.specs else ""
        return RecipeInfo(submit.recipe, submit.recipe, "", submit.passes, own)

    def traits_by_pass(self, job: Job) -> tuple[EngineTraits, ...]:
        """What the engine of each of a job's passes is; the job's, for a pass of another job whose
        engine is not there any more."""
        own = self.traits[job.engine]
        return tuple(self.traits.get(one.engine, own) for one in job.plan)

    def restored(self, kept: Kept) -> Job:
        """A job of an earlier run. One that this server no longer can do has ended with the passes
        that it has; raises `ProtocolError` if it has none."""
        there = {done.planned.index: done for done in (*kept.kept, *kept.passes)}
        if kept.end is None:  # a pass builds on all before it: what follows a lost one runs again
            whole = itertools.takewhile(there.__contains__, itertools.count(1))
            there = {index: there[index] for index in whole}
        owed = {done.planned.index for done in kept.passes}
        finished = {index: done.planned for index, done in there.items()}
        try:
            job = self._job(kept.submit, self._recipe(kept.submit), client="restored")
        except ProtocolError as error:
            if not there:
                raise
            engine = kept.submit.engine or next(iter(self.specs))
            job = Job(kept.submit, {}, engine, _in_order(finished), client="restored")
            job.end = kept.end or Failed.of(error, kept.submit.job)
        else:  # its recipe may have been edited: what is done stays as it was planned
            planned = {one.index: one for one in job.plan}
            job.plan, job.end = _in_order({**planned, **finished}), kept.end
        job.passes = {index: done for index, done in there.items() if index in owed}
        job.kept = {index: done for index, done in there.items() if index not in owed}
        job.finished = set(there)
        return job

    def _work(self, submit: Submit, planned: PlannedPass, engine: str) -> Work:
        """What a pass has to do, as far as can be told beforehand."""
        crop, traits, zone = submit.crop, self.traits[engine], planned.extent.zone
        pixels = float(crop.width * crop.height)
        if not traits.weights:
            kind = engine if planned.strength < DRIFT else f"{engine}, anew"
            return Work(kind, zone, pixels, pixels)  # to repair tells nothing of drawing anew
        steps = (planned.steps or _OWN_STEPS) * planned.strength
        seen = float(math.prod(traits.space(crop.width, crop.height).model))
        return Work(engine, zone, pixels, seen * steps, self.specs[engine])

    def check_size(self, width: int, height: int, job: str) -> None:
        """Raise `ProtocolError` for a crop of more pixels than the server takes."""
        if width * height > self.limits.crop_pixels:
            got, want = f"a crop of {width}x{height} px", f"at most {self.limits.crop_pixels} px"
            raise ProtocolError(errors.TOO_LARGE, got, want, "Make the selection smaller.", job)

    def _engine(self, submit: Submit, recipe: RecipeInfo) -> str:
        """The job's engine, when it and those that passes name are listed: the chosen one, else the
        recipe's own, else the first; for a recipe that draws the first that does."""
        chosen = submit.engine or recipe.engine
        named = {"": chosen}
        for index, spec in enumerate(submit.passes or recipe.passes, start=1):
            named[f" in pass {index}"] = spec.engine
        for place, name in named.items():
            if name and name not in self.specs:
                got, want = f"the engine {name}{place}", "one of " + ", ".join(self.specs)
                raise ProtocolError(errors.UNKNOWN_ENGINE, got, want, job=submit.job)
        able = (name for name, trait in self.traits.items() if trait.draws or not recipe.draws)
        return chosen or next(able, next(iter(self.specs)))


class Offer:
    """What is offered to whoever comes: models and recipes may be added while a server runs.

    latest: the catalogue when it was looked at last. Construction raises `EngineError` for a bad
    configuration.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self.latest = Catalogue.of(config)
        self._tell(self.latest.all_refused)

    @property
    def recipes_folder(self) -> Path:
        """Where recipes are saved."""
        return self._config.recipes_folder

    def now(self) -> Catalogue:
        """The catalogue as the folders are; as it was if something in them is wrong."""
        try:
            fresh = Catalogue.of(self._config)
        except Exception:  # whatever it is, it must not keep out who comes
            log.exception("models and recipes are offered as before")
            return self.latest
        self._tell(fresh.all_refused - self.latest.all_refused)
        self.latest = fresh
        return fresh

    def _tell(self, refused: Iterable[str]) -> None:
        for reason in sorted(refused):
            log.warning("not offered: %s", reason)


def _in_order(plan: Mapping[int, PlannedPass]) -> tuple[PlannedPass, ...]:
    return tuple(plan[index] for index in sorted(plan))


def _described(traits: EngineTraits) -> EngineInfo:
    return EngineInfo(traits.name, traits.title, traits.native, traits.cell, traits.honours)


def _narrowest_ramp(submit: Submit, traits: EngineTraits) -> float:
    """The least feather, crop px, that the model can blend over; 0 for engines without cells."""
    if traits.cell <= 1:
        return 0.0
    space = traits.space(submit.crop.width, submit.crop.height)
    return CELLS_TO_BLEND * traits.cell / space.scale


def _left_out(name: str) -> str:
    return (
        f"The model {name} is one too many: a server lists at most {MOST_ENGINES}. "
        "Take some out of the models folder."
    )


def _tellable(ladders: Ladders, engines: Iterable[EngineTraits]) -> Ladders:
    """Without those recipes that do not fit into a server's first word with all that is offered:
    the longest go first."""
    kept, refused = dict(ladders.recipes), list(ladders.refused)
    offer = tuple(_described(trait) for trait in engines)
    while kept and not _fits(offer, tuple(kept.values())):
        longest = max(kept, key=lambda name: len(repr(kept[name])))
        del kept[longest]
        refused.append(
            f"The recipe {longest} is left out: all recipes together are too many or too long "
            f"to be told to clients, which is {MOST_RECIPES} and {codec.MAX_FRAME // 1024} KiB. "
            "Shorten some, or take some out of the recipes folder."
        )
    return Ladders(kept, tuple(refused))


def _fits(engines: tuple[EngineInfo, ...], ladders: tuple[RecipeInfo, ...]) -> bool:
    try:
        words = VERSION, f"sfumato {__version__}"
        codec.encode(Welcome(*words, engines, ladders, DEFAULT_LIMITS, (), offers.FEATURES))
    except ProtocolError:
        return False
    return True


def _check_length(submit: Submit, engine: str, plan: tuple[PlannedPass, ...]) -> None:
    """Each planned pass tells its prompt: it must be possible to say them all at once."""
    try:
        codec.encode(Accepted(submit.job, engine, plan, 0))
        codec.encode(submit)
    except ProtocolError as error:
        got = f"{len(submit.prompt)} characters of prompt for {len(plan)} passes"
        remedy = "Shorten the prompt."
        raise ProtocolError(errors.TOO_LARGE, got, "less", remedy, submit.job) from error


def _check_colour(submit: Submit) -> None:
    try:
        encoding_of(submit.image).check()
    except UnsupportedColour as error:
        raise ProtocolError(errors.UNSUPPORTED_COLOUR, str(error), "", job=submit.job) from error
