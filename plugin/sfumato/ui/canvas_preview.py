"""What running jobs look like so far, over the canvas where they work."""

from typing import Dict

from ..core.job import RUNNING, Job
from ..jobs import Jobs
from ..qt import QObject
from .jpeg import decoded
from .overlay import Laid, Overlays

_NAME = "preview-"


class CanvasPreview(QObject):
    """Off until it is switched on; costs nothing then."""

    def __init__(self, jobs: Jobs, overlays: Overlays) -> None:
        super().__init__()
        self._jobs = jobs
        self._overlays = overlays
        self._on = False
        self._seen: Dict[str, bytes] = {}
        jobs.changed.connect(self._show)

    def switch(self, on: bool) -> None:
        """Show previews over the canvas, or no longer."""
        self._on = on
        for job in self._jobs.all():
            self._show(job)

    def _show(self, job: Job) -> None:
        jpeg = job.preview if self._on and job.stage == RUNNING else b""
        if jpeg == self._seen.get(job.id, b""):
            return
        self._seen[job.id] = jpeg
        picture = decoded(jpeg)
        if picture.isNull():
            del self._seen[job.id]
            self._overlays.hide(_NAME + job.id)
            return
        reading = job.request.reading
        self._overlays.show(_NAME + job.id, reading.document_id, [Laid(reading.crop, picture)])
