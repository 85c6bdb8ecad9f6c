"""Files that are no models, in every way that was thought of; and one that is."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import Any

UNET = "model.diffusion_model.input_blocks.0.0.weight"
TEXT = "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight"
DEEP = 100_000
GOOD = {
    UNET: {"dtype": "F16", "shape": [320, 4, 3, 3], "data_offsets": [0, 8]},
    TEXT: {"dtype": "F16", "shape": [49408, 768], "data_offsets": [8, 16]},
}


def safetensors(header: Any) -> bytes:
    """A file with this header, or these bytes as one, and 16 bytes of tensors."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + bytes(16)


def _with(**changes: Any) -> bytes:
    return safetensors({**GOOD, UNET: {**GOOD[UNET], **changes}})


def _files() -> dict[str, bytes]:
    shapes: list[Any] = [[], [320], [4, 4], None, 5, ["a"] * 4, [1.5] * 4, [-1] * 4, [320, 0, 3, 3],
              [320, 2**70, 3, 3], {}, [[[]]], [True] * 4, [320, 4096, 3, 3]]  # fmt: skip
    offsets: list[Any] = [[0, None], [None, 0], [], [0], [0, "x"], [0, 2**70], [8, 0], None, 7,
               [0, 1e400], [0, 1, 2], [-1, 3]]  # fmt: skip
    found = {f"shape-{n}": _with(shape=one) for n, one in enumerate(shapes)}
    found |= {f"offsets-{n}": _with(data_offsets=one) for n, one in enumerate(offsets)}
    headers: dict[str, Any] = {
        "list": [], "text": "x", "null": None, "number": 5, "empty": {}, "entries": {"a": 1},
        "nested": b"[" * DEEP, "nested-map": b'{"a":' * DEEP,
        "digits": b'{"a":' + b"9" * 9999 + b"}",
        "latin": b'{"\xe9": 1}', "nothing": b"", "nul": bytes(64),
    }  # fmt: skip
    found |= {f"header-{name}": safetensors(one) for name, one in headers.items()}
    found |= {"short": b"\x01", "endless": b"\xff" * 16, "none": b""}
    return {f"{name}.safetensors": data for name, data in found.items()}


def _settings() -> dict[str, bytes]:
    texts = {
        "deep": "a = " + "[" * 5000 + "]" * 5000,
        "user": 'model = "~nobody-of-that-name/x"',
        "long-path": f'model = "{"x" * 5000}"',
        "nul": 'model = "a\\u0000b"',
        "self": 'model = "self.toml"',
        "ring": 'model = "ring.safetensors"',
        "pipe": 'model = "pipe.safetensors"',
        "digits": 'model = "x"\nsteps = 0x' + "f" * 40_000,
        "lora": 'model = "good.safetensors"\n[[lora]]\nfile = "pipe.safetensors"',
        "config": 'model = "good.safetensors"\nconfig = "~nobody-of-that-name"',
        "config-file": 'model = "good.safetensors"\nconfig = "good.safetensors"',
        "large": "# " + "x" * (1 << 20),
        "values": 'model = "x"\ndevice = "\\u001b[31m"',
        "key": '"\\u001b[2J" = 1\nmodel = "x"',
    }
    found = {f"{name}.toml": text.encode() for name, text in texts.items()}
    return found | {"utf16.toml": texts["self"].encode("utf-16"), "latin.toml": b'title = "\xe9"'}


def _index(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "model_index.json").write_bytes(content)


def _folders(folder: Path) -> None:
    sd = {"_class_name": "StableDiffusionPipeline"}
    _index(folder / "index-deep", b'{"a":' * DEEP)
    _index(folder / "index-list", b"[]")
    _index(folder / "index-class", json.dumps({"_class_name": ["pipeline", "Mine"]}).encode())
    _index(folder / "index-part", json.dumps({**sd, "x" * 5000: ["diffusers", "X"]}).encode())
    _index(folder / "index-up", json.dumps({**sd, "../..": ["diffusers", "X"]}).encode())
    _index(folder / "index-odd", json.dumps({**sd, "unet": [["diffusers"], {}]}).encode())
    (folder / "index-pipe").mkdir()
    os.mkfifo(folder / "index-pipe" / "model_index.json")


def fill(folder: Path) -> set[str]:
    """Put all of it into `folder`, with two models "good" and "mark"; the names of what is none."""
    folder.mkdir(parents=True)
    for name, data in {**_files(), **_settings()}.items():
        (folder / name).write_bytes(data)
    _folders(folder)
    os.mkfifo(folder / "pipe.safetensors")
    os.mkfifo(folder / "tube.toml")
    (folder / "ring.safetensors").symlink_to("ring.safetensors")
    (folder / "round.toml").symlink_to("round.toml")
    (folder / "zero.safetensors").symlink_to("/dev/zero")
    (folder / "dangling.safetensors").symlink_to("nowhere")
    (folder / "old.ckpt").write_bytes(b"\x80\x04")
    (folder / os.fsdecode(b"caf\xe9\x1b[2J.safetensors")).write_bytes(b"")
    spoiled = {path.name for path in folder.iterdir()}
    (folder / "good.safetensors").write_bytes(safetensors(GOOD))
    (folder / os.fsdecode(b"named \xe9.safetensors")).write_bytes(safetensors(GOOD))
    (folder / "mark.toml").write_text('\ufeffmodel = "good.safetensors"\ntitle = "Mark"\n')
    return spoiled
