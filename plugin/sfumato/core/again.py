"""A job of the picture that is asked for once more, from one of its passes on: what the artist
wants otherwise, and the request that comes of it."""

import random
import uuid
from dataclasses import dataclass, field, replace
from typing import Optional, Sequence, Tuple
from zlib import crc32

from sfumato_protocol import checks
from sfumato_protocol.geometry import MaskSettings, Rect, default_masks
from sfumato_protocol.messages import MAX_PASSES, MAX_SEED, PassSpec, RecipeInfo, Welcome
from sfumato_protocol.provenance import Provenance

from .choices import Choices, recipe_named
from .hand import MaskHand, in_hand
from .ladder import scaled
from .request import Request
from .types import Bytes, PassMask, Reading

MOST_VARIATIONS = 8


@dataclass(frozen=True)
class Wish:
    """What is to be otherwise from pass `first` on, up to the last.

    count: how many variations, 1..8; each has a seed of its own. seed: of the first, None for
    another one. strength: of that pass, and later ones in proportion; 0 for as they were. prompt:
    None for as it was. hand: the mask's settings, None for as they were. selects: what is selected
    now counts, and not what was then.
    """

    first: int
    count: int = 1
    seed: Optional[int] = None
    strength: float = 0.0
    prompt: Optional[str] = None
    hand: Optional[MaskHand] = None
    selects: bool = False

    def __post_init__(self) -> None:
        checks.whole("first", self.first, 1, MAX_PASSES)
        checks.whole("count", self.count, 1, MOST_VARIATIONS)
        checks.number("strength", self.strength, 0, 1)

    def seeds(self, before: int) -> Tuple[int, ...]:
        """Of each variation, all of them different. before: of the job as it was."""
        seeds = [] if self.seed is None else [self.seed]
        while len(seeds) < self.count:
            drawn = random.randint(0, MAX_SEED)
            if drawn not in seeds and drawn != before:
                seeds.append(drawn)
        return tuple(seeds)


@dataclass(frozen=True)
class Sight:
    """A variation as the artist sees it. share: how much of it is done, 0..1. finished: it can be
    seen in place and kept. failed: why there is none, "" if there is or may be. kept: it is in the
    document. passes: how many of them are finished."""

    seed: int
    share: float
    finished: bool
    failed: str
    kept: bool
    passes: int


@dataclass(frozen=True)
class Base:
    """A job that lies in the picture. earlier: the masks of its passes as the artist left them,
    with their areas, () where that is not known. hides: groups that are out of sight once there is
    another one, its own first."""

    record: Provenance
    earlier: Tuple[Tuple[Rect, Bytes], ...] = ()
    hides: Tuple[str, ...] = field(default=())


def make_again(
    base: Base, wish: Wish, seed: int, reading: Reading, welcome: Welcome, file: str = ""
) -> Request:
    """The request for one variation. reading: of the base's crop, its selection the one that
    counts."""
    record = base.record
    asked = ladder(record, wish)
    recipe = RecipeInfo(record.recipe, _title(record, welcome), "", asked or _nominal(record))
    listed = any(engine.name == record.engine for engine in welcome.engines)
    choices = Choices(
        recipe=record.recipe,
        prompt=record.prompt if wish.prompt is None else wish.prompt,
        negative_prompt=record.negative_prompt,
        seed=seed,
        engine=record.engine if listed else "",
    )
    return Request(
        job=uuid.uuid4().hex,
        reading=replace(reading, above=base.hides[0] if base.hides else reading.above),
        recipe=recipe,
        choices=choices,
        masks=_masks(record, wish, reading),
        server=welcome.server,
        file=file,
        passes=asked,
        base=record.job,
        first=wish.first,
        earlier=base.earlier[: wish.first - 1],
        selects=wish.selects,
        hides=base.hides,
        aside=wish.count > 1,
    )


