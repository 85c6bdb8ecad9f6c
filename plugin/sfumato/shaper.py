"""Asks what a click would do, whenever that may have changed: the last question counts, one is on
its way at a time, and nobody is asked while nobody looks."""

import uuid
from dataclasses import replace
from typing import Callable, Generator, List, Optional, Tuple

from sfumato_protocol.errors import ProtocolError, sentence
from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import Failed, JobDone, Shaped, Welcome
from sfumato_protocol.offers import PLAN
from sfumato_protocol.peer import Received

from . import diary
from .core import sentences as clicks
from .core import shaping, status
from .core import shaping_sentences as sentences
from .core.choices import Choices, recipe_named
from .core.colours import require_supported
from .core.framing import Framing
from .core.request import Request, make_requests
from .core.shaping import Answer, Foresight
from .core.sketch import Sketch, sketching
from .core.status import Status
from .core.types import AtWork, Bytes, Refusal
from .documents import Documents
from .line import Line
from .qt import QObject, QTimer, Signal
from .turn import Turn
from .watching import Watching

SOON_MS = 20  # several changes of one gesture become one question
BUSY_MS = 100
PATIENCE_MS = 10_000
IN_DOCKER, ON_CANVAS = 384, 1024  # px of the longer side of a mask


class Shaper(QObject):
    """changed: the `Foresight` is another one.

    watching: what happens in the document in front. turn: who touches a document takes it.
    """

    changed = Signal(object)

    def __init__(self, documents: Documents, watching: Watching, turn: Turn) -> None:
        super().__init__()
        self._documents = documents
        self._turn = turn
        self._choices = Choices()
        self._status = status.stopped()
        self._line: Optional[Line] = None
        self._lookers: List[object] = []
        self._longest = IN_DOCKER
        self._now = Foresight()
        self._reading: Optional[Generator[None, None, None]] = None
        self._left: List[Tuple[Request, Sketch]] = []
        self._answers: List[Answer] = []
        self._known: List[Answer] = []  # the last ones: painting changes none of them
        self._word = ""
        self._stale = True
        self._soon = self._timer(self._begin)
        self._piece = self._timer(self._read_on)
        self._late = self._timer(self._end)  # a silent server is asked again at the next change
        for signal in (
            watching.selection_changed,
            watching.picture_changed,
            watching.layer_changed,
            watching.document_changed,
        ):
            signal.connect(self.stir)

    def now(self) -> Foresight:
        """What a click would do, as far as is known."""
        return self._now

    def attend(self, looker: object, looks: bool) -> None:
        """Somebody begins to look, or looks away. What has changed meanwhile is asked then."""
        if looks and looker not in self._lookers:
            self._lookers.append(looker)
            if self._stale:
                self._soon.start(0)
        elif not looks and looker in self._lookers:
            self._lookers.remove(looker)

    def sharpen(self, fine: bool) -> None:
        """Have the masks fine enough for the canvas, or for the docker alone."""
        longest = ON_CANVAS if fine else IN_DOCKER
        if longest != self._longest:
            self._longest, self._known = longest, []
            self.stir()

    def choose(self, choices: Choices) -> None:
        """Take note of what the artist chose; another seed makes no other mask."""
        before, self._choices = self._choices, choices
        if replace(before, seed=0, seed_locked=False) != replace(
            choices, seed=0, seed_locked=False
        ):
            self.stir()

    def heed(self, now: Status) -> None:
        """Take note of how things stand with the server."""
        self._status, self._known = now, []
        if now.kind != status.READY:
            self._line = None
            self._end()
        self.stir()

    def attach(self, line: Line) -> None:
        """A connection is open."""
        self._line = line
        self.stir()

    def stir(self) -> None:
        """Something may be different: ask, if somebody looks."""
        self._stale = True
        if self._lookers and not self._soon.isActive():
            self._soon.start(SOON_MS)

    def heard(self, received: Received) -> bool:
        """Take in a message from the server; whether it was an answer to a question of this one."""
        message = received.message
        if isinstance(message, JobDone):
            self._known = []  # the next will be told to take another time
        word = getattr(message, "request", "")
        if not self._word or word != self._word:
            return isinstance(message, Shaped)
        (request, sketch), *self._left = self._left
        if isinstance(message, Failed):
            self._end()
            self._show(Foresight(said=sentence(message.got, message.expected, message.remedy)))
        elif isinstance(message, Shaped):
            self._take(request, sketch, received, message)
        return True

    def _take(self, request: Request, sketch: Sketch, received: Received, message: Shaped) -> None:
        try:
            answer = shaping.answered(request, sketch, message, received.blobs)
        except ProtocolError as error:
            diary.fault("the mask before the click", error)
            self._end()
            return
        self._answers.append(answer)
        self._ask()

    def _begin(self) -> None:
        if not self._lookers or self._word:
            return  # who begins to look, and the answer that is on its way, begin anew
        self._stale = False
        self._reading = self._read()
        self._read_on()

    def _read_on(self) -> None:
        """One piece of a reading; the next comes when Krita has done what it has to do."""
        reading = self._reading
        if reading is None:
            return
        if self._turn.busy:
            self._piece.start(BUSY_MS)
            return
        try:
            next(reading)
        except StopIteration:
            self._reading = None
            self._ask()
        except AtWork:
            self._reading = None
            self._soon.start(BUSY_MS)
        except Refusal as refusal:
            self._reading = None
            nothing = str(refusal) == clicks.no_selection()
            self._show(Foresight(said=sentences.nothing() if nothing else str(refusal)))
        else:
            self._piece.start(0)

    def _read(self) -> Generator[None, None, None]:
        """The requests that a click would become, and a sketch of each. Raises `Refusal`."""
        welcome = self._welcome()
        document = self._documents.active()
        require_supported(self._documents.colour(document))
        recipe = recipe_named(welcome, self._choices.recipe)
        passes = self._choices.passes(recipe)
        if not passes:
            raise Refusal(clicks.no_pass_is_on())
        framing = Framing(passes, welcome.limits, self._choices.hand)
        readings = yield from self._documents.reading_selection(document, framing)
        requests = make_requests(readings, recipe, self._choices, welcome)
        found: List[Tuple[Request, Sketch]] = []

        def look(area: Rect) -> Bytes:
            return self._documents.glance(document, area)

        for request in requests:
            yield
            sketch = yield from sketching(request.reading.crop, self._longest, look)
            found.append((request, sketch))
        self._left, self._answers = found, []

    def _welcome(self) -> Welcome:
        welcome = self._status.welcome
        if welcome is None or self._line is None:
            raise Refusal(sentences.no_server())
        if not welcome.understands(PLAN):
            raise Refusal(sentences.too_old())
        return welcome

    def _ask(self) -> None:
        """Ask about the next place; of what the server has said already it is not asked again."""
        while self._left:
            request, sketch = self._left[0]
            known = shaping.known(self._known, request, sketch)
            if known is None:
                break
            self._answers.append(known)
            self._left.pop(0)
        if not self._left:
            self._know()
        elif self._line is None:
            self._end()
        else:
            self._word = uuid.uuid4().hex
            self._line.send(shaping.pack(*self._left[0], self._longest, self._word))
            self._late.start(PATIENCE_MS)

    def _know(self) -> None:
        """All that was asked is answered."""
        self._known = self._answers
        self._end()
        self._show(shaping.together(self._known))

    def _end(self) -> None:
        """No question is on its way. What has changed meanwhile is asked now."""
        self._word, self._left, self._answers, self._reading = "", [], [], None
        self._late.stop()
        if self._stale and self._lookers:
            self._soon.start(SOON_MS)

    def _show(self, foresight: Foresight) -> None:
        self._now = foresight
        self.changed.emit(foresight)

    def _timer(self, at_end: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(at_end)
        return timer
