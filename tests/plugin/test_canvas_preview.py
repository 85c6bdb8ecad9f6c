"""Running jobs over the canvas: where, as long as they run, and only where it is wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PyQt5.QtCore import QBuffer, QByteArray, QIODevice
from PyQt5.QtGui import QColor, QImage

from fakes import plugin_values as values
from sfumato.jobs import Jobs
from sfumato.ui.canvas_preview import CanvasPreview

pytestmark = pytest.mark.usefixtures("application")


class Noted:
    """Overlays that note what they are to show."""

    def __init__(self) -> None:
        self.shown: dict[str, tuple[str, Any]] = {}
        self.calls = 0

    def show(self, name: str, document_id: str, pictures: Any) -> None:
        self.calls += 1
        self.shown[name] = (document_id, pictures)

    def hide(self, name: str) -> None:
        self.calls += 1
        self.shown.pop(name, None)


def jpeg(colour: str) -> bytes:
    picture = QImage(32, 24, QImage.Format.Format_RGB32)
    picture.fill(QColor(colour))
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert picture.save(buffer, "JPEG")
    return bytes(content)


def test_what_runs_lies_over_its_crop_until_it_ends() -> None:
    jobs, overlays = Jobs(), Noted()
    preview = CanvasPreview(jobs, overlays)  # type: ignore[arg-type]
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.preview(job.request, 1, jpeg("#a06040")))
    assert overlays.calls == 0, "nobody asked for it"
    preview.switch(True)
    ((document_id, (laid,)),) = overlays.shown.values()
    assert (document_id, laid.area) == ("document", values.CROP)
    assert laid.image.width() == 32
    calls = overlays.calls
    jobs.heard(values.progress(job.request, 1, 2, 4))
    assert overlays.calls == calls, "the same picture is not laid twice"
    other = jobs.start(replace(values.request(), job="f" * 32))
    jobs.heard(values.accepted(other.request))
    jobs.heard(values.preview(other.request, 1, jpeg("#00ff00")))
    assert len(overlays.shown) == 2
    jobs.cancel(job.id)
    assert len(overlays.shown) == 1
    preview.switch(False)
    assert overlays.shown == {}


def test_what_is_no_picture_is_not_laid() -> None:
    jobs, overlays = Jobs(), Noted()
    preview = CanvasPreview(jobs, overlays)  # type: ignore[arg-type]
    preview.switch(True)
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.preview(job.request, 1, b"no jpeg"))
    assert overlays.shown == {}
