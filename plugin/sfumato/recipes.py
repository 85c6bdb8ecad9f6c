"""Recipes that the server keeps: asks for them to be saved and deleted, and tells what came of it.
Lives on the main thread."""

import uuid
from dataclasses import dataclass
from typing import Dict, Optional

from sfumato_protocol.errors import sentence
from sfumato_protocol.messages import DeleteRecipe, Failed, Offer, RecipeInfo, SaveRecipe
from sfumato_protocol.offers import RECIPES

from .core import recipe_sentences as sentences
from .line import Line
from .qt import QObject, Signal


@dataclass(frozen=True)
class _Asked:
    """saved: what it was asked to keep, None where it is to forget `name`. choose: it is then
    chosen."""

    name: str
    title: str
    saved: Optional[RecipeInfo] = None
    choose: bool = False

    def answered_by(self, offer: Offer) -> bool:
        listed = [one for one in offer.recipes if one.name == self.name]
        if self.saved is None:
            return not any(one.own for one in listed)
        return any((one.title, one.passes) == (self.title, self.saved.passes) for one in listed)


class Recipes(QObject):
    """said: one sentence for the artist. kept: the name of a recipe that is kept now and is to be
    chosen."""

    said = Signal(str)
    kept = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._line: Optional[Line] = None
        self._asked: Dict[str, _Asked] = {}

    def attach(self, line: Line) -> None:
        """A connection is open."""
        self._line = line

    def detach(self) -> None:
        """The connection is gone, and with it the answers."""
        self._line = None
        asked, self._asked = self._asked, {}
        for one in asked.values():
            self.said.emit(sentences.lost(one.title))

    def save(self, recipe: RecipeInfo, choose: bool = True) -> None:
        """Have the server keep a recipe, in place of its own one of that name. choose: it is then
        the one in use."""
        self._ask(_Asked(recipe.name, recipe.title, recipe, choose))

    def delete(self, recipe: RecipeInfo) -> None:
        """Have the server forget a recipe that was saved."""
        self._ask(_Asked(recipe.name, recipe.title or recipe.name))

    def refused(self, failed: Failed) -> bool:
        """Take in why a request failed; whether it was one of these."""
        asked = self._asked.pop(failed.request, None)
        if asked is not None:
            why = sentence(failed.got, failed.expected, failed.remedy)
            self.said.emit(sentences.not_kept(asked.title, why))
        return asked is not None

    def offered(self, offer: Offer) -> None:
        """Take in what the server offers now."""
        for request, asked in list(self._asked.items()):
            if asked.answered_by(offer):
                del self._asked[request]
                gone = asked.saved is None
                told = sentences.deleted if gone else sentences.saved
                if asked.choose:
                    self.kept.emit(asked.name)
                self.said.emit(told(asked.title))

    def _ask(self, asked: _Asked) -> None:
        if self._line is None or not self._line.welcome.understands(RECIPES):
            self.said.emit(sentences.no_keeping())
            return
        request = uuid.uuid4().hex
        self._asked[request] = asked
        if asked.saved is not None:
            self._line.say(SaveRecipe(request, asked.saved))
        else:
            self._line.say(DeleteRecipe(request, asked.name))
