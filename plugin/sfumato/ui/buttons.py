"""Buttons that are actions too: their words come from the table, their name is the action's."""

from typing import TypeVar

from ..core.actions import action
from ..core.words import tr
from ..qt import QAbstractButton, QAction, QKeySequence, QObject

Button = TypeVar("Button", bound=QAbstractButton)


def named(button: Button, name: str) -> Button:
    """Make a button that of an action: its words, tip and name, by which the action finds it.
    Gives it back. Raises `KeyError` if there is no such action."""
    known = action(name)
    button.setObjectName(name)
    button.setText(tr(known.label or known.text))
    button.setToolTip(tr(known.tip))
    button.setAccessibleName(tr(known.text))
    if known.checkable:
        button.setCheckable(True)
    return button


class Joint(QObject):
    """Holds an action to its button, as long as both live: the key does what a click does, a tick
    is on both, and the button shows the action's icon and, in its tip, the key as it is set.

    presses: False for an action that does more than its button.
    """

    def __init__(self, joined: QAction, button: QAbstractButton, presses: bool = True) -> None:
        super().__init__(button)
        self._action, self._button = joined, button
        if not joined.icon().isNull():
            button.setIcon(joined.icon())
        if presses:
            joined.triggered.connect(self._press)
        if joined.isCheckable():
            button.toggled.connect(self._follow)
            self._follow(button.isChecked())
        joined.changed.connect(self._tell)
        self._tell()

    def _press(self, _checked: bool = False) -> None:
        self._button.click()
        if self._action.isCheckable():
            self._follow(self._button.isChecked())  # a greyed button stays as it is

    def _follow(self, checked: bool) -> None:
        self._action.setChecked(checked)

    def _tell(self) -> None:
        tip = tr(action(self._button.objectName()).tip)
        key = self._action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._button.setToolTip("{} ({})".format(tip, key) if key else tip)
