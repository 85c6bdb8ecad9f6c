"""Everything one Krita needs, built once and connected, without Krita: settings, link, jobs,
workflow; and a panel for each window."""

import time
from dataclasses import replace
from typing import Dict, Optional, Sequence, Tuple

from sfumato_protocol import endpoint
from sfumato_protocol.errors import ProtocolError, sentence
from sfumato_protocol.messages import Failed, Offer
from sfumato_protocol.peer import Received

from . import diary
from . import settings as stored
from .canvases import Canvases
from .core import ledger, status
from .core.address import completed
from .core.choices import Choices, offered
from .core.debts import Debt
from .core.hand import MaskHand
from .core.job import Job
from .core.request import Request
from .core.shaping import Foresight, Look
from .core.status import Status
from .dial import Address
from .documents import Documents
from .insertion import Choose
from .jobs import Jobs
from .link import Link
from .qt import QApplication, QObject, QTimer, Signal
from .recipes import Recipes
from .results import Results
from .saying import Saying
from .shaper import Shaper
from .starting import Starter
from .ui.canvas_preview import CanvasPreview
from .ui.mask_overlay import MaskOverlay
from .ui.overlay import Overlays
from .ui.panel import InpaintPanel
from .ui.place_dialog import ask_place
from .watching import Watching
from .workflow import Workflow

SAVE_MS = 1000
LEDGER = "jobs"


