"""A workflow with everything around it, and none of it Krita's."""

from __future__ import annotations

from collections.abc import Sequence

from fakes import plugin_values as values
from fakes.documents import FakeDocument, FakeDocuments
from fakes.flat_server import WELCOME
from fakes.qt_waiting import Recorder
from sfumato.core import status
from sfumato.core.choices import Choices
from sfumato.core.job import Job
from sfumato.core.status import Status
from sfumato.core.types import Place
from sfumato.jobs import Jobs
from sfumato.workflow import Workflow
from sfumato_protocol import errors


class Stage:
    """A workflow with everything around it."""

    def __init__(self) -> None:
        self.document = FakeDocument()
        self.documents = FakeDocuments(self.document)
        self.jobs = Jobs()
        self.woken = 0
        self.now = 0.0
        self.asked: list[tuple[str, list[str]]] = []
        self.chosen = 0
        self.workflow = Workflow(
            self.jobs, self.documents, self.wake, self.choose, lambda: self.now
        )
        self.insertion = self.workflow.insertion
        self.safekeeping = self.insertion.safekeeping
        self.said = Recorder(self.workflow.said)
        self.connect()

    def choose(self, asked: str, places: Sequence[Place]) -> Place | None:
        """The artist takes the place of that number; none for a negative one."""
        self.asked.append((asked, [place.title for place in places]))
        return places[self.chosen] if self.chosen >= 0 else None

    def wake(self) -> None:
        self.woken += 1

    def connect(self) -> None:
        self.workflow.heed(Status(status.READY, "Connected.", WELCOME))

    def click(self) -> Job:
        job = self.workflow.inpaint(Choices(seed=7))
        assert job is not None
        return job

    def server_finishes(self, job: Job, passes: int = 2) -> None:
        self.jobs.heard(values.accepted(job.request))
        for index in range(1, passes + 1):
            self.jobs.heard(values.pass_done(job.request, index))
        if passes == 2:
            self.jobs.heard(values.job_done(job.request))
        else:
            self.jobs.heard(values.failed(job.request, errors.ENGINE_CRASHED, "a crash"))

    def put_in(self) -> None:
        """All turns of the event loop in which what has ended goes in, piece by piece."""
        for _ in range(8 * len(self.jobs.all())):
            self.insertion.insert_finished()

    def until_stage(self, stage: str) -> Job:
        changed = Recorder(self.jobs.changed)
        known = self.jobs.all()[-1]
        found = known if known.stage == stage else changed.until(lambda job: job.stage == stage)
        assert isinstance(found, Job)
        return found
