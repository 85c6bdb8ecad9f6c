"""What is offered now, for all to see, and who is told when that changes."""

from __future__ import annotations

from collections.abc import Callable

from sfumato_protocol import errors, offers
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.messages import RecipeInfo

from ..execution.own_threads import OwnThreads
from ..jobs.job import Listener, Outgoing
from . import keeping
from .catalogue import Catalogue, Offer


class Board:
    """The offer of a running server. All methods are for the event loop's thread; folders are
    looked at, and written to, in one of its own."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self._scanning = OwnThreads(1, "offer")
        self.in_memory: frozenset[str] = frozenset()  # engines, by their import paths
        self._listeners: set[Listener] = set()
        self._told = self._now()

    @property
    def catalogue(self) -> Catalogue:
        """What is offered."""
        return self._offer.latest

    def welcome(self) -> offers.Welcome:
        """What a client is greeted with."""
        return self.catalogue.welcome(self.in_memory)

    def join(self, listener: Listener) -> None:
        """Tell a client from now on."""
        self._listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        """Tell a client no more."""
        self._listeners.discard(listener)

    async def look(self) -> None:
        """See whether models or recipes were added or taken away by hand."""
        await self._scanning.do(self._offer.now)
        self._tell()

    def loaded(self, specs: frozenset[str]) -> None:
        """These engines are in memory now, and no others."""
        self.in_memory = specs
        self._tell()

    async def save(self, recipe: RecipeInfo, asking: Listener) -> None:
        """Keep a recipe and tell everybody, `asking` in any case. Raises `ProtocolError`."""
        await self._change(lambda: self._saved(recipe), asking)

    async def delete(self, name: str, asking: Listener) -> None:
        """Forget a saved recipe and tell everybody, `asking` in any case. Raises
        `ProtocolError`."""
        await self._change(lambda: keeping.delete(self._offer.recipes_folder, name), asking)

    async def _change(self, change: Callable[[], None], asking: Listener) -> None:
        try:
            await self._scanning.do(change)
        except OSError as error:
            got = f"the server's disk would not do it: {error.strerror or error}"
            raise ProtocolError(errors.STORAGE, got, "") from error
        finally:
            await self._scanning.do(self._offer.now)
        self._tell(besides=asking)
        asking(Outgoing(self._now()))

    def _saved(self, recipe: RecipeInfo) -> None:
        folder, before = self._offer.recipes_folder, set(self._offer.now().recipes)
        with keeping.undone(folder, recipe.name):
            keeping.save(folder, recipe)
            lost = {*before, recipe.name} - set(self._offer.now().recipes)
            if lost:
                got = "a recipe too long to be told to clients with all the others"
                remedy = "Shorten it, or delete one that you do not use."
                raise ProtocolError(errors.TOO_LARGE, got, "a shorter one", remedy)

    def _now(self) -> offers.Offer:
        return self.catalogue.offer(self.in_memory)

    def _tell(self, besides: Listener | None = None) -> None:
        now = self._now()
        if now != self._told:
            self._told = now
            for listener in self._listeners - {besides}:
                listener(Outgoing(now, feature=offers.OFFER))
