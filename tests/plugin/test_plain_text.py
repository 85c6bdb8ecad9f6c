"""What a server or a document says is shown as it is, never taken for markup or commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QProgressBar, QWidget

from fakes import flat_server
from fakes import plugin_values as values
from sfumato.core import status
from sfumato.core.status import Status
from sfumato.jobs import Jobs
from sfumato.ui.panel import InpaintPanel
from sfumato_protocol.messages import EngineInfo, Figure, Note, PassDone, Progress
from sfumato_protocol.peer import Received

pytestmark = pytest.mark.usefixtures("application")
MARKUP = "<a href='file:///etc/passwd'>read</a>"
HOSTILE = MARKUP + "\x1b[2J\x9b\u202e\u2028\x07"


@pytest.fixture
def panel() -> InpaintPanel:
    """A docker for which a server has put markup and controls wherever it has a word."""
    jobs = Jobs()
    panel = InpaintPanel(jobs)
    recipe = replace(flat_server.WELCOME.recipes[0], title=HOSTILE, description=HOSTILE)
    engines = tuple(EngineInfo(name, HOSTILE, 0, 1, ()) for name in ("a", "b"))
    welcome = replace(flat_server.WELCOME, recipes=(recipe,), engines=engines, dropped=(HOSTILE,))
    panel.show_status(Status(status.READY, HOSTILE, welcome))
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    told = values.pass_done(job.request, 1)
    assert isinstance(told.message, PassDone)
    figures = (Figure("seam", 1.0, HOSTILE, HOSTILE),)
    done = replace(told.message, figures=figures, unmeasured=(Note("drift", HOSTILE),))
    jobs.heard(replace(told, message=done))
    jobs.heard(values.advice(job.request, HOSTILE))
    jobs.heard(Received(Progress(job.id, 2, 0, 0, HOSTILE)))
    panel.show()
    return panel


def texts(panel: QWidget) -> Iterator[str]:
    """All that can be read in it, in its tips and in its lists."""
    for widget in [panel, *panel.findChildren(QWidget)]:
        yield widget.toolTip()
        yield widget.windowTitle()
        if isinstance(widget, (QLabel, QProgressBar)):
            yield widget.text()
        if isinstance(widget, QPlainTextEdit):
            yield widget.placeholderText()
        if isinstance(widget, QComboBox):
            roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            for index in range(widget.count()):
                yield from (widget.itemData(index, role) or "" for role in roles)


def test_no_label_takes_it_for_markup(panel: InpaintPanel) -> None:
    quoting = [label for label in panel.findChildren(QLabel) if MARKUP in label.text()]
    assert len(quoting) >= 4  # state, description, sentence, advice
    assert {label.textFormat() for label in quoting} == {Qt.TextFormat.PlainText}


def test_no_tip_takes_it_for_markup(panel: InpaintPanel) -> None:
    tips = [widget.toolTip() for widget in panel.findChildren(QWidget)]
    assert any("&lt;a href" in tip for tip in tips)
    assert not any("<a" in tip for tip in tips)


def test_nothing_that_controls_is_shown_raw(panel: InpaintPanel) -> None:
    shown = list(texts(panel))
    assert sum("read</a>" in text for text in shown) >= 6
    assert not any(set(text) & set("\x1b\x9b\u202e\u2028\x07") for text in shown)
