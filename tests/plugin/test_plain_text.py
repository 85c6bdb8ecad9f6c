"""What a server or a document says is shown as it is, never taken for markup."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import Qt

from sfumato.jobs import Jobs
from sfumato.ui.panel import InpaintPanel

pytestmark = pytest.mark.usefixtures("application")


def test_labels_that_quote_others_hold_plain_text() -> None:
    panel = InpaintPanel(Jobs())
    quoting = (panel.sentence, panel.advice, panel.connection.sentence, panel.choices.ladder)
    assert [label.textFormat() for label in quoting] == [Qt.TextFormat.PlainText] * 4
