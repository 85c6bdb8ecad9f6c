"""Every (state, sender, word) is either in a table or refused without a trace."""

from __future__ import annotations

from itertools import product

import pytest

from fakes.sample_messages import JOB, SAMPLES
from sfumato_protocol import errors, lifecycle
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.lifecycle import (
    ASKED,
    CLIENT,
    CLOSED,
    CONNECTION,
    ENDED,
    GREETING,
    NEW,
    OPENED,
    READY,
    RUNNING,
    SERVER,
    Lifecycle,
)
from sfumato_protocol.lifecycle import (
    JOB as JOB_TABLE,
)
from sfumato_protocol.messages import ALL, Ack, Cancel, Failed, Message, Resume

WORDS = {sample.type: sample for sample in SAMPLES}
CONNECTION_STATES = (OPENED, GREETING, READY, CLOSED)
JOB_STATES = (NEW, ASKED, RUNNING, ENDED)
OF_JOBS = {word for word, sample in WORDS.items() if getattr(sample, "job", "")}
TO_CONNECTION = {
    OPENED: [],
    GREETING: [(CLIENT, "hello")],
    READY: [(CLIENT, "hello"), (SERVER, "welcome")],
    CLOSED: [(SERVER, "failed")],
}
TO_JOB = {
    NEW: [],
    ASKED: [(CLIENT, "submit")],
    RUNNING: [(CLIENT, "submit"), (SERVER, "accepted")],
    ENDED: [(CLIENT, "submit"), (SERVER, "accepted"), (SERVER, "job_done")],
}


def without_job(message: Message) -> Message:
    if isinstance(message, Failed):
        return Failed("", message.code, message.got, message.expected, message.remedy)
    return message


def at(connection: str, job: str = NEW) -> Lifecycle:
    """A lifecycle brought to these states by talking."""
    machine = Lifecycle()
    for sender, word in TO_CONNECTION[connection]:
        machine.said(sender, without_job(WORDS[word]))
    for sender, word in TO_JOB[job]:
        machine.said(sender, WORDS[word])
    assert (machine.connection, machine.job(JOB)) == (connection, job)
    return machine


def test_tables_know_only_states_sides_and_words_that_are_there() -> None:
    words = {kind.type for kind in ALL}
    for table, states in ((CONNECTION, CONNECTION_STATES), (JOB_TABLE, JOB_STATES)):
        for (state, sender, word), after in table.items():
            assert {state, after} <= set(states)
            assert sender in (CLIENT, SERVER)
            assert word in words
    assert {word for _, _, word in JOB_TABLE} == OF_JOBS


@pytest.mark.parametrize("state", CONNECTION_STATES)
@pytest.mark.parametrize("sender", [CLIENT, SERVER])
@pytest.mark.parametrize("word", sorted(set(WORDS) - OF_JOBS | {"failed"}))
def test_a_connection_s_words(state: str, sender: str, word: str) -> None:
    machine = at(state)
    message = without_job(WORDS[word])
    if (state, sender, word) in CONNECTION:
        machine.said(sender, message)
        assert machine.connection == CONNECTION[(state, sender, word)]
    else:
        with pytest.raises(ProtocolError) as caught:
            machine.said(sender, message)
        assert caught.value.code == errors.OUT_OF_ORDER
        assert machine.connection == state


@pytest.mark.parametrize("state", JOB_STATES)
@pytest.mark.parametrize("sender", [CLIENT, SERVER])
@pytest.mark.parametrize("word", sorted(OF_JOBS))
def test_a_job_s_words(state: str, sender: str, word: str) -> None:
    machine = at(READY, state)
    allowed = (READY, sender, word) in CONNECTION and (state, sender, word) in JOB_TABLE
    if allowed:
        machine.said(sender, WORDS[word])
        assert machine.job(JOB) == JOB_TABLE[(state, sender, word)]
    else:
        with pytest.raises(ProtocolError) as caught:
            machine.said(sender, WORDS[word])
        assert caught.value.code in (errors.OUT_OF_ORDER, errors.UNKNOWN_JOB)
        assert machine.job(JOB) == state
    assert machine.connection == READY


@pytest.mark.parametrize(("state", "word"), [*product((OPENED, GREETING, CLOSED), sorted(OF_JOBS))])
def test_no_job_is_spoken_of_before_the_greeting_or_after_the_end(state: str, word: str) -> None:
    for sender in (CLIENT, SERVER):
        if (state, sender, word) in CONNECTION:
            continue
        machine = at(state)
        with pytest.raises(ProtocolError):
            machine.said(sender, WORDS[word])
        assert machine.job(JOB) == NEW


def test_every_state_but_the_end_has_a_way_on() -> None:
    for state in (OPENED, GREETING, READY):
        assert any(key[0] == state for key in CONNECTION)
    for state in (ASKED, RUNNING):
        assert any(key[0] == state and after == ENDED for key, after in JOB_TABLE.items())


def test_a_cancel_may_cross_the_job_s_end() -> None:
    machine = at(READY, ENDED)
    machine.said(CLIENT, Cancel(JOB))
    assert machine.job(JOB) == ENDED


def test_an_unknown_job_is_named_and_how_to_make_it_known() -> None:
    with pytest.raises(ProtocolError, match="Submit or resume it first") as caught:
        at(READY).said(CLIENT, Cancel(JOB))
    assert (caught.value.code, caught.value.job) == (errors.UNKNOWN_JOB, JOB)


def test_an_error_lists_the_words_that_would_do() -> None:
    with pytest.raises(ProtocolError, match="expected hello"):
        Lifecycle().said(CLIENT, Cancel(JOB))
    assert Lifecycle().connection == lifecycle.OPENED


def test_a_long_conversation_is_not_remembered_for_ever() -> None:
    machine = at(READY, RUNNING)
    for number in range(lifecycle.MOST_JOBS + 50):
        other = f"{number:032x}"
        machine.said(CLIENT, Ack(other, 1))
        machine.said(CLIENT, Resume(other))
        machine.said(SERVER, Failed(other, errors.UNKNOWN_JOB, "", "", ""))
    assert len(machine._jobs) <= lifecycle.MOST_JOBS
    assert machine.job(JOB) == RUNNING
    assert machine.job(other) == ENDED
