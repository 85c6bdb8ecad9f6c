"""The docker's content, built without a screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt5.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QPointF, Qt
from PyQt5.QtGui import QColor, QImage, QKeyEvent, QMouseEvent
from PyQt5.QtWidgets import QApplication, QLabel, QProgressBar

from fakes import flat_server
from fakes import plugin_values as values
from fakes.qt_waiting import Recorder
from sfumato.core import figure_sentences, status
from sfumato.core import job as states
from sfumato.core.choices import TOP, Choices
from sfumato.core.status import Status
from sfumato.jobs import Jobs
from sfumato.ui.panel import InpaintPanel
from sfumato.ui.preview import Preview
from sfumato_protocol.messages import (
    Accepted,
    EngineInfo,
    Figure,
    Note,
    PassDone,
    PassSpec,
    RecipeInfo,
)
from sfumato_protocol.peer import Received
from sfumato_protocol.specs import LOOK_HERE

READY = Status(status.READY, "Connected to fake.", flat_server.WELCOME)


@pytest.fixture
def jobs(application: object) -> Jobs:
    return Jobs()


@pytest.fixture
def panel(jobs: Jobs) -> InpaintPanel:
    panel = InpaintPanel(jobs)
    panel.resize(300, 600)
    panel.show()
    return panel


def strengths(panel: InpaintPanel) -> list[str]:
    """What the rows of the ladder say."""
    return [row.strength.text() for row in panel.choices.table.rows if row.isVisible()]


def jpeg(width: int, height: int) -> bytes:
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(QColor("#a06040"))
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert picture.save(buffer, "JPEG")
    return bytes(content)


def test_without_a_server_it_shows_how_to_start_one(panel: InpaintPanel) -> None:
    panel.show_status(Status(status.NO_SERVER, "No server."))
    assert panel.connection.guide.isVisible()
    assert "sfumato serve" in panel.connection.command.text()
    woken = Recorder(panel.wake_wanted)
    panel.connection.again.click()
    assert len(woken.seen) == 1
    panel.show_status(READY)
    assert not panel.connection.guide.isVisible()
    assert panel.connection.sentence.text() == "Connected to fake."


def test_recipes_come_from_the_server_and_the_choice_survives_it(panel: InpaintPanel) -> None:
    other = RecipeInfo("seam", "Seam", "Hides a seam.", (PassSpec("ring", 0.5),))
    welcome = replace(flat_server.WELCOME, recipes=(*flat_server.WELCOME.recipes, other))
    panel.show_choices(Choices(recipe="seam"))
    panel.show_status(replace(READY, welcome=welcome))
    form = panel.choices
    assert [form.recipe.itemText(i) for i in range(2)] == ["Two passes", "Seam"]
    assert form.recipe.currentData() == "seam"
    assert strengths(panel) == ["0.50 corrects"]
    panel.show_status(Status(status.LOST, "Lost."))
    assert not form.recipe.isEnabled()
    assert form.recipe.currentData() == "seam"


def test_an_engine_that_reads_no_prompts_says_so(panel: InpaintPanel) -> None:
    panel.show_status(READY)
    assert "does not read prompts" in panel.choices.prompt.placeholderText()
    reads = EngineInfo("sd", "SD", 512, 8, ("prompt",))
    panel.show_status(replace(READY, welcome=replace(flat_server.WELCOME, engines=(reads,))))
    assert "optional" in panel.choices.prompt.placeholderText()


def test_engines_are_offered_where_there_are_several(panel: InpaintPanel) -> None:
    form = panel.choices
    panel.show_status(READY)
    assert form.engine.isHidden()
    told = Recorder(panel.choices_changed)
    reads = EngineInfo("sd", "Stable Diffusion", 512, 8, ("prompt",))
    engines = (*flat_server.WELCOME.engines, reads)
    panel.show_status(replace(READY, welcome=replace(flat_server.WELCOME, engines=engines)))
    assert not form.engine.isHidden()
    assert [form.engine.itemData(i) for i in range(form.engine.count())] == [
        "", flat_server.WELCOME.engines[0].name, "sd",
    ]  # fmt: skip
    assert "does not read prompts" in form.prompt.placeholderText()
    form.engine.setCurrentIndex(2)
    form.engine.activated.emit(2)
    assert told.seen[-1].engine == "sd"
    assert "optional" in form.prompt.placeholderText()


BUILT_IN = EngineInfo("patch-diffusion", "Texture heal", 0, 1, ("seed",))
MODEL = EngineInfo("sd", "Stable Diffusion", 512, 8, ("prompt",))
HEAL = RecipeInfo("heal", "Heal", "Removes spots.", (PassSpec("whole", 1.0),), "patch-diffusion")
FACE = RecipeInfo("face", "Face", "Draws a face.", (PassSpec("whole", 0.95),), draws=True)
PASTED = RecipeInfo(
    "pasted",
    "Pasted",
    "Levels light.",
    (PassSpec("whole", 0.7), PassSpec("wide", 0.25, engine="patch-diffusion")),
)


@pytest.mark.parametrize(
    ("recipe", "engine", "about", "words"),
    [
        ("heal", "", "Removes spots.", ""),
        ("heal", "sd", "Removes spots.", "This recipe is made for Texture heal; Stable Diffusion"),
        ("face", "", "Draws a face.", ""),
        ("face", "sd", "Draws a face.", ""),
        ("face", "patch-diffusion", "Draws a face.", "Texture heal copies and grades what is in"),
        ("pasted", "sd", "Levels light.", ""),
    ],
)
def test_what_an_engine_makes_of_a_recipe_is_said_before_the_click(
    panel: InpaintPanel, recipe: str, engine: str, about: str, words: str
) -> None:
    """A recipe that draws takes the model by itself: only a choice against it is worth a word."""
    welcome = replace(flat_server.WELCOME, engines=(BUILT_IN, MODEL), recipes=(HEAL, FACE, PASTED))
    panel.show_status(replace(READY, welcome=welcome))
    panel.show_choices(Choices(recipe=recipe, engine=engine))
    form = panel.choices
    assert form.about.isVisible()
    assert form.about.text() == about
    assert form.caution.isVisible() == bool(words)
    assert form.caution.text().startswith(words)


def test_where_a_recipes_own_engine_is_missing_another_can_be_chosen(panel: InpaintPanel) -> None:
    """Or else nothing could be done about the refusal."""
    welcome = replace(flat_server.WELCOME, engines=(MODEL,), recipes=(HEAL, FACE))
    panel.show_status(replace(READY, welcome=welcome))
    form = panel.choices
    assert "The server has no engine “patch-diffusion”" in form.caution.text()
    assert form.engine.isVisible()
    form.engine.setCurrentIndex(1)
    form.engine.activated.emit(1)
    assert "no engine" not in form.caution.text()
    assert form.engine.isVisible()


def test_the_ladder_names_the_engine_that_is_not_the_jobs(panel: InpaintPanel) -> None:
    welcome = replace(flat_server.WELCOME, engines=(BUILT_IN, MODEL), recipes=(PASTED,))
    panel.show_status(replace(READY, welcome=welcome))
    first, second = panel.choices.table.rows
    assert strengths(panel) == ["0.70 corrects", "0.25 subtle"]
    assert [first.more.toolTip(), second.more.toolTip()] == ["", "<p>Texture heal</p>"]


def test_every_choice_is_told_as_it_is_made(panel: InpaintPanel) -> None:
    panel.show_status(READY)
    told = Recorder(panel.choices_changed)
    form = panel.choices
    form.prompt.setPlainText("skin")
    form.negative.setText("hair")
    form.negative.textEdited.emit("hair")
    form.lock.click()
    form.seed.setText("42")
    form.seed.editingFinished.emit()
    assert told.seen[-1] == Choices("", "skin", "hair", 42, True)


@pytest.mark.parametrize("typed", ["", "-3", "1.5", str(2**32), "x", "8" * 5000, "²"])
def test_a_seed_that_is_none_goes_back(panel: InpaintPanel, typed: str) -> None:
    panel.show_choices(Choices(seed=9))
    told = Recorder(panel.choices_changed)
    panel.choices.seed.setText(typed)
    panel.choices.seed.editingFinished.emit()
    assert panel.choices.seed.text() == "9"
    assert told.seen == []


def test_choices_shown_are_not_told(panel: InpaintPanel) -> None:
    told = Recorder(panel.choices_changed)
    panel.show_choices(Choices("two", "p", "n", 5, True))
    assert told.seen == []
    assert panel.choices.prompt.toPlainText() == "p"
    assert panel.choices.lock.isChecked()


def test_a_running_job_row_by_row(panel: InpaintPanel, jobs: Jobs) -> None:
    job = jobs.start(values.request())
    assert panel.rows.row(job.id).bar.text() == "Sending…"
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.pass_done(job.request, 1))
    jobs.heard(values.progress(job.request, 2, 5, 20))
    labels = [
        label.text()
        for label in panel.rows.details.passes.findChildren(QLabel)
        if label.isVisible()
    ]
    bars = [bar for bar in panel.rows.details.passes.findChildren(QProgressBar) if bar.isVisible()]
    assert labels == ["1 whole · 0.70", "2 ring · 0.40"]
    assert [bar.value() / bar.maximum() for bar in bars] == [1.0, 0.25]
    assert [bar.text() for bar in bars] == ["0.5 s", "5 / 20"]
    assert [bar.toolTip() for bar in bars] == ["<p>seam: 1.25</p><p>drift: 0.5</p>", ""]
    assert panel.rows.row(job.id).bar.text() == "Pass 2 of 2"
    assert panel.sentence.text() == ""


def test_a_row_names_the_engine_that_is_not_the_jobs(panel: InpaintPanel, jobs: Jobs) -> None:
    job = jobs.start(values.request())
    message = values.accepted(job.request).message
    assert isinstance(message, Accepted)
    first, second = message.plan
    plan = (first, replace(second, engine="patch-diffusion"))
    jobs.heard(Received(replace(message, plan=plan)))
    labels = [
        label.text()
        for label in panel.rows.details.passes.findChildren(QLabel)
        if label.isVisible()
    ]
    assert labels == ["1 whole · 0.70", "2 ring · 0.40 · patch-diffusion"]


def test_what_the_server_makes_of_a_pass_is_shown(panel: InpaintPanel, jobs: Jobs) -> None:
    """In the row what should not be missed, in its tip all of it, as text and never as markup."""
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    told = values.pass_done(job.request, 1)
    assert isinstance(told.message, PassDone)
    figures = (
        Figure("seam", 1.5, LOOK_HERE, "The edge <b>shows</b>."),
        Figure("grain", 1.0, "good", "The grain fits."),
    )
    why = (Note("identity", "Not measurable here: too small."),)
    message = replace(told.message, figures=figures, unmeasured=why)
    jobs.heard(replace(told, message=message))
    bar = next(
        bar for bar in panel.rows.details.passes.findChildren(QProgressBar) if bar.isVisible()
    )
    assert bar.text() == "0.5 s · look here"
    assert bar.toolTip() == (
        "<p>seam (1.5): look here. The edge &lt;b&gt;shows&lt;/b&gt;.</p>"
        "<p>grain (1): good. The grain fits.</p>"
        "<p>identity: Not measurable here: too small.</p>"
    )


def test_the_servers_advice_is_read_out(panel: InpaintPanel, jobs: Jobs) -> None:
    job = jobs.start(values.request())
    assert not panel.rows.details.advice.isVisible()
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.advice(job.request, "The selection is tiny.", "Use a seed."))
    assert panel.rows.details.advice.isVisible()
    assert panel.rows.details.advice.text() == "• The selection is tiny.\n• Use a seed."
    assert jobs.open()[0].stage == states.WAITING


def test_the_preview_fits_the_docker_and_goes_with_the_job(panel: InpaintPanel, jobs: Jobs) -> None:
    job = jobs.start(values.request())
    jobs.heard(values.preview(job.request, 1, b"no jpeg"))
    assert not panel.rows.preview.isVisible()
    jobs.heard(values.preview(job.request, 1, jpeg(600, 300)))
    assert panel.rows.preview.isVisible()
    shown = panel.rows.preview.pixmap()
    assert shown is not None
    assert shown.width() <= panel.width()
    assert shown.width() / shown.height() == pytest.approx(2.0, rel=0.02)
    jobs.cancel(job.id)
    assert not panel.rows.preview.isVisible()


def test_a_wide_preview_is_no_higher_without_a_scroll_bar_than_with_it(application: object) -> None:
    """Or else the bar would come and go within one call, until the stack is full."""
    preview = Preview()
    preview.resize(300, 100)
    preview.show()
    preview.show_jpeg(jpeg(640, 160))
    height = preview.height()
    preview.resize(284, height)
    shown = preview.pixmap()
    assert preview.height() == height
    assert shown is not None
    assert (shown.width(), shown.height()) == (284, 71)
    preview.resize(500, height)
    assert preview.height() == 125
    preview.show_jpeg(jpeg(640, 64))
    assert preview.height() == 50


def test_a_preview_is_as_large_as_the_docker_or_small_if_that_is_wanted(
    application: object,
) -> None:
    preview = Preview()
    preview.resize(300, 100)
    preview.show()
    preview.show_within(400)
    preview.show_jpeg(jpeg(300, 300))
    assert preview.height() == 300
    preview.show_within(200)
    assert preview.height() == 200
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    press = QMouseEvent(QEvent.Type.MouseButtonPress, QPointF(5, 5), left, left, plain)
    QApplication.sendEvent(preview, press)
    assert preview.height() == 72
    space = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, plain)
    QApplication.sendEvent(preview, space)
    assert preview.height() == 200


def test_cancel_is_for_the_job_that_runs(panel: InpaintPanel, jobs: Jobs) -> None:
    wanted = Recorder(panel.cancel_wanted)
    assert not panel.cancel.isEnabled()
    first, second = jobs.start(values.request()), jobs.start(values.request())
    assert panel.cancel.text() == "Cancel (+1 waiting)"
    panel.cancel.click()
    jobs.cancel(first.id)
    panel.cancel.click()
    assert wanted.seen == [first.id, second.id]


def test_kept_passes_can_be_inserted_again(panel: InpaintPanel, jobs: Jobs) -> None:
    wanted = Recorder(panel.insert_wanted)
    job = jobs.start(values.request())
    jobs.heard(values.accepted(job.request))
    jobs.heard(values.pass_done(job.request, 1))
    jobs.heard(values.failed(job.request, "engine_failed"))
    assert not panel.rows.again.isEnabled()
    jobs.settle(jobs.all()[0], states.KEPT, "Kept.")
    assert panel.rows.again.isEnabled()
    panel.rows.again.click()
    assert len(wanted.seen) == 1


def test_what_is_kept_is_named_as_long_as_it_is_kept(panel: InpaintPanel, jobs: Jobs) -> None:
    """A job that runs at the same time soon says something else in the docker's one sentence."""
    jobs.settle(values.finished_job(), states.KEPT, "Why it is kept.")
    running = jobs.start(replace(values.request(), job="f" * 32))
    jobs.heard(values.accepted(running.request))
    assert panel.sentence.text() != "Why it is kept."
    row = panel.rows.row(jobs.kept()[0].id)
    assert row.again.isVisible()
    assert row.title.text() == "2 passes, kept"
    assert row.picture.toolTip() == "<p>an unsaved picture, 200 × 150 px</p>"
    jobs.cancel(jobs.kept()[0].id)
    assert not row.again.isVisible()


