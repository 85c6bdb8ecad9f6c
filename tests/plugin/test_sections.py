"""The docker's folding sections."""

from __future__ import annotations

import pytest
from PyQt5.QtWidgets import QLabel

from fakes.qt_waiting import Recorder
from sfumato.ui.section import Section, Sections


@pytest.fixture
def sections(application: object) -> Sections:
    made = Sections(
        (
            Section("mask", "Mask", (QLabel("feather"),), True),
            Section("result", "Result", (QLabel("merge"),), False),
            Section("history", "History", (), True),
        )
    )
    made.show()
    return made


def test_a_section_folds_under_its_heading_and_says_so(sections: Sections) -> None:
    told = Recorder(sections.changed)
    assert sections["mask"].body.isVisible()
    sections["mask"].heading.click()
    sections["result"].heading.click()
    assert not sections["mask"].body.isVisible()
    assert sections["result"].body.isVisible()
    assert told.seen == ["mask- result- history+", "mask- result+ history+"]


def test_the_state_of_another_window_is_shown_and_not_told(sections: Sections) -> None:
    told = Recorder(sections.changed)
    sections.show_state("mask- other+ result+ x history")
    assert sections.state() == "mask- result+ history+"
    assert told.seen == []


def test_a_section_that_holds_nothing_is_not_there(sections: Sections) -> None:
    assert not sections["history"].isVisible()
    sections["history"].add(QLabel("job"))
    assert sections["history"].isVisible()


def test_a_folded_section_tells_what_is_chosen_in_it(sections: Sections) -> None:
    mask = sections["mask"]
    mask.show_summary("feather 12 px")
    shown = [label for label in mask.findChildren(QLabel) if label.text() == "feather 12 px"]
    assert not shown[0].isVisible()
    mask.heading.click()
    assert shown[0].isVisible()
