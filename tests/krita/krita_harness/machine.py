"""What the machine must have before a real Krita can be driven."""

import os
import shutil

WITHOUT = "SFUMATO_WITHOUT_KRITA"
NEEDED = {"krita": "krita", "kritarunner": "krita", "Xvfb": "xvfb", "xdotool": "xdotool"}
REMEDY = "apt-get install krita python3-pyqt5 xvfb xdotool"


def missing() -> str:
    """One line saying which programs are absent and what to do, "" if all are there."""
    absent = [program for program in NEEDED if shutil.which(program) is None]
    if not absent:
        return ""
    return (
        f"no {', '.join(absent)} on this machine: the Krita tests need them; run '{REMEDY}', "
        f"or set {WITHOUT}=1 where a machine may go without"
    )


def may_go_without() -> bool:
    """Whether the person running the tests said that this machine has no Krita."""
    return os.environ.get(WITHOUT, "") == "1"
