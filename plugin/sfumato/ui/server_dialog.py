"""Asks for a server's address and token."""

from ..core.words import tr
from ..qt import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, Qt, QWidget
from .plain import PlainLabel


class ServerDialog(QDialog):
    """`address` and `token` hold what was typed once it is accepted.

    log: path of the plugin's log file, "" for none.
    """

    def __init__(self, address: str, token: str, parent: QWidget, log: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Sfumato server"))
        self._address = QLineEdit(address)
        self._token = QLineEdit(token)
        self._token.setEchoMode(QLineEdit.EchoMode.Password)
        self._token.setPlaceholderText(tr("from this computer's token file"))
        note = QLabel(
            tr(
                "Leave the token empty for a server on this computer. "
                "A server elsewhere names the file with its token when it starts."
            )
        )
        note.setWordWrap(True)
        buttons = QDialogButtonBox()
        buttons.addButton(QDialogButtonBox.StandardButton.Ok)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(tr("Address"), self._address)
        form.addRow(tr("Token"), self._token)
        form.addRow(note)
        self.log = PlainLabel(
            tr("The log for a report, without prompts and tokens: {}").format(log)
        )
        self.log.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.log.setVisible(bool(log))
        form.addRow(self.log)
        form.addRow(buttons)
        self.setMinimumWidth(420)

    @property
    def address(self) -> str:
        return self._address.text().strip()

    @property
    def token(self) -> str:
        return self._token.text().strip()
