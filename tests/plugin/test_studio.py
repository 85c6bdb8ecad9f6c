"""Everything connected, from the panel's button over a real socket to the layers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgpack
import pytest
from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication

from fakes import flat_server, rude_servers
from fakes.documents import FakeDocument, FakeDocuments
from fakes.qt_waiting import Recorder
from fakes.stores import Memory
from sfumato import saying
from sfumato.core import job as states
from sfumato.core import status
from sfumato.studio import Studio
from sfumato_protocol import codec, endpoint, errors, messages
from sfumato_protocol.peer import Peer

pytestmark = pytest.mark.usefixtures("application")


@contextmanager
def studio(server: str, document: FakeDocument, memory: Memory) -> Iterator[Studio]:
    memory.content.setdefault("server", server)
    made = Studio(memory, FakeDocuments(document), memory)
    ready, opened = Recorder(made.link.status_changed), Recorder(made.link.opened)
    made.start()
    try:
        found = ready.until(lambda now: now.kind not in (status.OFF, status.CONNECTING))
        if found.kind == status.READY:
            opened.until()  # so that a test which waits for a line waits for another
        yield made
    finally:
        made.stop()


@pytest.fixture
def memory() -> Memory:
    return Memory(token=flat_server.TOKEN)


def test_button_to_layers(memory: Memory) -> None:
    document = FakeDocument()
    with flat_server.running() as server, studio(server.url, document, memory) as made:
        panel = made.make_panel()
        changed = Recorder(made.jobs.changed)
        panel.inpaint.click()
        changed.until(lambda job: job.stage == states.INSERTED)
        seed = int(panel.choices.seed.text())
        assert not server.of(messages.Ack)
        made.safekeeping.stored(document.save())
        assert server.wait_for(messages.Ack)
    assert [layer.name for layer in document.plans[0].layers] == [
        f"1 whole · strength 0.70 · seed {seed}",
        f"2 ring · strength 0.40 · seed {seed + 1}",
    ]
    assert memory.content["seed"] == str(seed)


def test_a_remembered_recipe_that_is_not_offered_gives_way_with_a_word(memory: Memory) -> None:
    memory.content["recipe"] = "face-replace"
    document = FakeDocument()
    with flat_server.running() as server:
        made = Studio(memory, FakeDocuments(document), memory)
        made._choose_server(server.url, flat_server.TOKEN)
        panels = made.make_panel(), made.make_panel()
        ready = Recorder(made.link.opened)
        changed = Recorder(made.jobs.changed)
        made.start()
        try:
            ready.until()
            for panel in panels:
                assert "“face-replace” is not offered here" in panel.sentence.text()
                assert panel.choices.recipe.currentData() == "two"
            panels[0].inpaint.click()
            changed.until(lambda job: job.stage == states.INSERTED)
        finally:
            made.stop()
    assert memory.content["recipe"] == "two"


def test_the_local_token_is_shown_to_no_other_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "read_token", lambda *_: "secret")
    tokens = {}
    for server in ("ws://127.0.0.1:9440/sfumato", "ws://192.0.2.7:9440/sfumato"):
        memory = Memory(token="")
        memory.content["server"] = server
        tokens[server] = Studio(memory, FakeDocuments(FakeDocument()), memory)._address().token
    assert list(tokens.values()) == ["secret", None]


def test_both_windows_show_the_same(memory: Memory) -> None:
    with flat_server.running() as server, studio(server.url, FakeDocument(), memory) as made:
        first, second = made.make_panel(), made.make_panel()
        first.choices.lock.click()
        changed = Recorder(made.jobs.changed)
        first.inpaint.click()
        changed.until(lambda job: job.stage == states.INSERTED)
        assert first.choices.seed.text() == second.choices.seed.text() == "0"
        assert first.sentence.text() == second.sentence.text() != ""
        assert second.choices.lock.isChecked()


def test_what_is_chosen_in_one_window_is_not_undone_by_another(memory: Memory) -> None:
    with flat_server.running() as server, studio(server.url, FakeDocument(), memory) as made:
        first, second = made.make_panel(), made.make_panel()
        first.choices.prompt.setPlainText("a calm sea")
        second.choices.lock.click()
        second.choices.negative.setText("boats")
        second.choices.negative.textEdited.emit("boats")
        third = made.make_panel()
        shown = [
            (form.prompt.toPlainText(), form.negative.text(), form.lock.isChecked())
            for form in (first.choices, second.choices, third.choices)
        ]
        changed = Recorder(made.jobs.changed)
        first.inpaint.click()
        job = changed.until(lambda job: job.stage == states.INSERTED)
    assert shown == [("a calm sea", "boats", True)] * 3
    assert job.request.choices.prompt == "a calm sea"
    assert memory.content["prompt"] == "a calm sea"


def test_what_is_typed_while_a_click_waits_for_krita_stays(memory: Memory) -> None:
    document = FakeDocument(at_work=2)
    with flat_server.running() as server, studio(server.url, document, memory) as made:
        panel = made.make_panel()
        form = panel.choices
        form.prompt.setPlainText("a calm sea")
        changed = Recorder(made.jobs.changed)
        made.inpaint()
        form.prompt.setPlainText("boats")
        job = changed.until(lambda job: job.stage == states.INSERTED)
        assert job.request.choices.prompt == "a calm sea"
        assert form.prompt.toPlainText() == "boats"
        assert form.seed.text() == str(job.request.choices.seed)


def test_a_window_that_is_opened_later_shows_what_was_said_last(memory: Memory) -> None:
    document = FakeDocument()
    with flat_server.running() as server, studio(server.url, document, memory) as made:
        changed = Recorder(made.jobs.changed)
        made.inpaint()
        done = changed.until(lambda job: job.stage == states.INSERTED)
        assert made.make_panel().sentence.text() == done.said
        made.use_again()
        assert "comes from no Sfumato job" in made.make_panel().sentence.text()


def test_an_engine_that_is_no_longer_listed_gives_way_with_a_word(memory: Memory) -> None:
    """It cannot even be chosen anew: with one engine left there is nothing to choose from."""
    memory.content["engine"] = "sdxl"
    document = FakeDocument()
    with flat_server.running() as server, studio(server.url, document, memory) as made:
        panel = made.make_panel()
        words = "The engine “sdxl” is not offered here, so the recipe runs on Flat colour."
        assert panel.sentence.text() == words
        assert panel.choices.engine.currentText() == "The recipe's own: Flat colour"
        changed = Recorder(made.jobs.changed)
        panel.inpaint.click()
        changed.until(lambda job: job.stage == states.INSERTED)
    assert memory.content["engine"] == ""


def test_what_is_newer_than_the_plugin_is_left_out_and_the_rest_works(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recipe has a zone without a word here, an engine a number beyond its range."""
    encode = codec.encode

    def newer(message: messages.Message) -> bytes:
        frame = encode(message)
        if not isinstance(message, messages.Welcome):
            return frame
        content = msgpack.unpackb(frame)
        (recipe,) = content["recipes"]
        aura = {**recipe, "name": "aura", "passes": [{**recipe["passes"][0], "zone": "aura"}]}
        engine = {**content["engines"][0], "name": "huge", "native": 1 << 20}
        content["recipes"], content["engines"] = [aura, recipe], [*content["engines"], engine]
        content["limits"]["crop_pixels"] = 1 << 40
        frame = msgpack.packb(content)
        assert isinstance(frame, bytes)
        return frame

    monkeypatch.setattr(codec, "encode", newer)
    memory.content.update(recipe="aura", engine="huge")
    document = FakeDocument()
    with flat_server.running() as server, studio(server.url, document, memory) as made:
        panel = made.make_panel()
        assert panel.connection.sentence.text() == (
            "Connected to fake. 2 of its offers are not understood and left out: update the plugin."
        )
        tip = panel.connection.sentence.toolTip()
        assert "recipe aura" in tip
        assert "engine huge" in tip
        assert "“aura” is not offered here" in panel.sentence.text()
        assert "“huge” is not offered here" in panel.sentence.text()
        changed = Recorder(made.jobs.changed)
        panel.inpaint.click()
        changed.until(lambda job: job.stage == states.INSERTED)


