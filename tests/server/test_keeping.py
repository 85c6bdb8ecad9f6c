"""Recipes that clients save, and the offer that everybody hears."""

from __future__ import annotations

import errno
import os
import string
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import engines as zoo
from server.conftest import StartServer, Talk, submission
from sfumato_protocol import VERSION, errors
from sfumato_protocol.errors import InvalidField, ProtocolError
from sfumato_protocol.geometry import ZONES
from sfumato_protocol.messages import (
    Accepted,
    DeleteRecipe,
    Failed,
    Hello,
    JobDone,
    Offer,
    PassSpec,
    Progress,
    RecipeInfo,
    SaveRecipe,
    Welcome,
)
from sfumato_protocol.offers import OFFER, RECIPES
from sfumato_server.execution import engine_host
from sfumato_server.offer import keeping
from sfumato_server.offer.recipes import look, parse

MINE = RecipeInfo("mine", "Mine", "My own.\nTwo lines.", (PassSpec("whole", 0.6, steps=12),))


def greeted(talk: Talk, *features: str) -> Welcome:
    talk.say(Hello(VERSION, "tests", features))
    welcome = talk.hear().message
    assert isinstance(welcome, Welcome)
    return welcome


def offered(talk: Talk) -> Offer:
    received, _ = talk.hear_until(Offer)
    assert isinstance(received.message, Offer)
    return received.message


def named(offer: Offer | Welcome, name: str) -> RecipeInfo | None:
    return next((one for one in offer.recipes if one.name == name), None)


def save(talk: Talk, recipe: RecipeInfo) -> Offer | Failed:
    request = uuid.uuid4().hex
    talk.say(SaveRecipe(request, recipe))
    return _answer(talk, request)


def delete(talk: Talk, name: str) -> Offer | Failed:
    request = uuid.uuid4().hex
    talk.say(DeleteRecipe(request, name))
    return _answer(talk, request)


def _answer(talk: Talk, request: str) -> Offer | Failed:
    received, _ = talk.hear_until(Offer, Failed)
    assert isinstance(received.message, (Offer, Failed))
    if isinstance(received.message, Failed):
        assert (received.message.request, received.message.job) == (request, "")
    return received.message


def refused(answer: Offer | Failed) -> str:
    assert isinstance(answer, Failed), "it was done"
    return answer.code


def test_saved_it_is_everybodys_and_outlives_the_server(start_server: StartServer) -> None:
    server = start_server(zoo.Painter)
    with server.talk(greet=False) as talk, server.talk(greet=False) as other:
        welcome = greeted(talk, OFFER)
        assert welcome.understands(RECIPES)
        assert welcome.understands(OFFER)
        assert not any(one.own for one in welcome.recipes)
        greeted(other, OFFER, "from the future")
        own = replace(MINE, own=True)
        answer = save(talk, MINE)
        assert isinstance(answer, Offer)
        assert named(answer, "mine") == own
        assert offered(other) == answer
        submit, blobs = submission("mine")
        other.say(submit, blobs)
        accepted, _ = other.hear_until(Accepted)
        assert isinstance(accepted.message, Accepted)
        assert [one.steps for one in accepted.message.plan] == [12]
        changed = save(other, replace(MINE, title="Ours"))
        assert isinstance(changed, Offer)
        again = offered(talk)
        assert again.recipes == changed.recipes
        assert named(again, "mine") == replace(own, title="Ours")
        assert isinstance(save(talk, replace(MINE, title="Ours")), Offer), "nothing changes by it"
    server.stop()
    with start_server(zoo.Painter).talk(greet=False) as talk:
        assert named(greeted(talk), "mine") == replace(own, title="Ours")
        gone = delete(talk, "mine")
        assert isinstance(gone, Offer), "who asks is told in any case"
        assert named(gone, "mine") is None
        assert refused(delete(talk, "mine")) == errors.UNKNOWN_RECIPE
        assert refused(delete(talk, "heal")) == errors.UNKNOWN_RECIPE


