"""The log file: enough for a report, and nothing that is nobody's business."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import flat_server
from fakes.documents import FakeDocument, FakeDocuments
from fakes.qt_waiting import Recorder
from fakes.stores import Memory
from sfumato import diary
from sfumato.core import job as states
from sfumato.studio import Studio
from sfumato_protocol import errors, messages
from sfumato_protocol.peer import Peer

pytestmark = pytest.mark.usefixtures("application")
PROMPT, FOLDER = "my secret plan", "/home/zita/private"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """The log of a plugin that has just begun."""
    yield Path(diary.begin(str(tmp_path), "1.2.3", "5.1.5"))
    diary.end()


def run_two_jobs() -> None:
    """One that goes well and one that fails, with a prompt, a token and a file of the artist's."""
    memory = Memory(token=flat_server.TOKEN, prompt=PROMPT)
    document = FakeDocument(file=FOLDER + "/portrait.kra")
    documents = FakeDocuments(document)
    with flat_server.running() as server:
        memory.content["server"] = server.url
        made = Studio(memory, documents, memory)
        opened, changed = Recorder(made.link.opened), Recorder(made.jobs.changed)
        made.start()
        try:
            opened.until()
            made.inpaint()
            changed.until(lambda job: job.stage == states.INSERTED)

            def fail(peer: Peer, submit: messages.Submit) -> flat_server.Answers:
                words = ("a bad prompt: " + submit.prompt, FOLDER, "")
                yield messages.Failed(submit.job, errors.ENGINE_FAILED, *words), ()

            server.answer = fail
            made.inpaint()
            changed.until(lambda job: job.stage == states.FAILED)
            documents.refusal = "Nothing is selected."
            made.inpaint()
            documents.refusal, server.answer = "", flat_server.run_ladder
            documents.fault = RuntimeError("cannot write " + FOLDER)
            made.inpaint()
            changed.until(lambda job: job.stage == states.KEPT)
        finally:
            made.stop()


def test_a_report_can_be_made_of_it_and_it_holds_no_secret(file: Path) -> None:
    run_two_jobs()
    text = file.read_text(encoding="utf-8")
    for words in (
        "plugin 1.2.3, Krita 5.1.5, Python 3.",
        "ready to fake, ws 127.0.0.1:",
        "two, crop 64x48 of 200x150 RGBA U8, engine “”, prompt of 14 characters",
        "is inserted, 2 of 2 passes",
        "failed: engine_failed",
        "refused: Nothing is selected.",
        "inserting: RuntimeError at insertion.py:",
        "is kept",
    ):
        assert words in text, text
    for secret in (PROMPT, flat_server.TOKEN, FOLDER, "zita"):
        assert secret not in text, text


def test_an_address_is_told_without_what_may_be_secret_in_it() -> None:
    address = "wss://ada:word@studio:8443/sfumato?token=abc"
    assert diary.told(address) == "wss studio:8443"
    assert diary.told("ws://[broken") == "no address"


def test_it_is_one_line_a_record_whatever_a_server_says(file: Path) -> None:
    diary.log.warning("failed: %s", "x\n2026 ERROR\x1b[2J\u2028")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1].endswith("failed: x\\n2026 ERROR\\x1b[2J\\u2028")


def test_it_does_not_grow_for_ever(file: Path) -> None:
    for _ in range(300):
        diary.log.info("x" * 10_000)
    sizes = [one.stat().st_size for one in file.parent.iterdir()]
    assert len(sizes) == 3
    assert max(sizes) <= 512 * 1024


def test_where_nothing_can_be_written_nothing_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diary.begin(str(tmp_path / "nowhere"), "1", "5") == ""
    diary.log.info("not heard")
    (tmp_path / "sfumato").mkdir()
    (tmp_path / "sfumato" / "plugin.log").mkdir()  # a folder in its place
    diary.begin(str(tmp_path), "1", "5")
    diary.log.info("not heard")
    diary.end()
    assert capsys.readouterr() == ("", "")


def test_beginning_again_writes_each_line_once(tmp_path: Path) -> None:
    for _ in range(2):
        path = diary.begin(str(tmp_path), "1", "5")
    diary.log.info("once")
    diary.end()
    assert Path(path).read_text().count("once") == 1
    assert not logging.getLogger("sfumato").handlers
