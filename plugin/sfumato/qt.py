"""The Qt names the plugin uses, spelt as in Qt 6, from whichever binding this Krita carries.

Krita 5 comes with PyQt5, Krita 6 with PyQt6; the wrong one must not even be tried, because newer
Kritas block its import. Outside Krita PyQt5 is taken.
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
    from PyQt5.QtCore import (
        QByteArray,
        QObject,
        QPointF,
        QRectF,
        QSize,
        Qt,
        QTimer,
    )
    from PyQt5.QtCore import pyqtSignal as Signal
    from PyQt5.QtGui import (
        QColor,
        QIcon,
        QImage,
        QPainter,
        QPalette,
        QPen,
        QPixmap,
        QRadialGradient,
    )
    from PyQt5.QtWidgets import (
        QAction,
        QApplication,
        QCheckBox,
        QComboBox,
        QDialog,
        QDialogButtonBox,
        QFormLayout,
        QFrame,
        QGridLayout,
        QHBoxLayout,
        QLabel,
        QLineEdit,
        QPlainTextEdit,
        QProgressBar,
        QPushButton,
        QScrollArea,
        QSizePolicy,
        QToolBar,
        QToolButton,
        QVBoxLayout,
        QWidget,
    )
else:
    from PyQt6.QtCore import (
        QByteArray,
        QObject,
        QPointF,
        QRectF,
        QSize,
        Qt,
        QTimer,
    )
    from PyQt6.QtCore import pyqtSignal as Signal
    from PyQt6.QtGui import (
        QAction,
        QColor,
        QIcon,
        QImage,
        QPainter,
        QPalette,
        QPen,
        QPixmap,
        QRadialGradient,
    )
    from PyQt6.QtWidgets import (
        QApplication,
        QCheckBox,
        QComboBox,
        QDialog,
        QDialogButtonBox,
        QFormLayout,
        QFrame,
        QGridLayout,
        QHBoxLayout,
        QLabel,
        QLineEdit,
        QPlainTextEdit,
        QProgressBar,
        QPushButton,
        QScrollArea,
        QSizePolicy,
        QToolBar,
        QToolButton,
        QVBoxLayout,
        QWidget,
    )

__all__ = [
    "IS_QT6",
    "QAction",
    "QApplication",
    "QByteArray",
    "QCheckBox",
    "QColor",
    "QComboBox",
    "QDialog",
    "QDialogButtonBox",
    "QFormLayout",
    "QFrame",
    "QGridLayout",
    "QHBoxLayout",
    "QIcon",
    "QImage",
    "QLabel",
    "QLineEdit",
    "QObject",
    "QPainter",
    "QPalette",
    "QPen",
    "QPixmap",
    "QPlainTextEdit",
    "QPointF",
    "QProgressBar",
    "QPushButton",
    "QRadialGradient",
    "QRectF",
    "QScrollArea",
    "QSize",
    "QSizePolicy",
    "QTimer",
    "QToolBar",
    "QToolButton",
    "QVBoxLayout",
    "QWidget",
    "Qt",
    "Signal",
]
