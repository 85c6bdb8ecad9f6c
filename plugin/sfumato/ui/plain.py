"""Text that servers and documents may have written, shown as it is and never taken for markup.

Qt guesses: a label or a tip whose text looks like HTML is laid out as HTML, which may open files.
"""

from html import escape
from typing import Optional

from sfumato_protocol.plain_text import printable

from ..qt import QLabel, Qt


def plain(text: str) -> str:
    """One line of it: line breaks are spaces, what commands a screen is an escape."""
    return printable(" ".join(text.split()))


def tip(*lines: str) -> str:
    """What to set as a tip, each line a paragraph. Escaped: Qt has no tips of plain text."""
    return "".join("<p>{}</p>".format(escape(plain(line))) for line in lines)


class PlainLabel(QLabel):
    """A label that wraps, for one sentence or several lines."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: Optional[str]) -> None:
        """Show text, whoever wrote it."""
        super().setText("\n".join(plain(line) for line in (text or "").split("\n")))
