"""What a server writes to its log while jobs run, fail and are refused: no secret of anybody's."""

from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from fakes import engines as zoo
from faults.conftest import StartProcess
from faults.server_process import TOKEN
from server.conftest import RunningServer, submission
from server.test_session import failure, passes_of
from sfumato_protocol import VERSION
from sfumato_protocol.messages import Hello, JobDone

PROMPT = "a prompt that nobody else reads"
NEGATIVE = "an avoided thing that nobody else reads"
GUESS = "a guessed token"
FORGED = "krita\n2026-01-01 00:00:00,000 ERROR sfumato_server: forged"


@pytest.mark.parametrize("options", [(), ("--verbose",), ("--verbose", "--log-json")])
def test_logs_hold_no_prompt_no_token_and_no_line_of_a_client_s_making(
    start_process: StartProcess, options: tuple[str, ...]
) -> None:
    process = start_process(zoo.Painter, zoo.Raising, options=options)
    with RunningServer(process.url, process.home, process.kill).talk(greet=False) as talk:
        talk.say(Hello(VERSION, FORGED))
        talk.hear()
        texts = {"prompt": PROMPT, "negative_prompt": NEGATIVE}
        talk.say(*submission("heal", engine="raising", **texts))
        assert "ZeroDivisionError" in failure(talk).got
        talk.say(*submission("heal", engine="painter", **texts))
        assert isinstance(passes_of(talk)[1], JobDone)
        talk.say(*submission("no-such-recipe", **texts))
        failure(talk)
    with pytest.raises(InvalidStatus):
        connect(process.url, additional_headers={"Authorization": f"Bearer {GUESS}"}, proxy=None)
    assert process.stop() == 0
    log = process.log()
    assert "ZeroDivisionError" in log
    assert ("wrong or missing token" in log) == bool(options)
    for secret in (PROMPT, NEGATIVE, TOKEN, GUESS):
        assert secret not in log
    assert not [line for line in log.splitlines() if line.startswith("2026-01-01")]
