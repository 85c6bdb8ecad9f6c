"""Writes out a family's configuration as the folder that diffusers reads."""

from __future__ import annotations

import json
import lzma
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_START, _END = "<|startoftext|>", "<|endoftext|>"
_CLIP_LENGTH = 77


@contextmanager
def unfolded(family: str, channels: int) -> Iterator[Path]:
    """A folder with the configuration of "sd" or "sdxl", its UNet taking `channels` in.

    It is gone when the context ends.
    """
    files: dict[str, Any] = json.loads((_HERE / f"{family}.json").read_text(encoding="utf-8"))
    files["unet/config.json"]["in_channels"] = channels
    with tempfile.TemporaryDirectory(prefix="sfumato-config-") as name:
        folder = Path(name)
        for path, content in files.items():
            _write(folder / path, content)
        _write_tokenizer(folder / "tokenizer", pad=_END)
        if family == "sdxl":
            _write_tokenizer(folder / "tokenizer_2", pad="!")
        yield folder


def _write_tokenizer(folder: Path, pad: str) -> None:
    merges = lzma.decompress((_HERE / "clip_merges.txt.xz").read_bytes()).decode("utf-8")
    _write(folder / "vocab.json", {word: place for place, word in enumerate(_words(merges))})
    (folder / "merges.txt").write_text("#version: 0.2\n" + merges, encoding="utf-8")
    special = {"bos_token": _START, "eos_token": _END, "unk_token": _END, "pad_token": pad}
    _write(folder / "special_tokens_map.json", special)
    settings = {"tokenizer_class": "CLIPTokenizer", "model_max_length": _CLIP_LENGTH}
    _write(folder / "tokenizer_config.json", {**settings, **special, "do_lower_case": True})


def _words(merges: str) -> list[str]:
    """CLIP's 49 408 words in order: bytes, bytes that end a word, merges, the two marks."""
    # Byte-level BPE writes printable bytes as themselves, then the others as chr(256), chr(257) …
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(code) for code in printable]
    letters += [chr(256 + place) for place in range(256 - len(printable))]
    merged = [line.replace(" ", "") for line in merges.splitlines()]
    return [*letters, *(f"{letter}</w>" for letter in letters), *merged, _START, _END]


def _write(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")
