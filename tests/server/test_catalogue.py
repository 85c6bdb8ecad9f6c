"""What a server offers while its folders change."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes import engines as zoo
from fakes.families import BY_KEY
from server.conftest import TOKEN, StartServer, Talk, submission
from sfumato_protocol import VERSION, codec
from sfumato_protocol.messages import Advice, Failed, Hello, JobDone, Welcome
from sfumato_protocol.plain_text import printable
from sfumato_server.__main__ import main
from sfumato_server.config import Config
from sfumato_server.engines.diffusion.description import Model
from sfumato_server.engines.diffusion.settings import Settings
from sfumato_server.offer import models
from sfumato_server.offer.catalogue import Catalogue, Offer
from sfumato_server.offer.models import Listed
from sfumato_server.offer.recipes import load as built_in

RECIPE = """
title = "Mine"
description = "Ours alone."
[[pass]]
zone = "whole"
strength = 0.5
"""


def recipes(talk: Talk) -> list[str]:
    talk.say(Hello(VERSION, "tests"))
    welcome = talk.hear().message
    assert isinstance(welcome, Welcome)
    return [recipe.name for recipe in welcome.recipes]


def offer(home: Path) -> Offer:
    return Offer(Config(home=home, token=TOKEN, engines=(zoo.spec(zoo.Painter),)))


def put(folder: Path, name: str, content: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content)


def test_a_recipe_added_to_a_running_server_is_offered_to_the_next_client(
    start_server: StartServer,
) -> None:
    server = start_server()
    with server.talk(greet=False) as before:
        assert "mine" not in recipes(before)
        put(server.home / "recipes", "mine.toml", RECIPE)
        with server.talk(greet=False) as after:
            assert "mine" in recipes(after)


def test_recipes_that_need_drawing_are_offered_where_something_draws(tmp_path: Path) -> None:
    def offered(*kinds: type[zoo.Painter]) -> list[str]:
        config = Config(home=tmp_path, engines=tuple(zoo.spec(kind) for kind in kinds))
        return [recipe.name for recipe in Catalogue.of(config).welcome().recipes]

    put(tmp_path / "recipes", "zebra.toml", RECIPE.replace("Mine", "A zebra"))
    put(tmp_path / "recipes", "ant.toml", RECIPE.replace("Mine", "The ant"))
    safe = ["heal", "artefact-fix", "seam", "face-swap-boundary"]
    assert offered(zoo.Grader) == [*safe, "zebra", "ant"]
    assert offered(zoo.Grader, zoo.Painter) == [
        *safe, "expression", "face-replace", "zebra", "ant",
    ]  # fmt: skip


def test_a_recipe_that_needs_drawing_runs_on_the_first_engine_that_draws(tmp_path: Path) -> None:
    engines = (zoo.spec(zoo.Grader), zoo.spec(zoo.Painter))
    both = Catalogue.of(Config(home=tmp_path, engines=engines))
    assert both.job(submission("face-replace")[0], "tests").engine == "painter"
    assert both.job(submission("seam")[0], "tests").engine == "grader"
    chosen = submission("face-replace", engine="grader")[0]
    assert both.job(chosen, "tests").engine == "grader", "the artist's choice comes first"


def test_a_recipe_that_is_not_offered_still_runs_by_name_with_a_word(
    start_server: StartServer,
) -> None:
    with start_server(zoo.Grader).talk() as talk:
        talk.say(*submission("face-replace"))
        end, before = talk.hear_until(JobDone, Failed)
        assert isinstance(end.message, JobDone)
        (advice,) = (one.message for one in before if isinstance(one.message, Advice))
        (said,) = (note for note in advice.notes if note.rule == "recipe.cannot-draw")
        assert "grader copies and grades what is in the picture" in said.sentence


SPOILED: dict[str, str | bytes] = {
    "number.toml": "engine = 5\n" + RECIPE,
    "nothing.toml": "engine = 0\n" + RECIPE,
    "Hände.toml": RECIPE,
    "deep.toml": "a = " + "[" * 5000 + "]" * 5000,
    "wide.toml": "engine = 0x" + "f" * 40_000 + "\n" + RECIPE,
    "long.toml": "# " + "x" * (1 << 20),
    "page.toml": "<html>",
    "utf16.toml": RECIPE.encode("utf-16"),
    "latin-\udce9.toml": RECIPE,  # a name that is not UTF-8
}


def test_a_recipe_that_is_none_costs_itself_alone_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "recipes"
    put(folder, "mine.toml", "\ufeff" + RECIPE)
    for name, content in SPOILED.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)
    os.mkfifo(folder / "pipe.toml")
    (folder / "ring.toml").symlink_to("ring.toml")
    (folder / "zero.toml").symlink_to("/dev/zero")
    (folder / "folder.toml").mkdir()
    with caplog.at_level(logging.WARNING):
        offered = offer(tmp_path)
        found = offered.now()
    assert set(found.recipes) == {*built_in(), "mine"}
    assert len(found.refused_recipes) == len(SPOILED) + 4
    for name in (*SPOILED, "pipe.toml", "ring.toml", "zero.toml", "folder.toml"):
        told = printable(name)
        assert sum(told in text for text in found.refused_recipes) == 1, name
        assert caplog.text.count("/" + told) == 1, name
    assert all(printable(text) == text and len(text) < 1100 for text in found.refused_recipes)
    ran = CliRunner().invoke(main, ["recipes", "--home", str(tmp_path)])
    assert (ran.exit_code, "deep.toml" in ran.output, "mine" in ran.output) == (1, True, True)


def test_a_model_that_cannot_be_used_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    offered = offer(tmp_path)
    put(tmp_path / "models", "old.ckpt", "")
    with caplog.at_level(logging.WARNING):
        assert list(offered.now().traits) == ["painter"]
        assert list(offered.now().traits) == ["painter"]
    assert caplog.text.count("old.ckpt") == 1


def test_a_folder_of_more_models_than_can_be_listed_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed(folder: Path) -> models.Shelf:
        path = folder / "one"
        model = Model(path, BY_KEY["sd"], 512, 4, 1, "", Settings())
        many = [Listed(f"m{n}", path, model, model.traits(f"m{n}")) for n in range(120)]
        return models.Shelf(tuple(many), ())

    monkeypatch.setattr(models, "scan", listed)
    catalogue = offer(tmp_path).latest
    assert len(catalogue.welcome().engines) == 100
    assert len(catalogue.refused) == 21
    assert "m119" in catalogue.refused[-1]


def test_of_recipes_too_long_to_be_told_the_longest_are_left_out(tmp_path: Path) -> None:
    long = RECIPE + 'prompt = "' + "x" * 10_000 + '"\n'
    for number in range(40):
        put(tmp_path / "recipes", f"long-{number}.toml", long)
    put(tmp_path / "recipes", "mine.toml", RECIPE)
    put(
        tmp_path / "recipes",
        "huge.toml",
        long + 8 * f'[[pass]]\nzone = "ring"\nstrength = 0.5\nprompt = "{"x" * 9000}"\n',
    )
    found = offer(tmp_path).latest
    codec.encode(found.welcome())
    kept = [name for name in found.recipes if name.startswith("long-")]
    assert 25 < len(kept) < 33
    assert {"mine", *built_in()} <= set(found.recipes)
    assert "huge is left out" in found.refused_recipes[0]
    assert len(found.refused_recipes) == 41 - len(kept)
