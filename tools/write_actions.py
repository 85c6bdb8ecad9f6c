"""Write `plugin/sfumato.action`, from which Krita takes names and shortcuts of the actions."""

from html import escape
from pathlib import Path

from sfumato.core.actions import ACTIONS, Action

TARGET = Path(__file__).resolve().parents[1] / "plugin" / "sfumato.action"
# activationFlags 0: enabled without a document too, so that a click can say what is missing.
_ELEMENT = """    <Action name="{id}">
      <icon>{icon}</icon>
      <text>{text}</text>
      <whatsThis>{tip}</whatsThis>
      <toolTip>{tip}</toolTip>
      <iconText>{text}</iconText>
      <activationFlags>0</activationFlags>
      <activationConditions>0</activationConditions>
      <shortcut>{shortcut}</shortcut>
      <isCheckable>{checkable}</isCheckable>
      <statusTip></statusTip>
    </Action>"""
_FILE = """<?xml version="1.0" encoding="UTF-8"?>
<ActionCollection version="2" name="Scripts">
  <Actions category="Scripts">
    <text>Sfumato</text>
{}
  </Actions>
</ActionCollection>
"""


def action_file() -> str:
    """What the file says, in English."""
    return _FILE.format("\n".join(_element(action) for action in ACTIONS))


def _element(action: Action) -> str:
    return _ELEMENT.format(
        id=action.id,
        icon=action.icon,
        text=escape(action.text, quote=False),
        tip=escape(action.tip, quote=False),
        shortcut=escape(action.shortcut, quote=False),
        checkable="true" if action.checkable else "false",
    )


if __name__ == "__main__":
    TARGET.write_text(action_file(), encoding="utf-8", newline="\n")
