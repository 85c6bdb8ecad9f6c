"""A sentence that is no longer true goes away by itself."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import QTimer

from fakes.qt_waiting import Recorder
from sfumato import saying
from sfumato.saying import BARELY, SETTLING, Saying


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sentence(application: object, clock: Clock) -> Saying:
    return Saying(clock)


def test_a_refusal_goes_as_soon_as_anything_changes(sentence: Saying, clock: Clock) -> None:
    told = Recorder(sentence.changed)
    sentence.say("Nothing is selected.")
    sentence.refused(False)
    assert sentence.text == "Nothing is selected."
    sentence.outdate()  # of the selection that the click met
    assert sentence.text == "Nothing is selected."
    clock.now = BARELY + 0.01
    sentence.outdate()
    assert told.seen == ["Nothing is selected.", ""]


def test_an_outcome_outlives_what_led_to_it(sentence: Saying, clock: Clock) -> None:
    sentence.say("Nothing is selected.")
    sentence.refused(False)
    sentence.say("3 passes are in the document.")
    clock.now = SETTLING - 0.1
    sentence.outdate()  # Krita tells of the new layers
    assert sentence.text == "3 passes are in the document."
    clock.now = SETTLING + 0.1
    sentence.outdate()  # the artist selects something else
    assert sentence.text == ""


def test_what_holds_for_a_moment_goes_with_it(
    sentence: Saying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saying, "BRIEF_MS", 20)
    told = Recorder(sentence.changed)
    sentence.say("Krita is at work.")
    sentence.refused(True)
    told.until(lambda text: text == "")
    sentence.say("Krita is at work.")
    sentence.refused(True)
    sentence.say("Something else.")
    waited = Recorder((later := QTimer()).timeout)
    later.start(60)
    waited.until()
    assert sentence.text == "Something else."