def run_anew(
    record: Provenance, reading: Reading, hides: Tuple[str, ...], welcome: Welcome, file: str = ""
) -> Request:
    """The request for a job with everything as it was but the picture. hides: as in `Base`.
    Raises `Refusal` where the server offers no recipe."""
    asked = record.asked
    named = [one for one in welcome.recipes if one.name == record.recipe]
    recipe = named[0] if named else recipe_named(welcome, "" if asked else record.recipe)
    listed = any(engine.name == record.engine for engine in welcome.engines)
    choices = Choices(
        recipe=recipe.name,
        prompt=record.prompt,
        negative_prompt=record.negative_prompt,
        seed=record.seed,
        engine=record.engine if listed else "",
    )
    return Request(
        job=uuid.uuid4().hex,
        reading=replace(reading, above=hides[0] if hides else reading.above),
        recipe=recipe,
        choices=choices,
        masks=record.masks,
        server=welcome.server,
        file=file,
        passes=asked if asked != recipe.passes else (),
        hides=hides,
    )


def together(requests: Sequence[Request]) -> Tuple[Request, ...]:
    """Requests whose passes go in as one group."""
    click = requests[0].job if len(requests) > 1 else ""
    return tuple(replace(request, click=click) for request in requests)


def ladder(record: Provenance, wish: Wish) -> Tuple[PassSpec, ...]:
    """The passes as they are wished for; () where the record does not tell what they were."""
    asked = record.asked
    if len(asked) < wish.first:
        return ()
    begun = asked[wish.first - 1]
    factor = wish.strength / begun.strength if wish.strength else 1.0
    changed = []
    for index, spec in enumerate(asked, start=1):
        if index >= wish.first:
            spec = replace(spec, strength=scaled(spec.strength, factor))
            if wish.prompt is not None and spec.prompt == begun.prompt:
                spec = replace(spec, prompt="")
        changed.append(spec)
    return tuple(changed)


def prompt_of(record: Provenance, index: int) -> str:
    """What a pass was told to draw."""
    for planned in record.plan:
        if planned.index == index and planned.prompt:
            return planned.prompt
    return record.prompt


def strength_of(record: Provenance, index: int) -> float:
    """The strength that a pass was asked for with."""
    if index <= len(record.asked):
        return record.asked[index - 1].strength
    for planned in record.plan:
        if planned.index == index:
            return planned.strength
    return 0.0


def earlier_masks(
    record: Provenance, seen: Sequence[Sequence[PassMask]]
) -> Tuple[Tuple[Rect, Bytes], ...]:
    """The masks of a job's passes as they are now; () where all are as they came, or where the
    layers tell nothing of them. seen: for each pass all layers of the group in that pass's area,
    bottom first."""
    found = []
    for number, layer in enumerate(record.passes[: len(seen)]):
        if not seen[number]:
            return ()
        found.append((layer, _mask_of(record, number, seen[number])))
    if all(crc32(mask) == layer.mask for layer, mask in found):
        return ()
    return tuple((layer.area, mask) for layer, mask in found)


def _mask_of(record: Provenance, number: int, masks: Sequence[PassMask]) -> Bytes:
    """By the layer's name; where the artist has renamed layers, by their order. Of a layer that the
    artist has deleted nothing is seen."""
    names = [layer.layer for layer in record.passes]
    for mask in masks:
        if mask.name == names[number]:
            return mask.mask
    there = {mask.name for mask in masks}
    renamed = [mask for mask in masks if mask.name not in names]
    missing = [place for place, name in enumerate(names) if name not in there]
    if missing.index(number) < len(renamed):
        return renamed[missing.index(number)].mask
    return bytes(len(masks[0].mask))


def _masks(record: Provenance, wish: Wish, reading: Reading) -> MaskSettings:
    if wish.hand is None:
        return record.masks
    return in_hand(default_masks(reading.canvas, reading.bounds), wish.hand)


def _title(record: Provenance, welcome: Welcome) -> str:
    titles = [one.title for one in welcome.recipes if one.name == record.recipe and one.title]
    return titles[0] if titles else record.recipe


def _nominal(record: Provenance) -> Tuple[PassSpec, ...]:
    """A ladder that says how many passes there are, for a record without one."""
    return tuple(PassSpec(one.extent.zone, one.strength) for one in record.plan)
