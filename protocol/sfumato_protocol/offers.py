"""What is said of a server as a whole: the greeting, its offer, the recipes that it keeps."""

from dataclasses import dataclass
from typing import ClassVar, Tuple

from . import checks
from .base import Message
from .specs import EngineInfo, Limits, RecipeInfo

MOST_ENGINES = 100
MOST_RECIPES = 200
_MOST_FEATURES = 64

# What a side understands beyond the first version's messages; none may be said to one without.
PLAN = "plan"  # `Shape` that names a recipe, answered with plan, advice and time
AGAIN = "again"  # `Again`, `Ack.keep`
STOP = "stop"  # `Cancel.keep`
MOVE = "move"  # `Move`
RECIPES = "recipes"  # `SaveRecipe`, `DeleteRecipe`
OFFER = "offer"  # `Offer`, of a client: it wants them
WAITING = "waiting"  # `Waiting`, of a client: it wants them
FEATURES = (PLAN, AGAIN, STOP, MOVE, RECIPES, OFFER, WAITING)


@dataclass(frozen=True)
class Hello(Message):
    """First word of a client: the protocol it speaks, what it is and what it understands."""

    type: ClassVar[str] = "hello"
    version: str
    client: str
    features: Tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.text("version", self.version, 40)
        checks.text("client", self.client, 200)
        _features(self.features)


@dataclass(frozen=True)
class Welcome(Message):
    """First word of a server: what it offers, accepts and understands.

    dropped: a sentence for each engine or recipe that this side did not understand, and which is
    not among the others. Decoding adds them; a server says none.
    """

    type: ClassVar[str] = "welcome"
    version: str
    server: str
    engines: Tuple[EngineInfo, ...]
    recipes: Tuple[RecipeInfo, ...]
    limits: Limits
    dropped: Tuple[str, ...] = ()
    features: Tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.text("version", self.version, 40)
        checks.text("server", self.server, 200)
        _offered(self.engines, self.recipes, self.dropped)
        _features(self.features)

    def understands(self, feature: str) -> bool:
        """Whether it may be asked for that."""
        return feature in self.features


@dataclass(frozen=True)
class Offer(Message):
    """What the server offers now, in place of what its welcome said. Unasked, to every client that
    understands it. dropped: as in `Welcome`."""

    type: ClassVar[str] = "offer"
    engines: Tuple[EngineInfo, ...]
    recipes: Tuple[RecipeInfo, ...]
    dropped: Tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _offered(self.engines, self.recipes, self.dropped)


@dataclass(frozen=True)
class SaveRecipe(Message):
    """Keep a recipe with the server, in place of its own one of that name. What follows is an
    `Offer` that holds it, or a `Failed` with this `request`."""

    type: ClassVar[str] = "save_recipe"
    request: str
    recipe: RecipeInfo

    def __post_init__(self) -> None:
        checks.job_id("request", self.request)


@dataclass(frozen=True)
class DeleteRecipe(Message):
    """Forget a recipe that was saved; a built-in one that it had replaced is offered again. What
    follows is as after `SaveRecipe`."""

    type: ClassVar[str] = "delete_recipe"
    request: str
    name: str

    def __post_init__(self) -> None:
        checks.job_id("request", self.request)
        checks.name("name", self.name)


def _features(features: Tuple[str, ...]) -> None:
    checks.count("features", features, _MOST_FEATURES)
    for feature in features:
        checks.text("features", feature, 64)


def _offered(
    engines: Tuple[EngineInfo, ...], recipes: Tuple[RecipeInfo, ...], dropped: Tuple[str, ...]
) -> None:
    checks.count("engines", engines, MOST_ENGINES)
    checks.count("recipes", recipes, MOST_RECIPES)
    checks.count("dropped", dropped, MOST_ENGINES + MOST_RECIPES)
    for sentence in dropped:
        checks.text("dropped", sentence, 1000)
