"""The docker's content: connection, the buttons, one sentence and the jobs, always in sight; below
them the form, in sections that fold."""

from typing import Optional, Tuple

from ..core import actions
from ..core.choices import Choices
from ..core.history import Entries, Entry
from ..core.shaping import Foresight, Look, about, on_ladder
from ..core.status import Status
from ..core.words import tr
from ..jobs import Jobs
from ..qt import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QHideEvent,
    QPalette,
    QPushButton,
    QResizeEvent,
    QScrollArea,
    QShowEvent,
    QSizePolicy,
    Qt,
    QTimer,
    QVBoxLayout,
    QWidget,
    Signal,
)
from .advice import Advice
from .buttons import named
from .choices import ChoicesForm
from .connection import ConnectionBox
from .history import HistoryBox
from .icon import inpaint_icon
from .job_rows import JobRows
from .mask_part import MaskPart
from .plain import PlainLabel
from .redo import RedoForm
from .scrolling import FittingArea
from .section import GAP, Section, Sections
from .server_dialog import ServerDialog
from .variations import VariationStrip

RECIPE, MASK, PROMPT, RESULT, HISTORY = "recipe", "mask", "prompt", "result", "history"
_MARGIN = 4
_MEANT = ("strength.replace", "strength.drift")  # what a recipe does because it is for that


