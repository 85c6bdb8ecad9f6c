"""When passes are safe: once the picture that they went into is stored, or closed as it is.

Until then their server keeps them, so that a Krita that crashes before the first save gets them
offered again. A picture that Krita recovered has them, and says so by its records. When a picture
is stored its server may keep them all the same, as long as it has room: a pass may be asked for
again.
"""

from typing import Dict

from .core import job as states
from .core import sentences
from .documents import Documents
from .jobs import Jobs
from .qt import QObject, Signal


class Safekeeping(QObject):
    """said: one sentence for the artist."""

    said = Signal(str)

    def __init__(self, jobs: Jobs, documents: Documents) -> None:
        super().__init__()
        self._jobs = jobs
        self._documents = documents
        self._held: Dict[str, str] = {}

    def hold(self, job_id: str, document_id: str) -> None:
        """The passes of a job are in an open document, and in no file yet."""
        self._held[job_id] = document_id

    def stored(self, file: str) -> None:
        """Krita has written a file: what is in the document of that file is safe, unless that was
        an export or the picture has changed again while it was written."""
        for job_id, document_id in list(self._held.items()):
            document = self._documents.find(document_id)
            if document is None:
                self._let_go(job_id)
            elif self._documents.file(document) == file and self._documents.is_stored(document):
                self._let_go(job_id, keep=True)

    def look(self) -> None:
        """Documents have been opened or closed. What the artist closed is not missed; what was
        thought lost with an earlier Krita may be there."""
        for job_id, document_id in list(self._held.items()):
            if self._documents.find(document_id) is None:
                self._let_go(job_id)
        for job in self._jobs.kept():
            document = self._documents.holding(job.id) if job.recalled else None
            if document is None:
                continue
            said = sentences.there_already(self._documents.name(document))
            self._jobs.settle(job, states.INSERTED, said)
            self.hold(job.id, self._documents.identity(document))
            if self._documents.is_stored(document):
                self._let_go(job.id, keep=True)
            self.said.emit(said)

    def _let_go(self, job_id: str, keep: bool = False) -> None:
        """keep: the picture is there, and with it the wish to try a pass once more."""
        del self._held[job_id]
        self._jobs.saved(job_id, keep)
