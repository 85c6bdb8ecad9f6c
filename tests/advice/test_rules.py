"""Each rule of advice: a case that calls for it, one beside it that does not, and its sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sfumato_server.advice.mask import MASK_RULES, MaskFacts
from sfumato_server.advice.prompt import PROMPT_RULES, PromptFacts
from sfumato_server.advice.rules import notes
from sfumato_server.advice.strength import STRENGTH_RULES, StrengthFacts, band

Changes = dict[str, Any]

GOOD_MASK = MaskFacts(
    feather=16,
    grow=8,
    chosen=True,
    soft=False,
    keep_inside=False,
    thickness=120,
    covered=0.3,
    at_edge=False,
    scale=1.0,
    cell=8,
)
GOOD_PROMPT = PromptFacts(
    prompt="freckled skin",
    region=0.05,
    light=frozenset({"cool", "dark", "soft"}),
    engine="The engine",
    honours_prompt=True,
)
PORTRAIT = "woman with red hair, green eyes, full lips, blue dress, in a garden, smiling"


def test_a_good_mask_prompt_and_strength_need_no_advice() -> None:
    assert notes(MASK_RULES, GOOD_MASK) == ()
    assert notes(PROMPT_RULES, GOOD_PROMPT) == ()
    assert notes(STRENGTH_RULES, StrengthFacts(0.6, "whole")) == ()


@pytest.mark.parametrize(
    ("rule", "trigger", "beside", "words"),
    [
        ("mask.hard-edge", {"feather": 1}, {"feather": 1, "soft": True}, "10 to 20 px"),
        ("mask.hard-edge", {"feather": 2}, {"feather": 2, "chosen": False}, "third of its radius"),
        ("mask.little-margin", {"grow": 1}, {"grow": 1, "chosen": False}, "Extend"),
        ("mask.little-margin", {"grow": 0}, {"grow": 0, "keep_inside": True}, "Extend"),
        ("mask.narrow-ramp", {"feather": 15}, {"feather": 15, "cell": 1}, "at least 16 px"),
        ("mask.narrow-ramp", {"feather": 15}, {"feather": 15, "soft": True}, "15 px to the model"),
        ("mask.too-small", {"thickness": 31}, {"thickness": 32}, "31 px thick"),
        ("mask.too-large", {"scale": 0.5, "feather": 40}, {"scale": 0.76, "feather": 40}, "50 %"),
        ("mask.no-context", {"covered": 0.95}, {"covered": 0.9}, "95 %"),
        ("mask.at-edge", {"at_edge": True}, {}, "edge"),
    ],
)
def test_mask_rules(rule: str, trigger: Changes, beside: Changes, words: str) -> None:
    given = {note.rule: note.sentence for note in notes(MASK_RULES, replace(GOOD_MASK, **trigger))}
    assert words in given[rule]
    assert rule not in [note.rule for note in notes(MASK_RULES, replace(GOOD_MASK, **beside))]


@pytest.mark.parametrize(
    ("rule", "trigger", "beside", "words"),
    [
        ("prompt.empty", {"prompt": " "}, {}, "surroundings"),
        (
            "prompt.ignored",
            {"honours_prompt": False},
            {"honours_prompt": False, "prompt": ""},
            "no effect",
        ),
        ("prompt.overspecified", {"prompt": PORTRAIT}, {"prompt": PORTRAIT, "region": 0.6}, "few"),
        ("prompt.light", {"prompt": "skin in warm light"}, {"prompt": "warmth, lukewarm"}, "cool"),
        ("prompt.light", {"prompt": "brightly lit face"}, {"prompt": "night"}, "dark"),
        ("prompt.light", {"prompt": "bright, open"}, {"prompt": "bright red lips"}, "dark"),
        ("prompt.light", {"prompt": "a warm mood"}, {"prompt": "a warm smile"}, "cool"),
        ("prompt.light", {"prompt": "warm and sunny"}, {"prompt": "warm-hearted"}, "cool"),
        ("prompt.light", {"prompt": "hard shadows"}, {"prompt": "soft light"}, "soft"),
        (
            "prompt.praise",
            {"prompt": "skin, masterpiece, best quality, 8k"},
            {"prompt": "skin, detailed"},
            "masterpiece",
        ),
        ("prompt.negation", {"prompt": "skin without scars"}, {"prompt": "a knot"}, "“scars”"),
    ],
)
def test_prompt_rules(rule: str, trigger: Changes, beside: Changes, words: str) -> None:
    facts = replace(GOOD_PROMPT, **trigger)
    given = {note.rule: note.sentence for note in notes(PROMPT_RULES, facts)}
    assert words in given[rule]
    assert rule not in [note.rule for note in notes(PROMPT_RULES, replace(GOOD_PROMPT, **beside))]


@pytest.mark.parametrize("prompt", ["no " + "a" * 5000, "no" + " " * 5000 + "scars"])
def test_a_sentence_is_short_whatever_the_prompt(prompt: str) -> None:
    given = notes(PROMPT_RULES, replace(GOOD_PROMPT, prompt=prompt))
    assert "prompt.negation" in [note.rule for note in given]
    assert max(len(note.sentence) for note in given) < 300


def test_an_empty_prompt_is_right_where_no_prompt_is_read() -> None:
    facts = replace(GOOD_PROMPT, prompt="", honours_prompt=False)
    assert notes(PROMPT_RULES, facts) == ()


@pytest.mark.parametrize(
    ("strength", "name", "rule"),
    [
        (0.25, "subtle", "strength.may-not-resolve"),
        (0.49, "subtle", "strength.may-not-resolve"),
        (0.5, "correct", None),
        (0.75, "correct", None),
        (0.8, "drift", "strength.drift"),
        (0.85, "replace", "strength.replace"),
        (1.0, "replace", "strength.replace"),
    ],
)
def test_strength_bands(strength: float, name: str, rule: str | None) -> None:
    assert band(strength) == name
    given = [note.rule for note in notes(STRENGTH_RULES, StrengthFacts(strength, "whole"))]
    assert given == ([rule] if rule else [])


def test_a_subtle_ring_is_as_it_should_be() -> None:
    assert notes(STRENGTH_RULES, StrengthFacts(0.4, "ring")) == ()


def test_every_rule_has_an_id_of_its_own_under_its_topic() -> None:
    for topic, rules in (
        ("mask", MASK_RULES),
        ("prompt", PROMPT_RULES),
        ("strength", STRENGTH_RULES),
    ):
        ids = [rule.id for rule in rules]
        assert len(set(ids)) == len(ids)
        assert all(one.startswith(topic + ".") for one in ids)
