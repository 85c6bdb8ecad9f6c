"""Sfumato: inpaint a selection through a ladder of passes, each one a masked layer."""

__version__ = "0.1.0"

try:
    from krita import Krita  # only Krita has it: anywhere else there is nothing to register
except ImportError:
    pass
else:
    from .extension import register

    register(Krita.instance())