def test_what_comes_with_the_server_comes_back(start_server: StartServer) -> None:
    with start_server(zoo.Painter).talk(greet=False) as talk:
        before = greeted(talk)
        heal = named(before, "heal")
        assert heal is not None
        saved = save(talk, replace(heal, passes=(PassSpec("ring", 0.33),)))
        assert isinstance(saved, Offer)
        mine = named(saved, "heal")
        assert mine is not None
        assert mine.own
        assert [one.name for one in saved.recipes] == [one.name for one in before.recipes]
        restored = delete(talk, "heal")
        assert isinstance(restored, Offer)
        assert restored.recipes == before.recipes


@pytest.mark.parametrize("name", ["a/b", "nul", "COM1.old", "x/../y"])
def test_no_name_leads_out_of_the_folder(start_server: StartServer, name: str) -> None:
    server = start_server(zoo.Painter)
    with server.talk(greet=False) as talk:
        greeted(talk)
        assert refused(save(talk, replace(MINE, name=name))) == errors.BAD_MESSAGE
        assert refused(delete(talk, name)) == errors.BAD_MESSAGE
        assert not (server.home / "recipes").exists()


def test_one_too_many_or_too_long_leaves_all_as_it_was(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_OWN", 25)
    server = start_server(zoo.Painter)
    folder = server.home / "recipes"
    with server.talk(greet=False) as talk:
        greeted(talk)
        assert isinstance(save(talk, replace(MINE, name="Mine")), Offer)
        assert refused(save(talk, MINE)) == errors.BAD_MESSAGE, "one file on some systems"
        long = tuple(PassSpec("whole", 0.5, prompt="x" * 9000) for _ in range(8))
        answers = [save(talk, replace(MINE, name=f"m{n}", passes=long)) for n in range(5)]
        fitted = [one for one in answers if isinstance(one, Offer)]
        assert [refused(one) for one in answers[len(fitted) :]] == [errors.TOO_LARGE] * (
            5 - len(fitted)
        )
        assert 0 < len(fitted) < 5
        assert len(list(folder.iterdir())) == 1 + len(fitted)
        short = [save(talk, replace(MINE, name=f"s{n}")) for n in range(25)]
        assert refused(short[-1]) == errors.TOO_LARGE
        last = next(one for one in reversed(short) if isinstance(one, Offer))
        assert len([one for one in last.recipes if one.own]) == 25
        longer = replace(MINE, name="Mine", passes=(*long, *long[:7]))
        if not isinstance(save(talk, longer), Offer):
            assert parse("Mine", (folder / "Mine.toml").read_bytes(), "").passes == MINE.passes


def test_a_disk_that_will_not_is_told(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    server = start_server(zoo.Painter)
    with server.talk(greet=False) as talk:
        greeted(talk)
        assert isinstance(save(talk, MINE), Offer)
        with monkeypatch.context() as patched:
            patched.setattr("sfumato_server.offer.keeping.os.replace", full)
            assert refused(save(talk, replace(MINE, title="More"))) == errors.STORAGE
        assert [one.name for one in (server.home / "recipes").iterdir()] == ["mine.toml"]
        now = save(talk, replace(MINE, name="other"))
        assert isinstance(now, Offer)
        assert named(now, "mine") == replace(MINE, own=True)


def test_what_lies_in_the_folder_by_hand_is_told_when_somebody_comes(
    start_server: StartServer,
) -> None:
    server = start_server(zoo.Painter)
    with server.talk(greet=False) as talk:
        greeted(talk, OFFER)
        (server.home / "recipes").mkdir()
        (server.home / "recipes" / "hand.toml").write_bytes(keeping.to_toml(MINE))
        with server.talk():
            told = named(offered(talk), "hand")
            assert told is not None
            assert told.own


def test_what_was_taken_out_of_the_folder_by_hand_is_in_nobodys_way(
    start_server: StartServer,
) -> None:
    server = start_server(zoo.Painter)
    with server.talk(greet=False) as talk:
        greeted(talk)
        for name in ("one", "two", "three"):
            assert isinstance(save(talk, replace(MINE, name=name)), Offer)
        (server.home / "recipes" / "one.toml").unlink()
        (server.home / "recipes" / "two.toml").write_text("title = 3")
        now = save(talk, MINE)
        assert isinstance(now, Offer), now
        assert [one.name for one in now.recipes if one.own] == ["mine", "three"]


def test_which_engine_is_loaded_is_told(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_host, "IDLE_SECONDS", 1.0)
    with start_server(zoo.Heavy, zoo.OtherHeavy, zoo.Grader).talk(greet=False) as talk:

        def loaded(offer: Offer | Welcome) -> list[str]:
            return [one.name for one in offer.engines if one.loaded]

        assert loaded(greeted(talk, OFFER)) == ["grader"], "it has no weights to load"
        submit, blobs = submission("heal", engine="heavy")
        talk.say(submit, blobs)
        assert loaded(offered(talk)) == ["heavy", "grader"]
        talk.hear_until(JobDone)
        talk.say(*submission("heal", engine="other-heavy"))
        assert loaded(offered(talk)) == ["grader"]
        assert loaded(offered(talk)) == ["other-heavy", "grader"]
        talk.hear_until(JobDone)
        assert loaded(offered(talk)) == ["grader"], "it was idle for so long"


def test_an_engine_that_died_is_loaded_no_more(start_server: StartServer) -> None:
    with start_server(zoo.Dying).talk(greet=False) as talk:
        greeted(talk, OFFER)
        talk.say(*submission("heal"))
        _, before = talk.hear_until(Failed)
        states = [one.message.engines[0].loaded for one in before if isinstance(one.message, Offer)]
        assert states == [True, False, True, False]
        assert any(isinstance(one.message, Progress) for one in before)


def test_on_a_disk_that_mixes_up_case_another_name_deletes_and_touches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping.save(tmp_path, MINE)
    place = tmp_path / "mine.toml"
    before = place.stat()
    monkeypatch.setattr(keeping, "_place", lambda folder, name: folder / f"{name.lower()}.toml")
    with pytest.raises(ProtocolError):
        keeping.delete(tmp_path, "MINE")
    with pytest.raises(InvalidField), keeping.undone(tmp_path, "MINE"):
        keeping.save(tmp_path, replace(MINE, name="MINE"))
    after = place.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


names = st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=64)
passes = st.builds(
    PassSpec,
    zone=st.sampled_from(ZONES),
    strength=st.floats(0.01, 1),
    feather=st.floats(0.1, 10),
    width=st.floats(0.1, 10),
    steps=st.integers(0, 200),
    guidance=st.floats(-1, 50),
    seed_offset=st.integers(0, 1_000_000),
    prompt=st.text(max_size=40),
    grain=st.booleans(),
    engine=st.sampled_from(["", "painter"]),
)
recipes = st.builds(
    RecipeInfo,
    name=names.filter(lambda name: name[0] not in "._-"),
    title=st.text(max_size=40),
    description=st.text(max_size=200),
    passes=st.lists(passes, min_size=1, max_size=16).map(tuple),
    engine=st.sampled_from(["", "painter"]),
    draws=st.booleans(),
)


@given(recipes)
def test_what_is_written_is_what_was_saved(recipe: RecipeInfo) -> None:
    assert parse(recipe.name, keeping.to_toml(recipe), "") == recipe
    with tempfile.TemporaryDirectory() as folder:
        try:
            keeping.save(Path(folder), recipe)
        except InvalidField:
            assert not list(Path(folder).iterdir())
            return
        assert look([Path(folder)]).recipes[recipe.name] == replace(recipe, own=True)
        keeping.delete(Path(folder), recipe.name)
        assert not list(Path(folder).iterdir())
        with pytest.raises(ProtocolError):
            keeping.delete(Path(folder), recipe.name)
