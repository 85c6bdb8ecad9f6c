import pytest

from fakes.stores import Memory
from sfumato.core.choices import Choices
from sfumato.settings import Settings, load, save
from sfumato_protocol import endpoint


def test_what_is_saved_is_loaded() -> None:
    memory = Memory()
    settings = Settings("ws://host:1/sfumato", "t", "seam", "Öl", "hair", 2**32 - 1, True)
    save(memory, settings)
    assert load(memory) == settings
    assert all(isinstance(value, str) for value in memory.content.values())


def test_an_empty_store_gives_the_defaults() -> None:
    assert load(Memory()) == Settings()
    assert Settings().server == endpoint.url()


@pytest.mark.parametrize("seed", ["", "-1", "x", "1.5", "٣x"])
def test_a_seed_that_is_none_takes_the_default(seed: str) -> None:
    assert load(Memory(seed=seed)).seed == 0


def test_a_seed_beyond_the_range_is_cut_to_it() -> None:
    assert load(Memory(seed=str(2**40))).seed == 2**32 - 1


@pytest.mark.parametrize(("text", "locked"), [("1", True), ("0", False), ("maybe", False)])
def test_flags(text: str, locked: bool) -> None:
    assert load(Memory(seed_locked=text)).seed_locked is locked


def test_choices_are_the_part_that_a_job_needs() -> None:
    settings = Settings("ws://x", "t", "seam", "p", "n", 3, True, "sd")
    assert settings.choices == Choices("seam", "p", "n", 3, True, "sd")
