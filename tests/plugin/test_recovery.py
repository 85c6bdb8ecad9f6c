"""Jobs that outlive their Krita or their document: asked for again, offered, inserted once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PyQt5.QtWidgets import QMessageBox, QWidget

from fakes import flat_server
from fakes import plugin_values as values
from fakes.documents import FakeDocument, FakeDocuments
from fakes.flat_server import WELCOME
from fakes.qt_waiting import Recorder
from fakes.stores import Memory
from sfumato.core import job as states
from sfumato.core import ledger, status
from sfumato.core.choices import Choices
from sfumato.core.placement import plan_layers
from sfumato.core.request import Request
from sfumato.core.status import Status
from sfumato.jobs import Jobs
from sfumato.studio import Studio
from sfumato.ui.panel import InpaintPanel
from sfumato.workflow import Workflow
from sfumato_protocol import errors, messages
from sfumato_protocol.messages import Ack, Resume
from sfumato_protocol.peer import Peer

pytestmark = pytest.mark.usefixtures("application")


class Notes:
    """A line that only takes notes of what it is to say."""

    address = "ws://here:9440/sfumato"
    welcome = WELCOME

    def __init__(self) -> None:
        self.said: list[object] = []

    def say(self, message: object) -> None:
        self.said.append(message)

    submit = abandon = say


class Restarted:
    """A plugin that finds jobs of an earlier run, and has a line to the server again."""

    def __init__(self, *requests: Request) -> None:
        self.requests = ledger.read(ledger.write(requests))
        self.documents = FakeDocuments()
        self.jobs = Jobs()
        self.workflow = Workflow(
            self.jobs, self.documents, lambda: None, lambda asked, places: places[0]
        )
        self.workflow.heed(Status(status.READY, "Connected.", WELCOME))
        self.panel = InpaintPanel(self.jobs)
        self.workflow.said.connect(self.panel.say)
        self.line = Notes()
        self.jobs.recall(self.requests)
        self.jobs.attach(self.line)  # type: ignore[arg-type]

    def server_delivers(self, passes: int = 2) -> None:
        """All that a server says to a `resume`."""
        for request in self.requests:
            self.jobs.heard(values.accepted(request))
            for index in range(1, passes + 1):
                self.jobs.heard(values.pass_done(request, index))
            self.jobs.heard(values.job_done(request))
        self.workflow.insertion.insert_finished()

    def stages(self) -> list[str]:
        return [job.stage for job in self.jobs.all()]


def named(file: str, seed: int = 7) -> Request:
    return replace(values.request(seed=seed), file=file)


def test_a_recalled_job_is_asked_for_and_never_sent_again() -> None:
    restarted = Restarted(values.request())
    assert restarted.line.said == [Resume(restarted.requests[0].job, ())]
    assert [job.recalled for job in restarted.jobs.open()] == [True]


def test_its_passes_are_offered_and_put_nowhere_by_themselves() -> None:
    restarted = Restarted(named("/home/me/portrait.kra"))
    document = FakeDocument(file="/home/me/portrait.kra")
    restarted.documents.opened.append(document)
    assert not restarted.panel.rows.again.isEnabled()
    restarted.server_delivers()
    assert restarted.stages() == [states.KEPT]
    assert document.plans == []
    sentence = restarted.panel.sentence.text()
    assert sentence.startswith("1 job from an earlier session is finished (portrait.kra, 200 × 150")
    assert restarted.panel.rows.again.isEnabled()
    assert restarted.panel.rows.as_new.isEnabled()
    assert not [said for said in restarted.line.said if isinstance(said, Ack)]


def test_inserting_puts_the_same_layers_in_and_acknowledges_them() -> None:
    restarted = Restarted(named("/home/me/portrait.kra"))
    restarted.server_delivers()
    document = FakeDocument("other")
    restarted.documents.opened.append(document)
    restarted.workflow.insertion.insert_kept()
    (plan,) = document.plans
    assert plan.group_name == "Sfumato · two · seed 7"
    assert [layer.area for layer in plan.layers] == [values.CROP] * 2
    assert restarted.stages() == [states.INSERTED]
    job = restarted.requests[0].job
    assert restarted.line.said[1:] == []
    restarted.workflow.insertion.safekeeping.stored(document.save())
    assert restarted.line.said[1:3] == [Ack(job, 1), Ack(job, 2)]
    restarted.workflow.insertion.insert_kept()
    assert len(document.plans) == 1
    assert not restarted.panel.rows.as_new.isEnabled()


def test_each_job_goes_into_the_document_of_its_file() -> None:
    restarted = Restarted(named("/a.kra", seed=1), named("/b.kra", seed=2))
    first, second = FakeDocument("1", file="/a.kra"), FakeDocument("2", file="/b.kra")
    front = FakeDocument("3")
    restarted.documents.opened += [first, second, front]
    restarted.server_delivers()
    assert restarted.panel.sentence.text().startswith("2 jobs from an earlier session are finished")
    restarted.workflow.insertion.insert_kept()
    assert [plan.group_name[-1] for plan in first.plans] == ["1"]
    assert [plan.group_name[-1] for plan in second.plans] == ["2"]
    assert front.plans == []


def test_a_document_that_does_not_fit_is_left_alone() -> None:
    restarted = Restarted(values.request())
    document = FakeDocument("other", canvas=replace(values.CANVAS, width=300))
    restarted.documents.opened.append(document)
    restarted.server_delivers()
    restarted.workflow.insertion.insert_kept()
    assert document.plans == []
    assert restarted.stages() == [states.KEPT]
    restarted.workflow.insertion.insert_as_new()
    assert document.plans == []
    made = restarted.documents.opened[-1]
    assert (made.canvas, made.colour) == (values.CANVAS, values.reading().colour)
    assert len(made.plans) == 1
    assert restarted.stages() == [states.INSERTED]


def test_jobs_of_one_picture_share_a_new_document() -> None:
    restarted = Restarted(named("/a.kra"), named("/b.kra"), named("/a.kra", seed=9))
    restarted.server_delivers()
    restarted.workflow.insertion.insert_as_new()
    assert [len(document.plans) for document in restarted.documents.opened] == [2, 1]


def test_pictures_that_were_never_stored_are_told_apart() -> None:
    other = replace(values.reading(), document_id="other")
    restarted = Restarted(values.request(), replace(values.request(), reading=other))
    restarted.server_delivers()
    restarted.workflow.insertion.insert_as_new()
    assert [len(document.plans) for document in restarted.documents.opened] == [1, 1]


def test_without_a_new_document_the_passes_stay() -> None:
    restarted = Restarted(values.request())
    restarted.server_delivers()
    restarted.documents.fault = RuntimeError("Krita could not make a document")
    restarted.workflow.insertion.insert_as_new()
    assert "Krita could not make a document" in restarted.panel.sentence.text()
    assert restarted.stages() == [states.KEPT]


def test_a_job_that_the_server_forgot_is_dropped_with_a_sentence() -> None:
    restarted = Restarted(named("C:\\pictures\\cat.kra"))
    restarted.jobs.start(values.request())  # the docker shows this one
    restarted.jobs.heard(values.failed(restarted.requests[0], errors.UNKNOWN_JOB))
    sentence = restarted.panel.sentence.text()
    assert sentence.startswith("The server no longer has a job from an earlier session (cat.kra,")
    assert restarted.stages() == [states.FAILED, states.SENDING]
    resumed = [said for said in restarted.line.said if isinstance(said, Resume)]
    assert len(resumed) == 1


def test_passes_that_are_there_are_offered_though_the_job_failed() -> None:
    restarted = Restarted(values.request())
    (request,) = restarted.requests
    restarted.jobs.heard(values.accepted(request))
    restarted.jobs.heard(values.pass_done(request, 1))
    restarted.jobs.heard(values.failed(request, errors.ENGINE_CRASHED))
    restarted.workflow.insertion.insert_finished()
    assert restarted.stages() == [states.KEPT]
    restarted.workflow.insertion.insert_as_new()
    assert len(restarted.documents.opened[0].plans[0].layers) == 1


def test_a_second_lost_connection_calls_no_pass_safe_that_is_in_memory_alone() -> None:
    restarted = Restarted(values.request())
    (request,) = restarted.requests
    restarted.jobs.heard(values.accepted(request))
    restarted.jobs.heard(values.pass_done(request, 1))
    restarted.jobs.detach()
    restarted.jobs.attach(restarted.line)  # type: ignore[arg-type]
    assert restarted.line.said[-1] == Resume(request.job)


def test_a_recalled_job_can_be_cancelled() -> None:
    restarted = Restarted(values.request())
    restarted.jobs.cancel(restarted.requests[0].job)
    assert restarted.stages() == [states.CANCELLED]


@contextmanager
def studio(url: str, documents: FakeDocuments, memory: Memory) -> Iterator[Studio]:
    memory.content["server"] = url
    made = Studio(memory, documents, memory)
    ready = Recorder(made.link.status_changed)
    made.start()
    try:
        ready.until(lambda now: now.kind == status.READY)
        yield made
    finally:
        made.stop()


def recorded(memory: Memory) -> int:
    return len(ledger.read(memory.content.get("jobs", "")))


def test_a_job_is_remembered_from_its_start_until_its_layers_are_in_a_file() -> None:
    memory = Memory(token=flat_server.TOKEN)
    seen: list[int] = []
    with flat_server.running() as server:
        document = FakeDocument(file="/a.kra")
        documents = FakeDocuments(document)
        documents.meanwhile = lambda: seen.append(recorded(memory))
        with studio(server.url, documents, memory) as made:
            changed = Recorder(made.jobs.changed)
            made.workflow.inpaint(Choices(seed=7))
            assert [r.file for r in ledger.read(memory.content["jobs"])] == ["/a.kra"]
            paid = Recorder(made.jobs.paid)
            changed.until(lambda job: job.stage == states.INSERTED)
            assert recorded(memory) == 1
            made.safekeeping.stored(document.save())
            assert recorded(memory) == 0
            paid.until()
    assert seen == [0, 1]  # while the document was read, while the layers went in
    assert memory.content["jobs"] == ""


@pytest.mark.parametrize("ending", ["cancelled", "failed"])
def test_a_job_that_comes_to_nothing_is_forgotten(ending: str) -> None:
    memory = Memory()
    made = Studio(memory, FakeDocuments(FakeDocument()), memory)
    job = made.jobs.start(values.request())
    assert recorded(memory) == 1
    if ending == "cancelled":
        made.jobs.cancel(job.id)
    else:
        made.jobs.heard(values.failed(job.request, errors.ENGINE_CRASHED))
    assert memory.content["jobs"] == ""


def test_a_restarted_plugin_gets_its_passes_over_a_real_socket() -> None:
    memory = Memory(token=flat_server.TOKEN)
    held: list[messages.Submit] = []

    def hold(peer: Peer, submit: messages.Submit) -> flat_server.Answers:
        held.append(submit)
        yield messages.Accepted(submit.job, "flat", flat_server.planned(submit), 0), ()

    with flat_server.running() as server:
        server.answer = hold
        with studio(server.url, FakeDocuments(FakeDocument()), memory) as made:
            changed = Recorder(made.jobs.changed)
            made.workflow.inpaint(Choices(seed=7))
            changed.until(lambda job: job.stage == states.WAITING)
        assert recorded(memory) == 1
        server.resume = lambda peer, resume: flat_server.run_ladder(peer, held[0])
        documents = FakeDocuments()
        with studio(server.url, documents, memory) as made:
            panel = made.make_panel()
            changed = Recorder(made.jobs.changed)
            if not any(job.stage == states.KEPT for job in made.jobs.all()):
                changed.until(lambda job: job.stage == states.KEPT)
            assert "earlier session" in panel.sentence.text()
            assert recorded(memory) == 1
            server.resume = flat_server.forgotten
            paid = Recorder(made.jobs.paid)
            panel.rows.as_new.click()
            assert len(documents.opened[0].plans[0].layers) == 2
            made.safekeeping.stored(documents.opened[0].save("/new.kra"))
            paid.until()
            assert len(server.of(Ack)) == 2
    assert memory.content["jobs"] == ""


def test_garbage_in_the_settings_starts_an_ordinary_plugin() -> None:
    made = Studio(Memory(), FakeDocuments(), Memory(jobs='[{"job": 1}, null'))
    assert made.jobs.all() == ()
    assert made.make_panel().sentence.text() == ""


def test_a_picture_that_is_not_open_holds_nothing_up() -> None:
    wide = replace(values.reading(), canvas=replace(values.CANVAS, width=300))
    restarted = Restarted(replace(values.request(seed=1), reading=wide), values.request(seed=2))
    restarted.documents.opened.append(FakeDocument("other"))
    restarted.server_delivers()
    restarted.workflow.insertion.insert_kept()
    assert [plan.group_name[-1] for plan in restarted.documents.opened[0].plans] == ["2"]
    assert "300 × 150 px" in restarted.panel.sentence.text()
    assert restarted.stages() == [states.KEPT, states.INSERTED]


@pytest.mark.parametrize("saved", [False, True])
@pytest.mark.parametrize("opened_first", [False, True])
def test_a_picture_that_krita_recovered_has_its_passes_already(
    saved: bool, opened_first: bool
) -> None:
    """They were inserted, and Krita crashed before the picture was saved or just after."""
    restarted = Restarted(named("/a.kra"))
    (request,) = restarted.requests
    recovered = FakeDocument("recovered", file="/a.kra", stored=saved)
    plan = plan_layers(values.finished_job())
    recovered.plans.append(replace(plan, provenance_key="sfumato.job." + request.job))
    safekeeping = restarted.workflow.insertion.safekeeping
    if opened_first:
        restarted.documents.opened.append(recovered)
    restarted.server_delivers()
    if not opened_first:
        restarted.documents.opened.append(recovered)
        safekeeping.look()
    assert restarted.stages() == [states.INSERTED]
    assert "are in /a.kra already" in restarted.panel.sentence.text()
    assert len(recovered.plans) == 1
    assert len(restarted.jobs.debts()) == int(saved)
    safekeeping.stored(recovered.save())
    assert len(restarted.jobs.debts()) == 1


def test_passes_that_were_acknowledged_before_the_crash_are_gone() -> None:
    restarted = Restarted(values.request())
    restarted.server_delivers(passes=0)
    assert restarted.stages() == [states.FAILED]
    assert restarted.panel.sentence.text().startswith("The server no longer has a job")


def test_kept_passes_are_given_up_by_a_button_of_its_own_that_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    restarted = Restarted(values.request(seed=1), values.request(seed=2))
    restarted.panel.cancel_wanted.connect(restarted.jobs.cancel)
    assert not restarted.panel.cancel.isHidden()
    assert not restarted.panel.rows.discard.isEnabled()
    restarted.server_delivers()
    restarted.panel.cancel.click()  # the second of a double click, as the first ended a job
    asked: list[str] = []

    def answer(button: QMessageBox.StandardButton) -> None:
        def question(
            parent: QWidget, title: str, text: str, offered: object, usual: object
        ) -> QMessageBox.StandardButton:
            asked.append(text)
            assert usual == QMessageBox.StandardButton.No  # what Enter means
            return button

        monkeypatch.setattr(QMessageBox, "question", question)

    answer(QMessageBox.StandardButton.No)
    restarted.panel.rows.discard.click()
    assert restarted.stages() == [states.KEPT] * 2
    answer(QMessageBox.StandardButton.Yes)
    restarted.panel.rows.discard.click()
    assert asked == ["Discard the kept passes of 2 jobs? They cannot be had again."] * 2
    assert restarted.stages() == [states.CANCELLED] * 2
    acks = [said for said in restarted.line.said if isinstance(said, Ack)]
    assert acks == [Ack(r.job, index) for r in restarted.requests for index in (1, 2)]
    assert not restarted.panel.rows.as_new.isEnabled()
    assert not restarted.panel.cancel.isEnabled()


def test_while_a_job_runs_the_button_cancels_that_one() -> None:
    restarted = Restarted(values.request())
    restarted.server_delivers()
    wanted = Recorder(restarted.panel.cancel_wanted)
    running = restarted.jobs.start(values.request())
    assert restarted.panel.cancel.text() == "Cancel"
    restarted.panel.cancel.click()
    assert wanted.seen == [running.id]
