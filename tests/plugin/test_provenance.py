"""A job's record in the picture: what was written is read, and nothing else is."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import flat_server
from fakes import plugin_values as values
from fakes.documents import FakeDocument, FakeDocuments
from fakes.stores import Memory
from sfumato.core import again_sentences as sentences
from sfumato.core import provenance, status
from sfumato.core.choices import TOP, Choices
from sfumato.core.hand import MaskHand
from sfumato.core.ladder import Rung
from sfumato.core.placement import plan_layers
from sfumato.core.status import Status
from sfumato.core.types import Refusal
from sfumato.studio import Studio
from sfumato_protocol import plain_json
from sfumato_protocol.messages import MAX_PROMPT, MAX_SEED, EngineInfo, PassSpec
from sfumato_protocol.provenance import LARGEST, Provenance, write

WELCOME = flat_server.WELCOME
NOW = Choices()
SAID = sentences.settings_again("two", 7, False)
GOOD = values.finished_job(prompt="ein Muttermal – größer\n“x” \\ \u2028")


def stored(**changes: Any) -> bytes:
    """A good record with some of its fields replaced."""
    return json.dumps({**json.loads(plan_layers(GOOD).provenance), **changes}).encode()


@pytest.mark.parametrize("depth", ["U8", "U16"])
def test_what_was_written_is_read(depth: str) -> None:
    job = values.finished_job(depth, seed=MAX_SEED - 1, prompt='"}]\0✨')
    record = provenance.read(plan_layers(job).provenance)
    assert record == provenance.provenance(job)
    assert (record.prompt, record.seed) == (job.request.choices.prompt, MAX_SEED - 1)
    assert [layer.figures for layer in record.passes] == [values.FIGURES] * 2


def test_the_largest_job_fits() -> None:
    prompt = "\1" * MAX_PROMPT
    planned = replace(GOOD.plan[0], prompt=prompt)
    choices = replace(GOOD.request.choices, prompt=prompt, negative_prompt=prompt)
    job = replace(GOOD, plan=(planned,) * 16, request=replace(GOOD.request, choices=choices))
    content = plan_layers(job).provenance
    assert 1_000_000 < len(content) < LARGEST
    assert provenance.read(content) == provenance.provenance(job)


@pytest.mark.parametrize(
    "changes",
    [
        {"job": "../../etc/passwd"},
        {"recipe": "two\n"},
        {"recipe": ["two"]},
        {"engine": "x" * 65},
        {"prompt": "x" * (MAX_PROMPT + 1)},
        {"prompt": "\ud800"},
        {"negative_prompt": 7},
        {"seed": -1},
        {"seed": MAX_SEED + 1},
        {"seed": 7.0},
        {"seed": True},
        {"server": "x" * 1001},
        {"ended": "x" * 10_001},
        {"masks": {"feather": 1e9, "grow": 0, "ring_width": 0, "wide_feather": 0}},
        {"canvas": {"x": 0, "y": 0, "width": -1, "height": 1}},
        {"colour": {"model": "RGBA", "depth": "U8"}},
        {"advice": ["not a rule"]},
        {"advice": ["mask.small"] * 101},
        {"plan": json.loads(stored())["plan"] * 9},
        {"plan": [{**json.loads(stored())["plan"][0], "strength": 1.5}]},
        {"passes": [{**json.loads(stored())["passes"][0], "seconds": 1e300}]},
        {"passes": {}},
        {"complete": 1},
    ],
)
def test_a_field_out_of_range_is_refused_in_one_sentence(changes: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        provenance.read(stored(**changes))
    said = str(refused.value)
    assert said.startswith("The record of this layer's job cannot be used: got ")
    assert len(said) < 400
    assert "\n" not in said


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"null", b"7", b"{", b"\xff\xfe", b"\x00", b"[" * 100_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        stored().replace(b'"seed": 7', b'"seed": NaN'),
        stored().replace(b'"seconds": 0.5', b'"seconds": Infinity'),
        stored().replace(b'"seconds": 0.5', b'"seconds": 1e999'),
        stored().replace(b'"seed": 7', b'"seed": ' + b"7" * 1_000_000),
        b" " * LARGEST + stored(),
    ],
)  # fmt: skip
def test_garbage_is_refused_at_once(content: bytes) -> None:
    began = time.process_time()
    with pytest.raises(Refusal) as refused:
        provenance.read(content)
    assert len(str(refused.value)) < 400
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize("piece", [b"[],", b"{},", b'"",', b'"\\"",', b"0,", b"1.5,", b'{"a":[]},'])
def test_the_largest_hostile_record_is_refused_in_bounded_time(piece: bytes) -> None:
    room = LARGEST - 100
    content = b'{"passes":[' + piece * (room // len(piece)) + b"0]}"
    began = time.process_time()
    with pytest.raises(Refusal):
        provenance.read(content)
    assert time.process_time() - began < 10.0


def test_nesting_is_bounded_where_the_field_is_unknown_too() -> None:
    assert provenance.read(stored(mood=[[["sunny"]]]))
    deep: Any = 1
    for _ in range(plain_json.DEEPEST):
        deep = [deep]
    with pytest.raises(Refusal, match="nested too deep"):
        provenance.read(stored(mood=deep))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(field=st.sampled_from(sorted(json.loads(stored()))), value=JSON)
def test_any_value_in_any_field_is_a_record_or_a_refusal(field: str, value: Any) -> None:
    try:
        record = provenance.read(stored(**{field: value}))
    except Refusal:
        return
    assert provenance.read(write(record)) == record


def record_of(**changes: Any) -> Provenance:
    return replace(provenance.provenance(GOOD), **changes)


def test_the_settings_are_those_of_the_job() -> None:
    now = Choices("gone", seed=3, ladder=(Rung(),), overall=0.5, engine="x", place=TOP)
    choices, said = provenance.settings_again(record_of(negative_prompt="hair"), WELCOME, now)
    assert choices == Choices("two", record_of().prompt, "hair", 7, place=TOP)
    assert said == SAID
    assert "lock the seed" in said
    locked = replace(now, seed_locked=True)
    choices, said = provenance.settings_again(record_of(), WELCOME, locked)
    assert choices.seed_locked
    assert "lock the seed" not in said


def test_the_ladder_and_the_mask_are_those_of_the_job() -> None:
    asked = (PassSpec("ring", 0.2, feather=2.0),)
    masks = replace(GOOD.request.masks, feather=3.0, grow=1.0, keep_inside=True, auto=False)
    choices, _ = provenance.settings_again(record_of(asked=asked, masks=masks), WELCOME, NOW)
    assert [rung.step for rung in choices.ladder] == list(asked)
    assert choices.hand == MaskHand(3.0, 1.0, True)


def test_another_engine_is_chosen_only_if_it_is_listed() -> None:
    other = EngineInfo("sd", "SD", 512, 8, ("prompt",))
    welcome = replace(WELCOME, engines=(*WELCOME.engines, other))
    assert provenance.settings_again(record_of(engine="sd"), welcome, NOW)[0].engine == "sd"
    choices, said = provenance.settings_again(record_of(engine="sd"), WELCOME, NOW)
    assert choices.engine == ""
    assert "engine “sd” is not offered here" in said


def test_a_recipe_that_has_changed_is_told_with_its_old_strengths() -> None:
    (recipe,) = WELCOME.recipes
    changed = replace(recipe, passes=(PassSpec("whole", 0.9),))
    older = record_of(asked=())
    _, said = provenance.settings_again(older, replace(WELCOME, recipes=(changed,)), NOW)
    assert said.endswith("its strengths were 0.70 → 0.40.")


def test_passes_that_ran_on_other_engines_are_told() -> None:
    (recipe,) = WELCOME.recipes
    first, second = recipe.passes
    mixed = replace(recipe, passes=(first, replace(second, engine="grade")))
    welcome = replace(WELCOME, recipes=(mixed,))
    same = replace(GOOD.plan[1], engine="grade")
    again = record_of(plan=(GOOD.plan[0], same), asked=())
    assert provenance.read(write(again)) == again
    assert provenance.settings_again(again, welcome, NOW)[1] == sentences.settings_again(
        "two", 7, False
    )
    _, said = provenance.settings_again(record_of(asked=()), welcome, NOW)
    assert said.endswith("its passes ran on flat → flat.")
    _, said = provenance.settings_again(again, WELCOME, NOW)
    assert said.endswith("its passes ran on flat → grade.")
    whole = replace(mixed, passes=tuple(replace(one, engine="flat") for one in recipe.passes))
    of_flat = replace(WELCOME, recipes=(whole,))
    assert provenance.settings_again(record_of(asked=()), of_flat, NOW)[1] == SAID


def test_a_recipe_that_is_not_listed_is_refused() -> None:
    with pytest.raises(Refusal, match="no recipe “gone”"):
        provenance.settings_again(record_of(recipe="gone"), WELCOME, NOW)


class Docker:
    """The docker over one picture whose active layer has a record."""

    def __init__(self, record: bytes, connected: bool = True) -> None:
        self.memory = Memory()
        documents = FakeDocuments(FakeDocument(record=record))
        self.studio = Studio(self.memory, documents, self.memory)
        self.panel = self.studio.make_panel()
        if connected:
            self.studio.link.status_changed.emit(Status(status.READY, "Connected.", WELCOME))
        self.panel.reuse.click()


@pytest.mark.usefixtures("application")
def test_one_click_fills_the_docker_and_starts_nothing() -> None:
    docker = Docker(write(record_of(prompt="skin", negative_prompt="hair")))
    form = docker.panel.choices
    assert (form.recipe.currentData(), form.seed.text()) == ("two", "7")
    assert (form.prompt.toPlainText(), form.negative.text()) == ("skin", "hair")
    assert not form.lock.isChecked()
    assert docker.panel.sentence.text() == SAID
    assert docker.studio.jobs.all() == ()
    docker.studio.stop()
    assert (docker.memory.content["prompt"], docker.memory.content["seed"]) == ("skin", "7")


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize(
    ("record", "connected", "words"),
    [
        (b"", True, "pick a layer in a Sfumato group"),
        (b"{}", True, "The record of this layer's job cannot be used"),
        (stored(), False, "Not connected"),
    ],
)
def test_what_cannot_be_used_leaves_the_docker_as_it_is(
    record: bytes, connected: bool, words: str
) -> None:
    docker = Docker(record, connected)
    assert words in docker.panel.sentence.text()
    assert docker.panel.choices.prompt.toPlainText() == ""
    assert not docker.panel.choices.lock.isChecked()
