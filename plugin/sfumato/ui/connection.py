"""The top of the docker: how things stand with the server, and how to start one."""

from typing import Dict

from ..core import actions, status
from ..core.status import Status
from ..qt import (
    QColor,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    Qt,
    QToolButton,
    QVBoxLayout,
    QWidget,
    Signal,
)
from .buttons import named
from .icon import dot_pixmap
from .plain import PlainLabel, tip

START_COMMAND = "sfumato serve"
_DOT = 12
_MOST_TOLD = 12  # lines of a tip
_COLOURS: Dict[str, str] = {status.READY: "#4caf6e", status.CONNECTING: "#d9a441"}
_TROUBLE = "#c8553d"


class ConnectionBox(QWidget):
    """wake_wanted: try the server now. start_wanted: start the one of this computer.
    settings_wanted: open the server's settings."""

    wake_wanted = Signal()
    start_wanted = Signal()
    settings_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._dot = QLabel()
        self.sentence = PlainLabel()
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        settings = QToolButton()
        named(settings, actions.SERVER)
        settings.setAutoRaise(True)
        settings.clicked.connect(lambda _checked: self.settings_wanted.emit())
        row = QHBoxLayout()
        row.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sentence, 1)
        row.addWidget(settings, 0, Qt.AlignmentFlag.AlignTop)
        self.command = QLabel("<code>{}</code>".format(START_COMMAND))
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.start = QPushButton()
        named(self.start, actions.START_SERVER)
        self.start.clicked.connect(lambda _checked: self.start_wanted.emit())
        self.again = QPushButton()
        named(self.again, actions.TRY_NOW)
        self.again.clicked.connect(lambda _checked: self.wake_wanted.emit())
        self.guide = self._make_guide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.guide)
        self.show_status(status.stopped())

    def show_status(self, now: Status) -> None:
        """Show a state; the guide to starting a server appears where there is none."""
        self._dot.setPixmap(dot_pixmap(_DOT, QColor(_COLOURS.get(now.kind, _TROUBLE))))
        self.sentence.setText(now.sentence)
        dropped = now.welcome.dropped if now.welcome is not None else ()
        self.sentence.setToolTip(tip(*dropped[:_MOST_TOLD]))
        self.guide.setVisible(now.kind in (status.NO_SERVER, status.OFF))
        self.start.setVisible(now.startable)
        self.command.setVisible(not now.startable)

    def _make_guide(self) -> QFrame:
        frame = QFrame()
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.command, 1)
        row.addWidget(self.start, 1)
        row.addWidget(self.again)
        return frame
