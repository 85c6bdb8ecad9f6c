"""The composition root in Krita: one studio, and for each window an action, a toolbar, a docker.

The toolbar is our own, with an object name: a button put into Krita's main toolbar is lost as soon
as the artist saves Configure Toolbars. It is there before Krita puts a window in order, so that its
place, and whether it is shown, are remembered.
"""

import os
from typing import Any, List, Mapping

from krita import DockWidget, DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita

from . import __version__, diary
from .core import words
from .core.actions import ACTIONS, INPAINT, SHOW_TOOLBAR, Action
from .core.words import tr
from .krita_io.canvas import KritaCanvases
from .krita_io.documents import KritaDocuments
from .krita_io.watching import KritaWatching
from .local_server import command
from .notes import Notes
from .qt import (
    QAbstractButton,
    QAction,
    QApplication,
    QDockWidget,
    QLocale,
    QPalette,
    QSize,
    Qt,
    QToolBar,
)
from .settings import Store
from .studio import Studio
from .ui.buttons import Joint
from .ui.icon import inpaint_icon

TOOLBAR = "sfumato_toolbar"
DOCKER = "sfumato_docker"
SETTINGS = "sfumato"
SHOWN = "docker_shown"


class KritaStore:
    """Settings in Krita's own configuration file."""

    def read(self, name: str, default: str) -> str:
        return str(Krita.instance().readSetting(SETTINGS, name, default))

    def write(self, name: str, value: str) -> None:
        Krita.instance().writeSetting(SETTINGS, name, value)


class SfumatoExtension(Extension):
    """Gives each window its action and toolbar, and has the artist see the docker.

    store: where it is noted that the docker was shown once; later it is the artist's to close.
    """

    def __init__(self, parent: Any, studio: Studio, store: Store, watching: KritaWatching) -> None:
        super().__init__(parent)
        self.studio = studio
        self._store = store
        self._watching = watching
        self._unseen = not store.read(SHOWN, "")
        self._new: List[Any] = []

    def setup(self) -> None:
        """Called by Krita once, before there is a window."""
        notifier = Krita.instance().notifier()
        notifier.setActive(True)
        notifier.windowCreated.connect(self._greet_windows)
        notifier.applicationClosing.connect(self._stop)
        safekeeping = self.studio.safekeeping
        notifier.imageSaved.connect(self.studio.results.stored)
        notifier.imageSaved.connect(safekeeping.stored)
        notifier.imageClosed.connect(lambda _file: safekeeping.look())
        notifier.viewCreated.connect(lambda _view: safekeeping.look())
        self._watching.listen_to_windows()
        self.studio.start()

    def _stop(self) -> None:
        self._store.write(SHOWN, "1")  # not before: a crash loses the windows' own state too
        self.studio.stop()
        diary.log.info("Krita closes")
        diary.end()

    def createActions(self, window: Any) -> None:
        """Called by Krita for each window, before it has toolbars of its own."""
        # Krita deletes `window` after this call, but neither its main window nor the actions.
        qwindow = window.qwindow()
        made = {action.id: make_action(window, action) for action in ACTIONS}
        ink = QApplication.palette().color(QPalette.ColorRole.WindowText)
        made[INPAINT].setIcon(inpaint_icon(ink))
        made[INPAINT].triggered.connect(lambda _checked=False: self._press(qwindow))
        toolbar = add_toolbar(qwindow, made[INPAINT])
        # Krita's own list of toolbars leaves out those of plugins: this is the way back.
        follow(made[SHOW_TOOLBAR], toolbar)
        docker = qwindow.findChild(QDockWidget, DOCKER)
        if docker is not None:
            join(docker, made)
        self._new.append(qwindow)

    def _greet_windows(self) -> None:
        new, self._new = self._new, []
        for qwindow in new:
            self._watching.listen(qwindow)
            if self._unseen:
                self._unseen = False
                show_docker(qwindow)

    def _press(self, qwindow: Any) -> None:
        show_docker(qwindow)
        self.studio.press()


def show_docker(qwindow: Any) -> None:
    """Bring a window's docker forward if nothing of it can be seen: from 5.2 on Krita starts it
    hidden, and every sentence would go unread."""
    docker = qwindow.findChild(QDockWidget, DOCKER)
    if docker is not None and docker.visibleRegion().isEmpty():
        docker.show()
        docker.raise_()


def make_action(window: Any, action: Action) -> QAction:
    """An action of the table under Tools > Scripts, where its shortcut can be set."""
    made: QAction = window.createAction(action.id, tr(action.text), "tools/scripts")
    made.setIconText(tr(action.text))  # what a toolbar shows
    made.setToolTip(tr(action.tip))
    made.setCheckable(action.checkable)
    if action.icon:
        made.setIcon(Krita.instance().icon(action.icon))
    return made


def join(docker: QDockWidget, made: Mapping[str, QAction]) -> None:
    """Have each action press the button of its name in its window's docker."""
    for name, action in made.items():
        button = docker.findChild(QAbstractButton, name)
        if button is not None:
            Joint(action, button, presses=name != INPAINT)


def add_toolbar(qwindow: Any, action: QAction) -> QToolBar:
    """Our own toolbar with the button: at the top, until Krita puts it where it was left."""
    toolbar = QToolBar("Sfumato", qwindow)
    toolbar.setObjectName(TOOLBAR)
    toolbar.setIconSize(QSize(22, 22))
    toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    toolbar.addAction(action)
    qwindow.addToolBar(Qt.ToolBarArea.TopToolBarArea, toolbar)
    toolbar.show()
    return toolbar


def follow(action: QAction, toolbar: QToolBar) -> None:
    """Have a menu's tick show and hide a toolbar, and follow where it is shown by others."""
    shown = toolbar.toggleViewAction()
    assert shown is not None
    action.setCheckable(True)
    action.setChecked(shown.isChecked())
    action.triggered.connect(toolbar.setVisible)
    shown.toggled.connect(action.setChecked)


def docker_class(studio: Studio, watching: KritaWatching) -> Any:
    """The docker's class as Krita wants it: made without arguments, once a window."""

    class SfumatoDocker(DockWidget):
        def __init__(self) -> None:
            super().__init__()
            self.setWindowTitle("Sfumato")
            self.setWidget(studio.make_panel())

        def canvasChanged(self, canvas: Any) -> None:
            """Another view is in front; the docker serves whichever document is active."""
            watching.turned_to()

    return SfumatoDocker


def register(application: Any) -> None:
    """Hand extension and docker to Krita. Called once, when Krita imports the plugin."""
    words.use(QLocale().name())  # Krita sets it to the language of its menus
    store = KritaStore()
    folder = application.getAppDataLocation()
    log = diary.begin(folder, __version__, application.version())
    documents, watching = KritaDocuments(), KritaWatching()
    studio = Studio(
        store,
        documents,
        Notes(folder),
        log=log,
        server_command=command(os.path.dirname(__file__)),
        watching=watching,
        canvases=KritaCanvases(documents),
    )
    # The docker first: a button whose sentences nobody can read is worse than none.
    right = DockWidgetFactoryBase.DockPosition.DockRight  # Krita 6 has it nowhere else
    application.addDockWidgetFactory(
        DockWidgetFactory(DOCKER, right, docker_class(studio, watching))
    )
    application.addExtension(SfumatoExtension(application, studio, store, watching))