def test_the_big_button_asks_for_a_job(panel: InpaintPanel) -> None:
    wanted = Recorder(panel.inpaint_wanted)
    panel.inpaint.click()
    assert len(wanted.seen) == 1
    assert not panel.inpaint.icon().isNull()


def test_where_layers_go_is_chosen_in_the_docker(panel: InpaintPanel) -> None:
    panel.show_status(READY)
    panel.show_choices(Choices(recipe="heal", prompt="skin"))
    chosen = Recorder(panel.choices_changed)
    panel.choices.place.setCurrentIndex(1)
    panel.choices.place.activated.emit(1)
    assert [(one.place, one.prompt) for one in chosen.seen] == [(TOP, "skin")]
    panel.choices.place.activated.emit(1)
    assert len(chosen.seen) == 1


def test_a_click_on_a_job_brings_its_result_into_sight(panel: InpaintPanel, jobs: Jobs) -> None:
    panel.show_status(READY)
    jobs.start(values.request())
    result = panel.sections["result"]
    result.open(False)
    panel.rows.in_order()[0].chosen.emit(jobs.all()[0].id)
    QApplication.processEvents()
    assert result.opened()
    assert not result.heading.visibleRegion().isEmpty()


def test_good_figures_are_told_in_a_word() -> None:
    good, fine = Figure("seam", 1.0, "good", ""), Figure("grain", 1.1, "good", "")
    poor = Figure("drift", 8.23, LOOK_HERE, "")
    assert figure_sentences.plainly((good, fine)) == "all good"
    said = figure_sentences.plainly((good, poor, fine))
    assert said == "colours inside look here (8.2) · good: edge, grain"
    assert figure_sentences.plainly((Figure("seam", 1.0, "", ""),)) == ""
