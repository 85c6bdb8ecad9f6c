"""Each way an engine can fail: the job ends with a sentence for the artist, the next job runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes import broken_engines as broken
from fakes import engines as zoo
from faults.recovery import remains
from faults.server_process import ServerProcess
from server.conftest import RunningServer, submission
from server.test_session import failure, passes_of
from sfumato_protocol import errors
from sfumato_protocol.errors import sentence
from sfumato_protocol.messages import JobDone

BROKEN = (
    broken.NotFinite,
    broken.WrongSize,
    broken.WrongKind,
    broken.Nothing,
    broken.Greedy,
    broken.Killed,
    zoo.Raising,
    zoo.Unloadable,
    zoo.Dying,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server that offers them all."""
    process = ServerProcess(tmp_path_factory.mktemp("engines"), zoo.Painter, *BROKEN)
    process.start()
    yield RunningServer(process.url, process.home, process.kill)
    assert process.stop() == 0
    assert remains(process) == []


@pytest.mark.parametrize(
    ("engine", "code", "words"),
    [
        (broken.NotFinite, errors.ENGINE_FAILED, "1 values that are no numbers"),
        (broken.WrongSize, errors.ENGINE_FAILED, "(191, 192, 3); expected float32 (192, 192, 3)"),
        (broken.WrongKind, errors.ENGINE_FAILED, "uint8 (192, 192, 3); expected float32"),
        (broken.Nothing, errors.ENGINE_FAILED, "NoneType instead of a picture"),
        (broken.Greedy, errors.ENGINE_FAILED, "out of memory. Select a smaller region"),
        (broken.Killed, errors.ENGINE_CRASHED, "run out of memory: try a smaller region"),
        (zoo.Raising, errors.ENGINE_FAILED, "ZeroDivisionError: by nothing"),
        (zoo.Unloadable, errors.ENGINE_FAILED, "got no weights; expected some. Put them there."),
        (zoo.Dying, errors.ENGINE_CRASHED, "process ended (exit code 41)"),
    ],
)
def test_a_failing_engine(
    server: RunningServer, engine: type[zoo.Painter], code: str, words: str
) -> None:
    with server.talk() as talk:
        talk.say(*submission("heal", engine=engine.traits.name))
        failed = failure(talk)
        assert failed.code == code
        assert words in sentence(failed.got, failed.expected, failed.remedy)
        talk.say(*submission("heal", engine="painter"))
        passes, end = passes_of(talk)
        assert isinstance(end, JobDone)
        assert len(passes) == 1
