"""What a rule is and how a table of them is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sfumato_protocol.specs import Note

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Rule(Generic[Facts]):
    """id: "topic.name". applies: whether facts call for it. sentence: what is the matter and what
    to do, from the same facts."""

    id: str
    applies: Callable[[Facts], bool]
    sentence: Callable[[Facts], str]


def notes(rules: Iterable[Rule[Facts]], facts: Facts) -> tuple[Note, ...]:
    """The notes of the rules that apply, in the table's order."""
    return tuple(Note(rule.id, rule.sentence(facts)) for rule in rules if rule.applies(facts))