def test_a_closed_window_is_forgotten(memory: Memory) -> None:
    url = f"ws://127.0.0.1:{rude_servers.free_port()}/sfumato"
    with studio(url, FakeDocument(), memory) as made:
        panel, other = made.make_panel(), made.make_panel()
        gone = Recorder(panel.destroyed)
        panel.deleteLater()
        gone.until()
        made.workflow.said.emit("still here")
        assert other.sentence.text() == "still here"
        seen = Recorder(made.link.status_changed)
        made.link.wake()
        seen.until()


def test_the_local_token_is_read_when_none_is_typed(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path))
    memory.content["token"] = ""
    endpoint.token_file().write_text(flat_server.TOKEN + "\n")
    with flat_server.running() as server, studio(server.url, FakeDocument(), memory) as made:
        assert made.make_panel().connection.sentence.text() == "Connected to fake."


def test_another_server_is_dialled_and_remembered(memory: Memory) -> None:
    nowhere = f"ws://127.0.0.1:{rude_servers.free_port()}/sfumato"
    with flat_server.running() as server, studio(nowhere, FakeDocument(), memory) as made:
        panel = made.make_panel()
        ready = Recorder(made.link.status_changed)
        panel.server_chosen.emit(server.url, flat_server.TOKEN)
        ready.until(lambda now: now.kind == status.READY)
    assert memory.content["server"] == server.url


