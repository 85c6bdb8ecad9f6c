"""The Sfumato server: runs ladders of inpainting passes for its clients."""

__version__ = "0.1.0"
