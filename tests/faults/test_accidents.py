"""A three-pass job whose connection or server ends at every point of the conversation.

Nothing that was finished may be lost, nothing may come twice, every job has to end, and nothing
may stay behind: no file, no shared memory, no process.
"""

from __future__ import annotations

import contextlib
import random
import threading
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, WebSocketException

from fakes import engines as zoo
from faults.artist import Accident, Artist
from faults.conftest import StartProcess
from faults.cutting_proxy import cutting
from faults.recovery import remains, see_through, spread, wounds
from faults.server_process import ServerProcess
from server.conftest import RunningServer, Talk, submission
from sfumato_protocol.messages import Failed, JobDone, Progress, Resume
from sfumato_server.jobs.queue import MOST_TRIES

pytestmark = pytest.mark.timeout(3600)  # s, for `make faults`
DISK_CHANGES = 26  # before and after each: request, 3 passes, their times, end; written and removed


def boundaries(server: ServerProcess) -> int:
    """How many message boundaries an undisturbed conversation about a job has."""
    artist = Artist(*submission())
    assert see_through(artist, server) == 0
    assert wounds(artist, server) == []
    return artist.frames


def test_the_connection_is_cut_at_every_message_boundary(
    start_process: StartProcess, budget: int
) -> None:
    server = start_process(zoo.Unhurried)
    for number in spread(boundaries(server), 3 * budget):

        def cut(now: int, here: int = number) -> None:
            if now == here:
                raise Accident

        artist = Artist(*submission(), boundary=cut)
        see_through(artist, server)
        assert wounds(artist, server) == [], f"cut after message {number}"


def test_the_connection_is_cut_again_and_again(start_process: StartProcess) -> None:
    """Each connection lasts for nine messages: enough to say hello and to hear one pass."""
    server = start_process(zoo.Unhurried)

    def cut(now: int) -> None:
        if now % 9 == 0:
            raise Accident

    artist = Artist(*submission(), boundary=cut)
    assert see_through(artist, server, most_accidents=40) > 3
    assert wounds(artist, server) == []


def test_the_connection_breaks_at_random_bytes(start_process: StartProcess, budget: int) -> None:
    server = start_process(zoo.Unhurried)
    chance = random.Random(5)

    def target() -> tuple[str, int]:
        address = urlsplit(server.url)
        return str(address.hostname), int(address.port or 0)

    with cutting(target, []) as proxy:
        Artist(*submission()).converse(server.url, proxy.connect())
    total = proxy.carried
    assert total > 100_000
    for _ in range(3 * budget):
        cuts = [chance.randrange(1, total) for _ in range(3)]
        artist = Artist(*submission())
        with cutting(target, cuts) as proxy:
            see_through(artist, server, proxy)
        assert proxy.broken, cuts
        assert wounds(artist, server) == [], f"cut after {cuts} bytes"


def test_the_server_is_killed_at_every_message_boundary(
    start_process: StartProcess, budget: int
) -> None:
    server = start_process(zoo.Unhurried)
    for number in spread(boundaries(server), budget):

        def kill(now: int, here: int = number) -> None:
            if now == here:
                server.kill()

        artist = Artist(*submission(), boundary=kill)
        see_through(artist, server)
        assert wounds(artist, server) == [], f"killed after message {number}"
        server.kill()
        assert remains(server) == [], f"killed after message {number}"


def test_the_server_is_killed_around_every_change_to_its_disk(
    start_process: StartProcess, budget: int
) -> None:
    server = start_process(zoo.Unhurried)
    server.stop()
    for number in spread(DISK_CHANGES, budget):
        server.start(dies_at=number)
        artist = Artist(*submission())
        with contextlib.suppress(OSError, WebSocketException):
            artist.converse(server.url)
            pytest.fail(f"the server outlived change {number}")
        see_through(artist, server)
        assert wounds(artist, server) == [], f"killed at change {number}"
        server.kill()
        assert remains(server) == [], f"killed at change {number}"


def test_a_job_that_takes_the_server_with_it_is_given_up(start_process: StartProcess) -> None:
    server = start_process(zoo.Hanging, zoo.Painter)
    submit, blobs = submission()
    with talking(server) as talk:
        talk.say(submit, blobs)
        talk.hear_until(Progress)
        server.kill()
    tries = server.home / "spool" / f"{submit.job}.tries"
    assert tries.read_bytes() == b"."
    tries.write_bytes(b"." * MOST_TRIES)
    server.start()
    with talking(server) as talk:
        talk.say(Resume(submit.job))
        end, _ = talk.hear_until(Failed, JobDone)
        assert isinstance(end.message, Failed)
        assert end.message.got == f"the server ended {MOST_TRIES} times at the same pass"
        talk.say(*submission(engine="painter"))
        talk.hear_until(JobDone)


def talking(server: ServerProcess) -> AbstractContextManager[Talk]:
    return RunningServer(server.url, server.home, server.kill).talk()


def test_a_hanging_engine_does_not_outlive_a_killed_server(start_process: StartProcess) -> None:
    server = start_process(zoo.Hanging)

    def kill(now: int) -> None:
        if now == 8:  # hello, welcome, the request's three, accepted, loading, the first step
            threading.Event().wait(0.5)  # the engine now hangs in its second step
            assert len(server.processes()) > 1
            server.kill()

    artist = Artist(*submission(), boundary=kill)
    with pytest.raises(ConnectionClosed):
        artist.converse(server.url)
    assert remains(server) == []
