"""Names of models as engines are listed: letters, digits, dots, dashes and lines, at most 64."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_LONGEST = 64


def name_of(place: Path) -> str:
    """A name for the model at `place`, from its file or folder."""
    stem = place.stem if place.suffix.lower() in (".safetensors", ".toml") else place.name
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()  # ö to o
    cleaned = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._")[:_LONGEST].rstrip("-._")
    return cleaned or "model"
