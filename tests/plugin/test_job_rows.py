"""The rows of jobs in the docker, built without a screen and used by mouse and keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QColor, QKeyEvent, QMouseEvent, QPalette
from PyQt5.QtWidgets import QApplication, QMessageBox

from fakes import flat_server
from fakes import plugin_values as values
from fakes.qt_waiting import Recorder
from sfumato.core import job as states
from sfumato.core.job import Job
from sfumato.jobs import Jobs
from sfumato.ui.job_picture import picture_of
from sfumato.ui.job_row import JobRow
from sfumato.ui.job_rows import JobRows
from sfumato_protocol.offers import MOVE, STOP


class Line:
    """A line to a server that understands everything and says nothing."""

    address = "ws://here:9440/sfumato"
    welcome = replace(flat_server.WELCOME, features=(MOVE, STOP))

    def say(self, message: object) -> None:
        pass

    submit = abandon = say


@pytest.fixture
def jobs(application: QApplication) -> Jobs:
    made = Jobs()
    made.attach(Line())  # type: ignore[arg-type]
    return made


@pytest.fixture
def shown(jobs: Jobs) -> JobRows:
    rows = JobRows(jobs)
    rows.resize(290, 400)
    rows.show()
    return rows


def start(jobs: Jobs, number: int, file: str = "/home/me/cat.kra") -> Job:
    return jobs.start(replace(values.request(), job=f"{number:032x}", file=file))


def waiting(jobs: Jobs, count: int) -> list[Job]:
    made = [start(jobs, number) for number in range(count)]
    for place, job in enumerate(made):
        jobs.heard(values.accepted(job.request, place))
    return made


def order(rows: JobRows) -> list[str]:
    placed = [row for row in rows.findChildren(JobRow) if row.isVisible()]
    QApplication.processEvents()
    return [row.job_id for row in sorted(placed, key=lambda row: row.y())]


def kept(jobs: Jobs, number: int) -> Job:
    job = start(jobs, number)
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.pass_done(job.request, 1))
    jobs.heard(values.job_done(job.request))
    jobs.settle(jobs.all()[-1], states.KEPT, "The picture was closed.")
    return jobs.all()[-1]


def test_each_job_has_its_row_and_its_own_picture(jobs: Jobs, shown: JobRows) -> None:
    first, second = waiting(jobs, 2)
    jobs.heard(values.progress(first.request, 1, 1, 4))
    assert order(shown) == [first.id, second.id]
    row = shown.row(first.id)
    assert row.title.text() == "Two passes · cat.kra"
    assert row.bar.text().startswith("Pass 1 of 2")
    small = row.picture.pixmap()
    assert small is not None
    assert not small.isNull()
    jobs.heard(values.pass_done(first.request, 1))
    after = picture_of(jobs.all()[0])
    assert after is not None
    # The pass is flat in 1, 1, 1 and lies over the crop with a mask of 101.
    base = values.request().reading.pixels
    blue = (base[0] * (255 - 101) + 101) / 255
    assert after.pixelColor(0, 0).blue() == pytest.approx(blue, abs=2)


def test_a_waiting_job_is_moved_by_its_buttons(jobs: Jobs, shown: JobRows) -> None:
    first, second, third = waiting(jobs, 3)
    wanted = Recorder(shown.move_wanted)
    row = shown.row(second.id)
    assert row.up.isVisible()
    assert not shown.row(first.id).up.isEnabled()
    assert not shown.row(third.id).down.isEnabled()
    row.up.click()
    row.down.click()
    assert wanted.seen == [(second.id, first.id), (second.id, "")]
    jobs.heard(values.progress(first.request, 1, 1, 4))
    assert not shown.row(first.id).up.isVisible()


def mouse(row: JobRow, kind: QEvent.Type, at: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, QPointF(at), left, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(row, event)


def test_a_waiting_job_is_dragged(jobs: Jobs, shown: JobRows) -> None:
    first, _second, third = waiting(jobs, 3)
    QApplication.processEvents()
    wanted = Recorder(shown.move_wanted)
    row = shown.row(third.id)
    grip, above = QPoint(20, 20), row.mapFrom(shown, QPoint(20, 2))
    mouse(row, QEvent.Type.MouseButtonPress, grip)
    mouse(row, QEvent.Type.MouseMove, above)
    mouse(row, QEvent.Type.MouseButtonRelease, above)
    assert wanted.seen == [(third.id, first.id)]
    mouse(row, QEvent.Type.MouseButtonPress, grip)
    mouse(row, QEvent.Type.MouseButtonRelease, grip)
    assert len(wanted.seen) == 1, "a click is no drag"
    assert shown.shown is not None
    assert shown.shown.id == third.id


def test_where_the_order_cannot_be_changed_nothing_offers_it(
    jobs: Jobs, shown: JobRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Line, "welcome", flat_server.WELCOME)
    first, _second = waiting(jobs, 2)
    assert not shown.row(first.id).down.isVisible()


def test_stopping_is_offered_once_there_is_something_to_keep(jobs: Jobs, shown: JobRows) -> None:
    (job,) = waiting(jobs, 1)
    row, wanted = shown.row(job.id), Recorder(shown.stop_wanted)
    jobs.heard(values.progress(job.request, 1, 1, 4))
    assert not row.stop.isVisible()
    assert not shown.stop.isEnabled()
    jobs.heard(values.pass_done(job.request, 1))
    assert row.stop.isVisible()
    row.stop.click()
    shown.stop.click()
    assert wanted.seen == [job.id, job.id]
    jobs.stop(job.id)
    assert not row.stop.isEnabled()
    assert row.bar.text() == "Stopping; the finished passes are kept."


def test_kept_passes_have_their_buttons_in_their_row(
    jobs: Jobs, shown: JobRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = kept(jobs, 1), kept(jobs, 2)
    inserted, made = Recorder(shown.insert_wanted), Recorder(shown.new_document_wanted)
    cancelled = Recorder(shown.cancel_wanted)
    row = shown.row(second.id)
    assert row.title.text() == "1 of 2 passes, kept · cat.kra"
    assert row.toolTip() == "<p>The picture was closed.</p>"
    row.again.click()
    row.as_new.click()
    shown.again.click()
    assert inserted.seen == [second.id, ""]
    assert made.seen == [second.id]
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_args: answers.pop(0))
    row.cancel.click()
    assert cancelled.seen == []
    row.cancel.click()
    assert cancelled.seen == [second.id]
    assert first.id in order(shown)


def test_what_is_over_stays_for_a_while_and_can_be_taken_away(jobs: Jobs, shown: JobRows) -> None:
    done = waiting(jobs, 5)
    for job in done:
        jobs.settle(jobs.find(job.id) or job, states.INSERTED, "In.")
    assert order(shown) == [done[4].id, done[3].id, done[2].id]
    shown.forget_wanted.connect(jobs.forget)
    shown.row(done[4].id).cancel.click()
    assert order(shown) == [done[3].id, done[2].id, done[1].id]
    assert jobs.find(done[4].id) is None


def test_an_old_sentence_is_not_said_again_when_a_row_is_chosen(jobs: Jobs, shown: JobRows) -> None:
    (job,) = waiting(jobs, 1)
    jobs.detach()
    assert "connection was lost" in shown.sentence
    said = Recorder(shown.said)
    jobs.attach(Line())  # type: ignore[arg-type]
    jobs.heard(values.accepted(job.request))
    assert said.seen == [""], "it is no longer true"


def test_a_job_that_fails_is_heard_whichever_is_shown(jobs: Jobs, shown: JobRows) -> None:
    first, second = waiting(jobs, 2)
    jobs.heard(values.progress(first.request, 1, 1, 4))
    said = Recorder(shown.said)
    jobs.heard(values.failed(second.request, "queue_full", "a full queue"))
    assert ["a full queue" in one for one in said.seen] == [True]
    assert shown.row(second.id).bar.text() == "Failed"


def test_a_row_is_chosen_by_mouse_and_by_key(jobs: Jobs, shown: JobRows) -> None:
    first, second = waiting(jobs, 2)
    mouse(shown.row(second.id), QEvent.Type.MouseButtonPress, QPoint(20, 20))
    assert shown.shown is not None
    assert shown.shown.id == second.id
    press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(shown.row(first.id), press)
    assert shown.shown.id == first.id
    third = start(jobs, 3)
    mouse(shown.row(third.id), QEvent.Type.MouseButtonPress, QPoint(20, 20))
    start(jobs, 4)
    assert shown.shown.id == first.id, "what is new is of more interest than what was chosen"


def test_what_is_one_of_several_has_a_row_only_while_it_runs(jobs: Jobs, shown: JobRows) -> None:
    wanted = replace(values.request(), job="a" * 32, base="b" * 32, first=2, aside=True)
    job = jobs.start(wanted)
    jobs.heard(values.accepted(wanted))
    assert shown.row(job.id).title.text() == "Two passes · seed 7"
    jobs.heard(values.pass_done(wanted, 1))
    jobs.heard(values.job_done(wanted))
    assert order(shown) == []
    jobs.settle(jobs.all()[0], states.CANCELLED, "Given up.")
    assert order(shown) == []


def test_signs_follow_the_theme(jobs: Jobs, shown: JobRows) -> None:
    (job,) = waiting(jobs, 1)
    button = shown.row(job.id).cancel

    def ink() -> QColor:
        return button.icon().pixmap(16, 16).toImage().pixelColor(8, 8)

    palette = button.palette()
    for colour in ("#ff0000", "#00ff00"):
        palette.setColor(QPalette.ColorRole.ButtonText, QColor(colour))
        button.setPalette(palette)
        assert ink() == QColor(colour)


def test_a_low_docker_has_one_row_of_what_is_over(jobs: Jobs, shown: JobRows) -> None:
    for number in range(3):
        jobs.settle(start(jobs, number), states.CANCELLED, "")
    shown.give_room(700)
    assert len(shown.in_order()) == 3
    shown.give_room(290)
    assert [row.job_id for row in shown.in_order()] == [f"{2:032x}"]
