"""The header of a .safetensors file, read without torch: names, types and shapes of its tensors.

The format: an 8-byte little-endian length, that many bytes of JSON, then the tensors' bytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sfumato_protocol import small_files

from ..base import EngineError

PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle")
_MOST = 16 * 1024 * 1024  # of a header; those of the largest models have less than one million
_LARGEST = 2**48  # of a side, and of a file


def shapes(file: Path) -> Mapping[str, tuple[int, ...]]:
    """Tensor name to shape. Raises `EngineError` for pickles, broken and truncated files."""
    refuse_pickle(file)
    try:
        with small_files.open_regular(file) as opened:
            start = opened.read(8)
            (length,) = struct.unpack("<Q", start) if len(start) == 8 else (0,)
            header = json.loads(opened.read(length) if 2 <= length <= _MOST else b"")
        size = file.stat().st_size
        tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
        end = max((_end(entry["data_offsets"]) for entry in tensors.values()), default=0)
        found = {name: _shape(entry["shape"]) for name, entry in tensors.items()}
    except OSError as error:
        raise EngineError(f"{file}: cannot be read: {error.strerror or error}.") from error
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise EngineError(
            f"{file}: is no safetensors file, its header cannot be understood. Download it again."
        ) from error
    if size < 8 + length + end:
        raise EngineError(
            f"{file}: is cut short: {size} bytes of {8 + length + end}. Download it again."
        )
    return found


def _end(offsets: Any) -> int:
    begin, end = offsets
    return _whole(end, _whole(begin, 0))


def _shape(sides: Any) -> tuple[int, ...]:
    return tuple(_whole(side, 0) for side in sides)


def _whole(value: Any, least: int) -> int:
    if type(value) is not int or not least <= value <= _LARGEST:
        raise ValueError("no whole number where one is due")
    return value


def refuse_pickle(file: Path) -> None:
    """Raise `EngineError` unless `file` is named .safetensors, in small letters: by anything else
    the libraries take it for a pickle."""
    suffix = file.suffix.lower()
    if suffix in PICKLES:
        raise EngineError(
            f"{file}: {suffix} files can run any program when they are opened, so they are "
            "refused. Get the model as .safetensors."
        )
    if file.suffix != ".safetensors":
        hint = " Rename it." if suffix == ".safetensors" else ""
        raise EngineError(f"{file}: expected a file whose name ends in .safetensors.{hint}")
