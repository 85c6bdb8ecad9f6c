"""Advice on denoising strength: which band a pass is in and what that band does."""

from __future__ import annotations

from dataclasses import dataclass

from .rules import Rule

SUBTLE = 0.5
DRIFT = 0.75
REPLACE = 0.85


@dataclass(frozen=True)
class StrengthFacts:
    """A pass of a ladder. strength: 0..1. zone: the pass's. index: its place, from 1."""

    strength: float
    zone: str
    index: int = 1


def band(strength: float) -> str:
    """The name of a strength's band: subtle, correct, drift or replace."""
    if strength < SUBTLE:
        return "subtle"
    if strength <= DRIFT:
        return "correct"
    return "drift" if strength < REPLACE else "replace"


STRENGTH_RULES: tuple[Rule[StrengthFacts], ...] = (
    Rule(
        "strength.may-not-resolve",
        lambda s: s.index == 1 and s.zone == "whole" and band(s.strength) == "subtle",
        lambda s: (
            f"Strength {s.strength:.2f} refines and may leave the problem where it is. "
            "0.5 to 0.7 corrects."
        ),
        "Under 0.5 the model keeps most of what it is given and refines it. The first "
        "pass over the whole region has to be strong enough to take the problem away; "
        "later passes refine.",
    ),
    Rule(
        "strength.drift",
        lambda s: band(s.strength) == "drift",
        lambda s: (
            f"At strength {s.strength:.2f} a face may become another one. "
            "Stay at 0.5 to 0.7 to correct, go to 0.85 or more to replace."
        ),
        "Between 0.75 and 0.85 the model is free to change features and still leans on "
        "the old ones, so likeness drifts without being replaced on purpose.",
    ),
    Rule(
        "strength.replace",
        lambda s: band(s.strength) == "replace",
        lambda s: f"At strength {s.strength:.2f} what was there is replaced, not corrected.",
        "From 0.85 on hardly anything of what was there guides the model: shapes and "
        "features are made anew.",
    ),
)
