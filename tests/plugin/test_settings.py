import json

import pytest

from fakes.stores import Memory
from sfumato.core.choices import Choices
from sfumato.core.hand import MaskHand
from sfumato.core.ladder import Rung
from sfumato.settings import Settings, load, save
from sfumato_protocol import codec, endpoint
from sfumato_protocol.messages import PassSpec


def test_what_is_saved_is_loaded() -> None:
    memory = Memory()
    choices = Choices("seam", "Öl", "hair", 2**32 - 1, True)
    settings = Settings("ws://host:1/sfumato", "t", "mask-", True, choices)
    save(memory, settings)
    assert load(memory) == settings
    assert all(isinstance(value, str) for value in memory.content.values())


def test_an_empty_store_gives_the_defaults() -> None:
    assert load(Memory()) == Settings()
    assert Settings().server == endpoint.url()


@pytest.mark.parametrize("seed", ["", "-1", "x", "1.5", "٣x"])
def test_a_seed_that_is_none_takes_the_default(seed: str) -> None:
    assert load(Memory(seed=seed)).choices.seed == 0


def test_a_seed_beyond_the_range_is_cut_to_it() -> None:
    assert load(Memory(seed=str(2**40))).choices.seed == 2**32 - 1


@pytest.mark.parametrize(("text", "locked"), [("1", True), ("0", False), ("maybe", False)])
def test_flags(text: str, locked: bool) -> None:
    assert load(Memory(seed_locked=text)).choices.seed_locked is locked


RUNG = Rung(PassSpec("ring", 0.4), on=False)


@pytest.mark.parametrize("text", ["", "[", "7", '[{"on":1}]', '{"feather":-7.0}', "NaN"])
def test_what_is_no_ladder_and_no_mask_takes_its_default(text: str) -> None:
    stored = load(Memory(ladder=text, hand=text, overall=text, place="beside"))
    assert stored.choices == Choices()


def test_choices_are_the_part_that_a_job_needs() -> None:
    stored = Memory(
        server="ws://x", token="t", folds="mask- result+", on_canvas="1",
        recipe="seam", prompt="p", negative_prompt="n", seed="3",
        seed_locked="1", engine="sd", place="top", overall="0.8",
        ladder='[{"step":' + json.dumps(codec.to_map(RUNG.step), separators=(",", ":"))
        + ',"on":false}]',
        hand='{"feather":12.0,"grow":-1.0,"keep_inside":true,"context":2.0}',
    )  # fmt: skip
    settings = load(stored)
    assert (settings.server, settings.token, settings.folds) == ("ws://x", "t", "mask- result+")
    assert settings.on_canvas
    assert settings.choices == Choices(
        "seam", "p", "n", 3, True, "sd", (RUNG,), 0.8, MaskHand(12.0, -1.0, True, 2.0), "top"
    )
    save(again := Memory(), settings)
    assert again.content == stored.content
