"""The docker's content: connection, choices, the button, the job under way, one sentence."""

from typing import Optional, cast

from ..core import sentences
from ..core.choices import Choices
from ..core.job import Job
from ..core.status import Status
from ..core.words import tr
from ..jobs import Jobs
from ..qt import (
    QFrame,
    QHBoxLayout,
    QMessageBox,
    QPalette,
    QPushButton,
    QScrollArea,
    Qt,
    QTimer,
    QVBoxLayout,
    QWidget,
    Signal,
)
from .choices import ChoicesForm
from .connection import ConnectionBox
from .icon import inpaint_icon
from .passes import PassTable
from .plain import PlainLabel
from .preview import Preview
from .server_dialog import ServerDialog


class InpaintPanel(QWidget):
    """Asks by signals: inpaint_wanted, cancel_wanted (of a job by its id, open or kept),
    insert_wanted (kept passes),
    new_document_wanted (for kept passes), reuse_wanted (of the active layer's settings),
    wake_wanted, choices_changed (`Choices`), server_chosen (address, token)."""

    inpaint_wanted = Signal()
    cancel_wanted = Signal(str)
    insert_wanted = Signal()
    new_document_wanted = Signal()
    reuse_wanted = Signal()
    wake_wanted = Signal()
    choices_changed = Signal(object)
    server_chosen = Signal(str, str)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._server = ("", "")
        self._log = ""
        self._shown: Optional[Job] = None
        self.connection = ConnectionBox()
        self.choices = ChoicesForm()
        self.inpaint = QPushButton(tr("Inpaint selection"))
        self.inpaint.setIcon(inpaint_icon(self.palette().color(QPalette.ColorRole.ButtonText)))
        self.cancel = QPushButton(tr("Cancel"))
        self.kept = PlainLabel()
        self.again = QPushButton(tr("Insert again"))
        self.as_new = QPushButton(tr("Insert as new document"))
        self.discard = QPushButton(tr("Discard kept passes…"))
        self.reuse = QPushButton(tr("Use this layer's settings"))
        self.reuse.setToolTip(
            tr("Choose recipe, prompt and seed of the job that made the active layer")
        )
        self.passes = PassTable()
        self.preview = Preview()
        self.sentence = PlainLabel()
        self.advice = PlainLabel()
        self.area = QScrollArea()
        self._settled = QTimer(self)  # fires once a new job's rows have their places
        self._settled.setSingleShot(True)
        self._lay_out()
        self._connect()
        self._show_jobs()
        self.say(self._shown.said if self._shown is not None else "")

    def show_status(self, now: Status) -> None:
        """How things stand with the server."""
        self.connection.show_status(now)
        self.choices.show_welcome(now.welcome)

    def show_choices(self, choices: Choices) -> None:
        """Choices made in another window, or the seed of the job just started."""
        self.choices.show_choices(choices)

    def show_server(self, address: str, token: str) -> None:
        """What the server's settings are now."""
        self._server = (address, token)

    def show_log(self, path: str) -> None:
        """Where the log file lies, "" for none."""
        self._log = path

    def say(self, sentence: str) -> None:
        """One sentence for the artist."""
        self.sentence.setText(sentence)

    def _lay_out(self) -> None:
        """State, buttons and sentence stay in sight; the rest scrolls in a low docker."""
        buttons = QHBoxLayout()
        buttons.addWidget(self.inpaint, 1)
        buttons.addWidget(self.cancel)
        rest = QWidget()
        below = QVBoxLayout(rest)
        below.setContentsMargins(0, 0, 0, 0)
        for widget in (self.choices, self.reuse, self.advice, self.passes, self.preview):
            below.addWidget(widget)
        below.addStretch(1)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidgetResizable(True)
        self.area.setWidget(rest)
        layout = QVBoxLayout(self)
        layout.addWidget(self.connection)
        layout.addLayout(buttons)
        layout.addWidget(self.sentence)
        layout.addWidget(self.kept)
        layout.addWidget(self.again)
        layout.addWidget(self.as_new)
        layout.addWidget(self.discard)
        layout.addWidget(self.area, 1)

    def _connect(self) -> None:
        self.connection.wake_wanted.connect(self.wake_wanted)
        self.connection.settings_wanted.connect(self._ask_server)
        self.choices.changed.connect(self.choices_changed)
        self.inpaint.clicked.connect(lambda _checked: self.inpaint_wanted.emit())
        self.cancel.clicked.connect(lambda _checked: self._cancel())
        self.again.clicked.connect(lambda _checked: self.insert_wanted.emit())
        self.as_new.clicked.connect(lambda _checked: self.new_document_wanted.emit())
        self.discard.clicked.connect(lambda _checked: self._discard())
        self.reuse.clicked.connect(lambda _checked: self.reuse_wanted.emit())
        self._settled.timeout.connect(self._scroll_to_passes)
        self._jobs.changed.connect(self._job_changed)

    def _job_changed(self, job: Job) -> None:
        self._show_jobs()
        if self._shown is not None and job.id == self._shown.id:
            self.say(job.said)

    def _show_jobs(self) -> None:
        """The oldest open job, which is the one that runs; else the newest."""
        everything, under_way = self._jobs.all(), self._jobs.open()
        before = self._shown
        self._shown = under_way[0] if under_way else (everything[-1] if everything else None)
        titles = [job.title for job in self._jobs.kept()]
        kept = bool(titles)
        self.kept.setText(sentences.kept(titles) if kept else "")
        self.kept.setVisible(kept)
        self._show_cancel(len({job.request.click or job.id for job in under_way}))
        self.discard.setVisible(kept)
        self.again.setVisible(kept)
        self.as_new.setVisible(kept)
        self.advice.setVisible(False)
        self.passes.setVisible(self._shown is not None)
        if self._shown is not None:
            self._show_job(self._shown)
            if before is None or before.id != self._shown.id:
                self._settled.start(0)

    def _scroll_to_passes(self) -> None:
        self.area.ensureWidgetVisible(self.passes)

    def _show_job(self, job: Job) -> None:
        self.passes.show_job(job)
        self.preview.show_jpeg(job.preview if job.open else b"")
        said = (*job.request.remarks, *(note.sentence for note in job.notes))
        self.advice.setText("\n".join("• " + sentence for sentence in said))
        self.advice.setVisible(bool(said))

    def _show_cancel(self, under_way: int) -> None:
        self.cancel.setEnabled(under_way > 0)
        if under_way > 1:
            self.cancel.setText(tr("Cancel (+{} waiting)").format(under_way - 1))
        else:
            self.cancel.setText(tr("Cancel"))

    def _cancel(self) -> None:
        for job in self._jobs.open()[:1]:
            self.cancel_wanted.emit(job.id)

    def _discard(self) -> None:
        kept = self._jobs.kept()
        if self._certain(sentences.discard(len(kept))):
            for job in kept:
                self.cancel_wanted.emit(job.id)

    def _certain(self, asked: str) -> bool:
        """Whether the artist means it."""
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        both = cast(QMessageBox.StandardButton, yes | no)  # PyQt5's stub has a number
        return bool(QMessageBox.question(self, "Sfumato", asked, both, no) == yes)

    def _ask_server(self) -> None:
        dialog = ServerDialog(*self._server, self, self._log)
        if dialog.exec():
            self.server_chosen.emit(dialog.address, dialog.token)
