"""Qt's names, spelt as in Qt 6, from whichever binding this Krita carries.

Krita 5 comes with PyQt5, Krita 6 with PyQt6; the wrong one must not even be tried, because newer
Kritas block its import. Outside Krita PyQt5 is taken. All names come, because both bindings spell
them alike; each module imports those it uses, and a test looks for them in both.
"""

import importlib
from typing import TYPE_CHECKING


def _is_qt6() -> bool:
    try:
        pykrita = importlib.import_module("pykrita")  # Krita's own; absent anywhere else
    except ImportError:
        return False
    return bool(getattr(pykrita, "qt_major_version", lambda: 5)() == 6)


IS_QT6 = _is_qt6()

if TYPE_CHECKING or not IS_QT6:
    from PyQt5.QtCore import *
    from PyQt5.QtGui import *  # type: ignore[assignment]  # qFuzzyCompare is there twice
    from PyQt5.QtWidgets import *
else:
    from PyQt6.QtCore import *
    from PyQt6.QtGui import *
    from PyQt6.QtWidgets import *

Signal = pyqtSignal
