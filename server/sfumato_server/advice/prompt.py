"""Advice on prompts: describe the region only, and let the picture's own light rule."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .rules import Rule

LONG = 40
MANY_PARTS = 4
MANY_PRAISES = 3
SMALL_REGION = 0.25

_PARTS = (
    "hair", "eyes", "eyebrows", "nose", "lips", "mouth", "teeth", "cheeks", "chin", "skin", "neck",
    "shoulders", "hands", "dress", "shirt", "jacket", "suit", "background", "sky", "room",
    "portrait", "full body", "woman", "man", "girl", "boy",
)  # fmt: skip
_PRAISES = (
    "masterpiece", "best quality", "high quality", "highly detailed", "ultra detailed", "detailed",
    "8k", "4k", "uhd", "hdr", "award winning", "award-winning", "trending on artstation",
    "artstation", "photorealistic", "hyperrealistic", "ultra realistic", "professional", "stunning",
    "beautiful", "perfect", "sharp focus", "raw photo", "intricate",
)  # fmt: skip
_NEGATION = re.compile(
    r"\b(no|not|without|never|don't|isn't|remove|avoid)\s+(\w{1,40})", re.IGNORECASE
)
_LIGHT = {
    "warm": ("warm", "golden hour", "golden light", "sunset", "candlelight", "firelight"),
    "cool": ("cool light", "cold light", "moonlight", "blue hour", "blue light", "icy"),
    "bright": ("bright", "sunlit", "high key", "high-key", "overexposed", "brightly lit"),
    "dark": ("dark", "night", "low key", "low-key", "dim", "gloomy", "underexposed"),
    "soft": ("soft light", "soft lighting", "diffuse", "diffused", "overcast"),
    "hard": ("hard light", "harsh light", "harsh sunlight", "hard shadows", "spotlight"),
}  # fmt: skip
_OPPOSITE = {
    "warm": "cool", "cool": "warm", "bright": "dark", "dark": "bright", "soft": "hard",
    "hard": "soft",
}  # fmt: skip
# Hair is dark and smiles are warm in any light: these count alone or before a word of light.
_AMBIGUOUS = ("warm", "bright", "dark", "dim", "icy")
_OF_LIGHT = r"\s*($|[^\w\s-]|(and|light|lighting|lit|scene|room|sky|mood|atmosphere|tones?)\b)"


@dataclass(frozen=True)
class PromptFacts:
    """A prompt and where it will be used.

    region: share of the canvas or, where that is not known, of the crop that is selected, 0..1.
    light: what was measured of the context, any of "warm", "cool", "bright", "dark", "soft",
    "hard". engine: its title. honours_prompt: whether it reads prompts at all.
    """

    prompt: str
    region: float
    light: frozenset[str]
    engine: str
    honours_prompt: bool


def words(prompt: str, vocabulary: tuple[str, ...]) -> tuple[str, ...]:
    """The entries of `vocabulary` that stand in `prompt` as whole words, in its own order."""
    folded = prompt.lower()
    return tuple(
        entry for entry in vocabulary if re.search(rf"(?<!\w){re.escape(entry)}(?!\w)", folded)
    )


def contradictions(facts: PromptFacts) -> tuple[tuple[str, str], ...]:
    """(word in the prompt, what was measured instead) for light that the picture does not have."""
    return tuple(
        (entry, _OPPOSITE[quality])
        for quality, vocabulary in _LIGHT.items()
        if _OPPOSITE[quality] in facts.light
        for entry in words(facts.prompt, vocabulary)
        if entry not in _AMBIGUOUS or re.search(rf"\b{entry}{_OF_LIGHT}", facts.prompt.lower())
    )


def _overspecified(facts: PromptFacts) -> bool:
    many = len(words(facts.prompt, _PARTS)) >= MANY_PARTS or len(facts.prompt.split()) > LONG
    return facts.region < SMALL_REGION and many


def _said(found: tuple[str, ...]) -> str:
    return ", ".join(found[:4])


def _contradiction_sentence(facts: PromptFacts) -> str:
    entry, measured = contradictions(facts)[0]
    return (
        f"The prompt says “{entry}”, but the light around the selection is {measured}. "
        "Leave light and colour out: the picture's own will rule."
    )


def _negation_sentence(facts: PromptFacts) -> str:
    found = _NEGATION.search(facts.prompt)
    assert found is not None
    negation, word = found.groups()
    return (
        f"“{negation} {word}” asks for it: models read the word, not the negation. "
        f"Put “{word}” into the negative prompt."
    )


PROMPT_RULES: tuple[Rule[PromptFacts], ...] = (
    Rule(
        "prompt.empty",
        lambda p: p.honours_prompt and not p.prompt.strip(),
        lambda p: "No prompt: the model goes by the surroundings alone, which is fine for repairs.",
        "A prompt says what to draw. To mend something the surroundings say enough.",
    ),
    Rule(
        "prompt.ignored",
        lambda p: bool(p.prompt.strip()) and not p.honours_prompt,
        lambda p: f"{p.engine} does not read prompts: yours has no effect.",
        "This tool has no model of language: it works with the pixels around the region.",
    ),
    Rule(
        "prompt.overspecified",
        lambda p: p.honours_prompt and _overspecified(p),
        lambda p: (
            "The prompt describes more than the selected region. "
            "Name only what should be inside it, in a few words."
        ),
        "The model tries to draw all that the prompt names, into the region alone: a "
        "portrait in a cheek.",
    ),
    Rule(
        "prompt.light",
        lambda p: p.honours_prompt and bool(contradictions(p)),
        _contradiction_sentence,
        "What is drawn has to stand in the light of the picture. A prompt for another "
        "light pulls the region away from its surroundings.",
    ),
    Rule(
        "prompt.praise",
        lambda p: p.honours_prompt and len(words(p.prompt, _PRAISES)) >= MANY_PRAISES,
        lambda p: (
            f"Words of praise ({_said(words(p.prompt, _PRAISES))}) pull the region towards "
            "stock pictures and away from this one. Leave them out."
        ),
        "Such words stand beside polished pictures in what models learnt from: smooth "
        "skin, strong contrast, centred light.",
    ),
    Rule(
        "prompt.negation",
        lambda p: p.honours_prompt and _NEGATION.search(p.prompt) is not None,
        _negation_sentence,
        "A model reads a prompt as a list of things, in which a negation counts little. "
        "The negative prompt is what it keeps away from.",
    ),
)