def test_a_job_survives_its_connection(memory: Memory) -> None:
    """The server hangs up after the first pass and is asked for the rest by the next line."""
    document = FakeDocument()
    with flat_server.running() as server:

        def half(peer: Peer, submit: messages.Submit) -> flat_server.Answers:
            plan = flat_server.planned(submit)
            yield messages.Accepted(submit.job, "flat", plan, 0), ()
            yield flat_server.pass_done(peer, submit, plan[0])
            raise flat_server.Leaves("restart")

        server.answer = half
        with studio(server.url, document, memory) as made:
            panel = made.make_panel()
            lines = Recorder(made.link.opened)
            panel.inpaint.click()
            lines.until()
            assert server.wait_for(messages.Resume)
            made.jobs.cancel(made.jobs.open()[0].id)
    resume = server.of(messages.Resume)[0].message
    assert isinstance(resume, messages.Resume)
    assert resume.have == (), "no pass is safe before the picture is saved"
    assert document.plans == []


def test_what_the_server_says_of_no_job_is_shown(memory: Memory) -> None:
    with flat_server.running() as server:

        def grumble(peer: Peer, submit: messages.Submit) -> flat_server.Answers:
            yield messages.Failed("", errors.INTERNAL, "a closing server", "", "Wait."), ()

        server.answer = grumble
        with studio(server.url, FakeDocument(), memory) as made:
            panel = made.make_panel()
            said = Recorder(made.workflow.said)
            panel.inpaint.click()
            said.until(lambda sentence: sentence == "a closing server. Wait.")
            assert panel.sentence.text() == "a closing server. Wait."


def test_nothing_of_ours_runs_while_a_panel_is_destroyed() -> None:
    """Qt calls back into Python from inside the garbage collector, which once crashed it."""
    for _ in range(40):
        memory = Memory()
        made = Studio(memory, FakeDocuments(), memory)
        panels = made.make_panel(), made.make_panel()
        assert panels[0].sentence.text() == ""
        del made, panels
        gc.collect()


def test_a_double_click_starts_one_job(memory: Memory) -> None:
    document = FakeDocument()
    with flat_server.running() as server, studio(server.url, document, memory) as made:
        panel = made.make_panel()
        changed = Recorder(made.jobs.changed)
        for _ in range(3):
            panel.inpaint.click()
        changed.until(lambda job: job.stage == states.INSERTED)
        assert len(made.jobs.all()) == 1
        wait = QTimer()
        waited = Recorder(wait.timeout)
        wait.start(QApplication.doubleClickInterval() + 50)
        waited.until()
        panel.inpaint.click()
        assert len(made.jobs.all()) == 2


def test_a_sentence_goes_when_what_it_is_about_has_changed(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saying, "BARELY", 0.0)
    with studio(f"ws://127.0.0.1:{rude_servers.free_port()}", FakeDocument(), memory) as made:
        panel = made.make_panel()
        panel.inpaint.click()
        assert "No Sfumato server answers" in panel.sentence.text()
        assert made.make_panel().sentence.text() == panel.sentence.text()
        made.watching.selection_changed.emit()
        assert panel.sentence.text() == ""
        assert panel.sentence.text() == ""
        assert made.make_panel().sentence.text() == ""