class Studio(QObject):
    """store: where settings are kept. documents: what Krita can do. records: where jobs are noted,
    so that they outlive a crash. choose: asks the artist where kept passes go. log: path of the
    log file, "" for none. server_command: what starts `sfumato` on this computer, if it is there.
    watching: tells what happens in Krita. canvases: where pictures are seen.

    status_changed, choices_changed, server_changed, folds_changed, look_changed,
    preview_changed: what every window's panel is to show.
    """

    status_changed = Signal(object)
    choices_changed = Signal(object)
    server_changed = Signal(str, str)
    folds_changed = Signal(str)
    look_changed = Signal(object)
    preview_changed = Signal(bool)

    def __init__(
        self,
        store: stored.Store,
        documents: Documents,
        records: stored.Store,
        choose: Choose = ask_place,
        log: str = "",
        server_command: Sequence[str] = (),
        watching: Optional[Watching] = None,
        canvases: Optional[Canvases] = None,
    ) -> None:
        super().__init__()
        self._log_file = log
        self._stages: Dict[str, str] = {}
        self._store = store
        self._records = records
        self._settings = stored.load(store)
        self._status = status.stopped()
        self._pressed = 0.0
        self.saying = Saying()
        self._heard = self._status  # the link's own
        self.link = Link(self._address)
        self.starter = Starter(server_command)
        self.recipes = Recipes()
        self.jobs = Jobs()
        self.workflow = Workflow(self.jobs, documents, self.link.wake, choose)
        self.safekeeping = self.workflow.insertion.safekeeping
        self.watching = watching or Watching()
        self.overlays = Overlays(canvases)
        insertion, turn = self.workflow.insertion, self.workflow.turn
        self.results = Results(self.jobs, documents, turn, insertion, self.watching, self.overlays)
        self.results.choose(self._settings.choices)
        self.results.said.connect(self.workflow.said)
        self.results.chosen.connect(self._choose)
        self.preview = CanvasPreview(self.jobs, self.overlays)
        self.preview.switch(self._settings.on_canvas)
        self.shaper = Shaper(documents, self.watching, self.workflow.turn)
        self.shaper.choose(self._settings.choices)
        self._look = Look()
        self._mask_overlay = MaskOverlay(self.overlays)
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.timeout.connect(self._save)
        noted = records.read(LEDGER, "")
        self.jobs.recall(ledger.read(noted), ledger.read_debts(noted))
        self._recorded = self._to_record()
        self._follow_jobs()
        self._follow_link()
        self._follow_artist()

    def _follow_jobs(self) -> None:
        """What is said of jobs, and what is noted of them."""
        self.jobs.changed.connect(self._record)
        self.jobs.owing.connect(self._record)
        self.jobs.changed.connect(self._note_job)
        self.workflow.said.connect(self.saying.say)
        self.workflow.refused.connect(self.saying.refused)
        self.recipes.said.connect(self.workflow.said)
        self.jobs.paid.connect(self._record)

    def _follow_link(self) -> None:
        """What comes from the server, and how things stand with it."""
        self.link.status_changed.connect(self._hear_status)
        self.starter.changed.connect(self._tell_start)
        self.starter.listening.connect(self.link.wake)
        self.link.opened.connect(self.recipes.attach)
        self.link.opened.connect(self.jobs.attach)
        self.link.opened.connect(self.shaper.attach)
        self.status_changed.connect(self.shaper.heed)
        self.status_changed.connect(self.results.heed)
        self.link.received.connect(self._hear)
        self.link.trouble.connect(self._note_trouble)
        self.link.trouble.connect(self.jobs.troubled)

    def _follow_artist(self) -> None:
        """What is chosen in the docker, and what happens in Krita."""
        self.recipes.kept.connect(
            lambda name: self._choose(self._settings.choices.with_recipe(name))
        )
        self.workflow.begun.connect(self._show_seed)
        self.choices_changed.connect(self.results.choose)
        self.choices_changed.connect(self.shaper.choose)
        self.watching.document_changed.connect(self.overlays.place)
        self.shaper.changed.connect(self._overlay_mask)
        self.watching.document_changed.connect(self.saying.outdate)
        self.watching.selection_changed.connect(self.saying.outdate)
        self.watching.picture_changed.connect(self.saying.outdate)
        self.choices_changed.connect(self.saying.outdate)

    def start(self) -> None:
        """Begin to look for the server."""
        self.link.start()

    def stop(self) -> None:
        """Keep the settings and leave the server; its jobs are resumed when Krita comes back."""
        self._save()
        self.starter.stop()
        self.link.stop()

    def inpaint(self) -> None:
        """A job for the active document's selection."""
        self.workflow.inpaint(self._settings.choices.drawn())

    def press(self) -> None:
        """The button, or its key: a double click is one click, and a key that is held one press."""
        now, before = time.monotonic(), self._pressed
        if now - before > QApplication.doubleClickInterval() / 1000.0:
            self.inpaint()
        self._pressed = time.monotonic()

    def start_server(self) -> None:
        """Start the server of this computer, if it is that which is looked for."""
        self.starter.start(self._settings.server)

    def use_again(self) -> None:
        """Choose what the job of the active layer was made with; starts nothing."""
        choices = self.workflow.settings_again(self._settings.choices)
        if choices is not None:
            self._choose(choices)

    def make_panel(self) -> InpaintPanel:
        """A panel for one window, connected and up to date."""
        panel = InpaintPanel(self.jobs)
        panel.show_server(self._settings.server, self._settings.token)
        panel.show_log(self._log_file)
        panel.show_status(self._status)
        panel.show_choices(self._settings.choices)
        panel.show_folds(self._settings.folds)
        panel.show_foresight(self.shaper.now())
        panel.show_look(self._look)
        panel.show_preview_on_canvas(self._settings.on_canvas)
        if self.saying.text:
            panel.say(self.saying.text)
        panel.inpaint_wanted.connect(self.press)
        panel.cancel_wanted.connect(self.jobs.cancel)
        panel.stop_wanted.connect(self.jobs.stop)
        panel.move_wanted.connect(self.jobs.move)
        panel.forget_wanted.connect(self.jobs.forget)
        panel.insert_wanted.connect(self.workflow.insertion.insert_kept)
        panel.new_document_wanted.connect(self.workflow.insertion.insert_as_new)
        panel.reuse_wanted.connect(self.use_again)
        panel.wake_wanted.connect(self.link.wake)
        panel.start_wanted.connect(self.start_server)
        panel.choices_changed.connect(self._choose)
        panel.server_chosen.connect(self._choose_server)
        panel.folded.connect(self._fold)
        panel.choices.kept.connect(self.recipes.save)
        panel.choices.deleted.connect(self.recipes.delete)
        panel.hand_chosen.connect(self._take_hand)
        panel.looked.connect(self._look_at)
        looker = id(panel)  # not the panel itself: it ends with its window
        panel.attending.connect(lambda looks: self.shaper.attend(looker, looks))
        self.results.show_in(panel)
        panel.preview_switched.connect(self._switch_preview)
        # These end with the panel: nothing of ours has to run while it is destroyed.
        self.status_changed.connect(panel.show_status)
        self.choices_changed.connect(panel.show_choices)
        self.server_changed.connect(panel.show_server)
        self.folds_changed.connect(panel.show_folds)
        self.look_changed.connect(panel.show_look)
        self.shaper.changed.connect(panel.show_foresight)
        self.preview_changed.connect(panel.show_preview_on_canvas)
        self.saying.changed.connect(panel.say)
        return panel

    def _hear_status(self, now: Status) -> None:
        self._heard = now
        self._heed(self.starter.told(now, self._settings.server))

    def _tell_start(self) -> None:
        """The start of a server has come on."""
        if self._heard.welcome is None:
            self._hear_status(self._heard)

    def _heed(self, now: Status) -> None:
        if self._status.kind == status.READY:
            self.jobs.detach()
            self.recipes.detach()
        if now.kind != self._status.kind:
            self.saying.outdate()
            offer = now.welcome
            named = " to {}".format(offer.server[:60]) if offer is not None else ""
            diary.log.info("%s%s, %s", now.kind, named, diary.told(self._settings.server))
        self._follow(now)

    def _follow(self, now: Status) -> None:
        """What every panel and the next click go by."""
        self._status = now
        self.workflow.heed(now)
        self.status_changed.emit(now)
        if now.welcome is not None:
            choices, said = offered(now.welcome, self._settings.choices)
            if said:
                self._choose(choices)
                self.workflow.said.emit(said)

    def _hear(self, received: Received) -> None:
        message = received.message
        if self.shaper.heard(received):
            return
        if isinstance(message, Failed):
            diary.log.warning("%s failed: %s", message.job[:8] or "a request", message.code[:40])
        if isinstance(message, Offer):
            self._heard = status.offering(self._heard, message)
            self._follow(status.offering(self._status, message))
            self.recipes.offered(message)
        elif isinstance(message, Failed) and message.request and self.recipes.refused(message):
            return
        elif isinstance(message, Failed) and not message.job and not message.request:
            self.workflow.said.emit(sentence(message.got, message.expected, message.remedy))
        else:
            self.jobs.heard(received)

    def _record(self) -> None:
        """Remember the jobs that are not safe yet, and what servers have yet to hear, in case Krita
        ends before they are."""
        content = self._to_record()
        if content != self._recorded:
            self._recorded = content
            try:
                self._records.write(LEDGER, ledger.write(*content))
            except OSError as error:  # where nothing can be noted, the job itself still goes on
                diary.fault("noting the jobs", error)

    def _to_record(self) -> Tuple[Tuple[Request, ...], Tuple[Debt, ...]]:
        return self.jobs.remembered(), self.jobs.debts()

    def _note_job(self, job: Job) -> None:
        before = self._stages.get(job.id)
        if before is None:
            diary.log.info("job %s", diary.asked(job.request))
        if job.stage != before:
            diary.log.info("job %s", diary.state(job))
        self._stages = {known.id: known.stage for known in self.jobs.all()}

    def _note_trouble(self, error: ProtocolError) -> None:
        diary.log.warning("%s: %s", error.job[:8] or "the line", error.code[:40])

    def _choose(self, choices: Choices) -> None:
        """The one place where choices change, whoever made them: every panel shows them."""
        self._settings = replace(self._settings, choices=choices)
        self._saving.start(SAVE_MS)
        self.choices_changed.emit(choices)

    def _fold(self, folds: str) -> None:
        self._settings = replace(self._settings, folds=folds)
        self._saving.start(SAVE_MS)
        self.folds_changed.emit(folds)

    def _take_hand(self, hand: MaskHand) -> None:
        self._choose(replace(self._settings.choices, hand=hand))

    def _look_at(self, look: Look) -> None:
        """Somebody looks at the mask otherwise: so do all panels, and the canvas."""
        self._look = look
        self.look_changed.emit(look)
        self.shaper.attend("canvas", look.on_canvas)
        self.shaper.sharpen(look.on_canvas)
        self._overlay_mask(self.shaper.now())

    def _overlay_mask(self, foresight: Foresight) -> None:
        self._mask_overlay.show(foresight, self._look)

    def _switch_preview(self, on: bool) -> None:
        self._settings = replace(self._settings, on_canvas=on)
        self._saving.start(SAVE_MS)
        self.preview.switch(on)
        self.preview_changed.emit(on)

    def _show_seed(self, used: Choices) -> None:
        """A click has become a job, maybe a while ago: what was typed meanwhile stays."""
        self._choose(replace(self._settings.choices, seed=used.seed))

    def _choose_server(self, address: str, token: str) -> None:
        server = completed(address)
        self._settings = replace(self._settings, server=server, token=token)
        self._save()
        diary.log.info(
            "server chosen: %s, token %s", diary.told(server), "typed" if token else "read"
        )
        self.server_changed.emit(server, token)
        self.link.reconnect()

    def _address(self) -> Address:
        """Asked on the link's thread before each attempt."""
        settings = self._settings
        token = settings.token or endpoint.token_for(settings.server)
        return Address(settings.server, token, bool(settings.token))

    def _save(self) -> None:
        self._saving.stop()
        stored.save(self._store, self._settings)
