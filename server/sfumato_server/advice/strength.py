"""Advice on denoising strength: which band a pass is in and what that band does."""

from __future__ import annotations

from dataclasses import dataclass

from .rules import Rule

SUBTLE = 0.5
DRIFT = 0.75
REPLACE = 0.85


@dataclass(frozen=True)
class StrengthFacts:
    """A ladder's strengths. first: of its first pass, 0..1. zone: that pass's zone."""

    first: float
    zone: str


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
        lambda s: s.zone == "whole" and band(s.first) == "subtle",
        lambda s: (
            f"Strength {s.first:.2f} refines and may leave the problem where it is. "
            "0.5 to 0.7 corrects."
        ),
    ),
    Rule(
        "strength.drift",
        lambda s: band(s.first) == "drift",
        lambda s: (
            f"At strength {s.first:.2f} a face may become another one. "
            "Stay at 0.5 to 0.7 to correct, go to 0.85 or more to replace."
        ),
    ),
    Rule(
        "strength.replace",
        lambda s: band(s.first) == "replace",
        lambda s: f"At strength {s.first:.2f} what was there is replaced, not corrected.",
    ),
)