class InpaintPanel(QWidget):
    """Asks by signals: inpaint_wanted; cancel_wanted (of a job by its id, open or kept),
    stop_wanted (end a job with what it has), move_wanted (a job, and which it is to run before, ""
    for last), insert_wanted, new_document_wanted (for the kept passes of a job, or of all for ""),
    forget_wanted (a job that is over); reuse_wanted (of the active layer's settings), wake_wanted,
    start_wanted (of the server of this computer), choices_changed (`Choices`), server_chosen
    (address, token), folded (which sections are open, as `show_folds` takes it), preview_switched
    (running jobs are to be shown over the canvas)."""

    inpaint_wanted = Signal()
    cancel_wanted = Signal(str)
    stop_wanted = Signal(str)
    move_wanted = Signal(str, str)
    insert_wanted = Signal(str)
    new_document_wanted = Signal(str)
    forget_wanted = Signal(str)
    reuse_wanted = Signal()
    wake_wanted = Signal()
    start_wanted = Signal()
    choices_changed = Signal(object)
    server_chosen = Signal(str, str)
    folded = Signal(str)
    hand_chosen = Signal(object)
    looked = Signal(object)
    attending = Signal(bool)
    preview_switched = Signal(bool)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._server = ("", "")
        self._log = ""
        self.connection = ConnectionBox()
        self.inpaint = named(QPushButton(), actions.INPAINT)
        self.inpaint.setIcon(inpaint_icon(self.palette().color(QPalette.ColorRole.ButtonText)))
        self.cancel = named(QPushButton(), actions.CANCEL)
        self.sentence = PlainLabel()
        self.sentence.setMinimumHeight(self.sentence.fontMetrics().lineSpacing())
        self.rows = JobRows(jobs)
        self.choices = ChoicesForm()
        self.mask_part = MaskPart()
        self.recipe_advice, self.prompt_advice = Advice(), Advice()
        self.redo, self.variations = RedoForm(), VariationStrip()
        self.history = HistoryBox()
        self.on_canvas = named(QCheckBox(), actions.PREVIEW)
        self.reuse = named(QPushButton(), actions.REUSE)
        parts = [Section(*content) for content in self._contents()]
        for part in parts:
            named(part.heading, actions.FOLD + part.name)
        self.sections = Sections(parts)
        self.area = QScrollArea()
        self._lay_out()
        self._connect()
        self._show_cancel()
        self.say(self.rows.sentence)

    def _contents(self) -> Tuple[Tuple[str, str, Tuple[QWidget, ...], bool], ...]:
        """The form: a section's name, title, widgets from top to bottom, and whether it is open
        before the artist opened or folded it."""
        return (
            (RECIPE, tr("Recipe and ladder"), (self.choices.ladder_part, self.recipe_advice), True),
            (MASK, tr("Mask"), (self.mask_part,), True),
            (PROMPT, tr("Prompt and model"), (self.choices.prompt_part, self.prompt_advice), True),
            (
                RESULT,
                tr("Result"),
                (
                    self.redo,
                    self.variations,
                    self.rows.details,
                    self.choices.place,
                    self.on_canvas,
                    self.reuse,
                ),
                True,
            ),
            (HISTORY, tr("History"), (self.history,), False),
        )

    def show_status(self, now: Status) -> None:
        """How things stand with the server."""
        self.connection.show_status(now)
        self.choices.show_welcome(now.welcome)
        self._summarise()

    def show_choices(self, choices: Choices) -> None:
        """Choices made in another window, or the seed of the job just started."""
        self.choices.show_choices(choices)
        self.mask_part.show_hand(choices.hand)
        self.redo.show_hand(choices.hand)
        self._summarise()

    def show_foresight(self, foresight: Foresight) -> None:
        """What a click would do now."""
        self.mask_part.show_foresight(foresight)
        self.choices.table.show_plan(foresight.plan)
        self.sections[MASK].show_summary(self.mask_part.view.words.text())
        notes = foresight.notes
        self.prompt_advice.show_notes(about(notes, "prompt"))
        told = on_ladder(notes)
        if not self.choices.ladder_part.altered_by_hand():
            told = tuple(note for note in told if note.rule not in _MEANT)
        self.recipe_advice.show_notes(told)

    def show_look(self, look: Look) -> None:
        """What of the mask is looked at."""
        self.mask_part.show_look(look)

    def show_history(self, entries: Entries, at_hand: Optional[Entry]) -> None:
        """The jobs of the picture in front, and which of them the artist has in mind."""
        self.redo.show_entry(at_hand)
        self.history.show_entries(entries, at_hand)

    def show_folds(self, state: str) -> None:
        """Which sections are open, as `folded` told it."""
        self.sections.show_state(state)

    def show_server(self, address: str, token: str) -> None:
        """What the server's settings are now."""
        self._server = (address, token)

    def show_preview_on_canvas(self, on: bool) -> None:
        """Whether running jobs are shown over the canvas too."""
        self.on_canvas.setChecked(on)

    def show_log(self, path: str) -> None:
        """Where the log file lies, "" for none."""
        self._log = path

    def say(self, sentence: str) -> None:
        """One sentence for the artist; "" leaves why the job that is shown does not go on."""
        told = sentence or (self.rows.shown.held if self.rows.shown is not None else "")
        self.sentence.setText(told)  # an empty one keeps its line, so that nothing below moves

    def resizeEvent(self, event: Optional[QResizeEvent]) -> None:
        self.rows.give_room(self.height())

    def showEvent(self, event: Optional[QShowEvent]) -> None:
        self.attending.emit(True)

    def hideEvent(self, event: Optional[QHideEvent]) -> None:
        self.attending.emit(False)

    def _lay_out(self) -> None:
        """What runs stays in sight; in a low docker it leaves the form some room and scrolls."""
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.inpaint, 1)
        buttons.addWidget(self.cancel)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.sections)
        self.area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.connection)
        layout.addLayout(buttons)
        layout.addWidget(self.sentence)
        layout.addWidget(FittingArea(self.rows))
        layout.addWidget(self.area, 1)

    def _connect(self) -> None:
        self.connection.wake_wanted.connect(self.wake_wanted)
        self.connection.start_wanted.connect(self.start_wanted)
        self.connection.settings_wanted.connect(self._ask_server)
        self.choices.changed.connect(self.choices_changed)
        self.sections.changed.connect(self.folded)
        self.mask_part.chosen.connect(self.hand_chosen)
        self.mask_part.looked.connect(self.looked)
        self.on_canvas.clicked.connect(self.preview_switched)
        self.inpaint.clicked.connect(lambda _checked: self.inpaint_wanted.emit())
        self.cancel.clicked.connect(lambda _checked: self._cancel())
        self.reuse.clicked.connect(lambda _checked: self.reuse_wanted.emit())
        self.rows.cancel_wanted.connect(self.cancel_wanted)
        self.rows.stop_wanted.connect(self.stop_wanted)
        self.rows.move_wanted.connect(self.move_wanted)
        self.rows.forget_wanted.connect(self.forget_wanted)
        self.rows.insert_wanted.connect(self.insert_wanted)
        self.rows.new_document_wanted.connect(self.new_document_wanted)
        self.rows.said.connect(self.say)
        self.rows.chosen.connect(self._show_result)
        self._jobs.changed.connect(self._job_changed)

    def _show_result(self) -> None:
        """Bring what became of a job into sight."""
        self.sections[RESULT].open(True)
        QTimer.singleShot(0, self._scroll_to_result)  # once it is laid out

    def _scroll_to_result(self) -> None:
        bar = self.area.verticalScrollBar()
        assert bar is not None
        bar.setValue(self.sections[RESULT].y())

    def _job_changed(self, _job: object) -> None:
        self._show_cancel()

    def _show_cancel(self) -> None:
        under_way = len({job.request.click or job.id for job in self._jobs.open()})
        self.cancel.setEnabled(under_way > 0)
        if under_way > 1:
            self.cancel.setText(tr("Cancel (+{} waiting)").format(under_way - 1))
        else:
            self.cancel.setText(tr("Cancel"))

    def _cancel(self) -> None:
        for job in self._jobs.open()[:1]:
            self.cancel_wanted.emit(job.id)

    def _summarise(self) -> None:
        """A folded section tells what is chosen in it."""
        self.sections[RECIPE].show_summary(self.choices.ladder_part.summary())
        self.sections[PROMPT].show_summary(self.choices.prompt_part.summary())

    def _ask_server(self) -> None:
        dialog = ServerDialog(*self._server, self, self._log)
        if dialog.exec():
            self.server_chosen.emit(dialog.address, dialog.token)
