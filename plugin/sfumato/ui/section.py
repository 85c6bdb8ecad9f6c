"""A part of the form that folds away under its heading."""

from typing import Dict, Iterable

from ..core.words import tr
from ..qt import QFrame, QHBoxLayout, Qt, QToolButton, QVBoxLayout, QWidget, Signal
from .elided import Elided

GAP = 3  # px between controls, as in Krita's own dockers
_INDENT = 6


class Section(QWidget):
    """name: under which it is remembered whether it is open. Hidden as long as it holds nothing.

    toggled: the artist opened or folded it. While it is folded its heading tells a summary.
    """

    toggled = Signal(bool)

    def __init__(self, name: str, title: str, widgets: Iterable[QWidget], opened: bool) -> None:
        super().__init__()
        self.name = name
        self.heading = QToolButton()
        self.heading.setText(title)
        self.heading.setAccessibleName(title)
        self.heading.setAutoRaise(True)
        self.heading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._opened = opened
        self._summary = Elided()
        self._summary.setEnabled(False)
        self._line = QFrame()
        self._line.setFrameShape(QFrame.Shape.HLine)
        self._line.setFrameShadow(QFrame.Shadow.Sunken)
        self.body = QWidget()
        self._inside = QVBoxLayout(self.body)
        self._inside.setContentsMargins(_INDENT, 0, 0, GAP)
        self._inside.setSpacing(GAP)
        self._lay_out()
        self.heading.clicked.connect(lambda _checked: self._toggle())
        self.open(opened)
        for widget in widgets:
            self._inside.addWidget(widget)
        if self._inside.count() == 0:
            self.hide()

    def add(self, widget: QWidget) -> None:
        """Put a widget under what is there."""
        self._inside.addWidget(widget)
        if self.parent() is not None:  # or else it would be a window
            self.show()

    def opened(self) -> bool:
        """Whether it shows what it holds."""
        return self._opened

    def open(self, on: bool) -> None:
        """Open or fold it; says nothing of it."""
        self._opened = on
        self.heading.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self.body.setVisible(on)
        self._summary.setVisible(not on)
        self._line.setVisible(on)
        self.heading.setAccessibleDescription(tr("open") if on else tr("folded"))

    def show_summary(self, text: str) -> None:
        """In a few words what is chosen in it."""
        self._summary.setText(text)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.heading)
        top.addWidget(self._summary, 1)
        top.addWidget(self._line, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.body)

    def _toggle(self) -> None:
        self.open(not self._opened)
        self.toggled.emit(self._opened)


class Sections(QWidget):
    """changed: which are open, as text that `show_state` takes."""

    changed = Signal(str)

    def __init__(self, sections: Iterable[Section]) -> None:
        super().__init__()
        self._by_name: Dict[str, Section] = {section.name: section for section in sections}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        for section in self._by_name.values():
            layout.addWidget(section)
            section.toggled.connect(lambda _on: self.changed.emit(self.state()))
        layout.addStretch(1)

    def __getitem__(self, name: str) -> Section:
        return self._by_name[name]

    def state(self) -> str:
        """Each section's name with + if it is open, else with -."""
        return " ".join(
            name + ("+" if section.opened() else "-") for name, section in self._by_name.items()
        )

    def show_state(self, text: str) -> None:
        """Open and fold as `state` told; unknown names are left out, others stay as they are."""
        for word in text.split():
            section = self._by_name.get(word[:-1])
            if section is not None and word[-1] in "+-":
                section.open(word[-1] == "+")
