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
    to do, from the same facts. why: what stands behind it, for who asks."""

    id: str
    applies: Callable[[Facts], bool]
    sentence: Callable[[Facts], str]
    why: str


def notes(rules: Iterable[Rule[Facts]], facts: Facts, index: int = 0) -> tuple[Note, ...]:
    """The notes of the rules that apply, in the table's order. index: the pass that they are about,
    0 for the whole job."""
    return tuple(
        Note(rule.id, rule.sentence(facts), index, rule.why)
        for rule in rules
        if rule.applies(facts)
    )
