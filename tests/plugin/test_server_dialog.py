import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QWidget

from sfumato.ui.server_dialog import ServerDialog

pytestmark = pytest.mark.usefixtures("application")


def test_it_hands_back_what_was_typed_without_blanks() -> None:
    parent = QWidget()
    dialog = ServerDialog("ws://a", "secret", parent)
    assert dialog.log.isHidden()
    assert (dialog.address, dialog.token) == ("ws://a", "secret")
    address, token = dialog.findChildren(QLineEdit)
    assert token.echoMode() == QLineEdit.EchoMode.Password
    address.setText(" ws://b ")
    token.setText("\tother\n")
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert ok is not None
    ok.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert (dialog.address, dialog.token) == ("ws://b", "other")


def test_it_tells_where_the_log_lies() -> None:
    parent = QWidget()
    dialog = ServerDialog("ws://a", "", parent, "/home/<b>ada</b>/sfumato/plugin.log")
    assert dialog.log.text().endswith(": /home/<b>ada</b>/sfumato/plugin.log")
    assert dialog.log.textFormat() == Qt.TextFormat.PlainText
    assert not dialog.log.isHidden()
