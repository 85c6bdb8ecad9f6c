"""Hears from Krita what changes in the document in front.

Krita 5 tells plugins of windows, files and views, but not of selections, layers or strokes; its own
status bar and dockers know. Those are listened to: nothing is looked at again and again.
"""

from typing import Any, Optional, Set

from ..qt import (
    QAbstractItemView,
    QApplication,
    QDockWidget,
    QEvent,
    QObject,
    QTimer,
    QToolButton,
)
from ..watching import Watching

_SELECTION_BUTTON = "selection status"  # in the status bar; its tip tells the selection's bounds
_LAYERS, _HISTORY = "KisLayerBox", "History"
_IN_ORDER = ("document_changed", "layer_changed", "selection_changed", "picture_changed")


class KritaWatching(Watching):
    """Listens to each window that it is told of. Signals come on the next turn of the event loop,
    when Krita has done what it says."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: Set[str] = set()
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.timeout.connect(self._tell)

    def listen(self, window: Any) -> None:
        """Follow one of Krita's main windows, which is complete, until it ends."""
        bar = window.statusBar()
        button = bar.findChild(QToolButton, _SELECTION_BUTTON) if bar is not None else None
        if button is not None:
            button.installEventFilter(self)
        layers = _view_in(window, _LAYERS)
        chosen = layers.selectionModel() if layers is not None else None
        if chosen is not None:
            chosen.currentChanged.connect(self._layer)
        rows = layers.model() if layers is not None else None
        if rows is not None:  # a layer may come or go while another stays active, as by an undo
            rows.rowsInserted.connect(self._layer)
            rows.rowsRemoved.connect(self._layer)
        steps = _view_in(window, _HISTORY)
        undo = steps.model() if steps is not None else None
        if undo is not None:
            undo.modelReset.connect(self._step)

    def listen_to_windows(self) -> None:
        """Hear which window comes to the front."""
        running: Any = QApplication.instance()
        if running is not None:
            running.focusWindowChanged.connect(self.turned_to)

    def turned_to(self, *_: object) -> None:
        """Another document, or another view of one, may be in front."""
        self._hear("document_changed")

    def eventFilter(self, watched: Optional[QObject], event: Optional[QEvent]) -> bool:
        """Krita sets the button's tip whenever what is selected has changed."""
        if event is not None and event.type() == QEvent.Type.ToolTipChange:
            self._hear("selection_changed")
        return False

    def _layer(self, *_: object) -> None:
        self._hear("layer_changed")

    def _step(self) -> None:
        self._hear("picture_changed")

    def _hear(self, signal: str) -> None:
        self._heard.add(signal)
        self._telling.start(0)

    def _tell(self) -> None:
        heard, self._heard = self._heard, set()
        for signal in _IN_ORDER:
            if signal in heard:
                getattr(self, signal).emit()


def has_undone(window: Any) -> bool:
    """Whether there is a step to be done again in the document in front in one of Krita's main
    windows. Krita's action to do that is offered at all times, so its list of steps is asked."""
    steps = _view_in(window, _HISTORY)
    model = steps.model() if steps is not None else None
    if steps is None or model is None:
        return False
    return steps.currentIndex().row() < model.rowCount() - 1


def _view_in(window: Any, docker: str) -> Optional[QAbstractItemView]:
    """The list in one of Krita's own dockers."""
    found = window.findChild(QDockWidget, docker)
    view: Optional[QAbstractItemView] = found.findChild(QAbstractItemView) if found else None
    return view
