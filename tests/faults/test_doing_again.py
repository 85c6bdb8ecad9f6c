"""A job that is asked for again, and a recipe that is saved, on a server that ends at any point."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed, WebSocketException

from fakes import engines as zoo
from faults.artist import Artist
from faults.conftest import StartProcess
from faults.recovery import see_through, spread, wounds
from faults.server_process import ServerProcess
from faults.test_accidents import talking
from server.conftest import RunningServer, submission
from server.test_again import again_of, let_go, run
from server.test_keeping import MINE, greeted, named
from sfumato_protocol.messages import Again, Offer, SaveRecipe, Submit

pytestmark = pytest.mark.timeout(3600)  # s, for `make faults`
DISK_CHANGES = 20  # two passes of another job, request, two passes, end; written and removed


def kept_base(server: ServerProcess) -> Submit:
    """A job that was run and is acknowledged, to be kept."""
    with talking(server) as talk:
        submit, blobs = submission()
        run(talk, submit, blobs)
        let_go(talk, submit.job, keep=True)
        run(talk, again_of(submit, 1))  # by its answer the acknowledgements were heard
    return submit


def done(server: ServerProcess, again: Again) -> dict[int, bytes]:
    artist = Artist(again, ())
    assert see_through(artist, server) == 0
    assert wounds(artist, server) == []
    return artist.passes


def test_the_server_is_killed_while_a_job_is_done_again(
    start_process: StartProcess, budget: int
) -> None:
    server = start_process(zoo.Unhurried)
    base = kept_base(server)
    again = again_of(base, 2, seed=5)
    whole = done(server, again)
    for number in spread(20, budget):

        def kill(now: int, here: int = number) -> None:
            if now == here:
                server.kill()

        artist = Artist(replace(again, job=uuid.uuid4().hex), (), boundary=kill)
        see_through(artist, server)
        assert wounds(artist, server) == [], f"killed after message {number}"
        assert artist.passes == whole, f"killed after message {number}"
    server.stop()
    for number in spread(DISK_CHANGES, budget):
        server.start(dies_at=number)
        artist = Artist(replace(again, job=uuid.uuid4().hex), ())
        with contextlib.suppress(OSError, WebSocketException):
            artist.converse(server.url)
        see_through(artist, server)
        assert wounds(artist, server) == [], f"killed at change {number}"
        assert artist.passes == whole, f"killed at change {number}"
        server.kill()
    server.restart()
    with talking(server) as talk:
        run(talk, last := again_of(base, 3))
        let_go(talk, last.job, keep=False)
        let_go(talk, base.job, keep=False)
        run(talk, *submission())
    assert not list((server.home / "spool").glob(f"{base.job}*"))


def test_the_server_is_killed_while_a_recipe_is_saved(start_process: StartProcess) -> None:
    """It has the old one, or the new one, and never half of one."""
    server = start_process(zoo.Painter)
    with talking(server) as talk:
        talk.say(SaveRecipe(uuid.uuid4().hex, MINE))
        talk.hear_until(Offer)
    for number, title in enumerate(("one", "two", "three")):
        server.stop()
        server.start(dies_at=number + 1)
        with (
            contextlib.suppress(OSError, WebSocketException, ConnectionClosed),
            talking(server) as talk,
        ):
            talk.say(SaveRecipe(uuid.uuid4().hex, replace(MINE, title=title)))
            talk.hear_until(Offer)
        server.restart()
        running = RunningServer(server.url, server.home, server.kill)
        with running.talk(greet=False) as talk:
            found = named(greeted(talk), "mine")
            assert found is not None
            assert replace(found, own=False, title="") == replace(MINE, title="")
        assert [one.name for one in (server.home / "recipes").glob("*.toml")] == ["mine.toml"]
