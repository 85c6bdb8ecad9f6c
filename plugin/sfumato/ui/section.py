"""A part of the form that folds away under its heading."""

from typing import Dict, Iterable

from ..core.words import tr
from ..qt import QHBoxLayout, QSizePolicy, Qt, QToolButton, QVBoxLayout, QWidget, Signal
from .plain import PlainLabel

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
        self.heading.setCheckable(True)
        self.heading.setAutoRaise(True)
        self.heading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._summary = PlainLabel()
        self._summary.setWordWrap(False)
        self._summary.setEnabled(False)
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.body = QWidget()
        self._inside = QVBoxLayout(self.body)
        self._inside.setContentsMargins(_INDENT, 0, 0, GAP)
        self._inside.setSpacing(GAP)
        self._lay_out()
        self.heading.clicked.connect(self._toggle)
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
        return self.heading.isChecked()

    def open(self, on: bool) -> None:
        """Open or fold it; says nothing of it."""
        self.heading.setChecked(on)
        self.heading.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self.heading.setToolTip(tr("Fold this part away") if on else tr("Show this part"))
        self.body.setVisible(on)
        self._summary.setVisible(not on)

    def show_summary(self, text: str) -> None:
        """In a few words what is chosen in it."""
        self._summary.setText(text)
        self._summary.setToolTip("")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.heading)
        top.addWidget(self._summary, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.body)

    def _toggle(self, on: bool) -> None:
        self.open(on)
        self.toggled.emit(on)


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
