"""Stable Diffusion 1.5 and XL for inpainting with random weights, full size or narrowed for a CPU.

Speed does not depend on what the weights are, so nothing is downloaded.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from sfumato_server.engines.diffusion.configurations.unfold import unfolded

NARROWER = 10  # of the small ones' widths


def build(family: str, channels: int, folder: Path, is_small: bool, half: bool) -> Path:
    """Write a model of "sd" or "sdxl" as a diffusers folder; the folder. channels: 9 or 4."""
    import diffusers
    import torch
    import transformers

    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
    with unfolded(family, channels) as configuration:
        if is_small:
            _narrow(configuration)
        index = json.loads((configuration / "model_index.json").read_text(encoding="utf-8"))
        parts = {
            part: _made(configuration / part, *kind) if kind[0] else None
            for part, kind in index.items()
            if isinstance(kind, list)
        }
    pipeline = getattr(diffusers, index["_class_name"])(**parts, **_extra(family))
    pipeline.to(torch.float16 if half else torch.float32)
    pipeline.save_pretrained(folder)
    return folder


def _extra(family: str) -> dict[str, bool]:
    return {"requires_safety_checker": False} if family == "sd" else {"add_watermarker": False}


def _made(folder: Path, library: str, name: str) -> Any:
    kind = getattr(importlib.import_module(library), name)
    if "Tokenizer" in name:
        return kind.from_pretrained(folder)
    if library == "transformers":
        return kind(kind.config_class.from_pretrained(folder))
    return kind.from_config(kind.load_config(folder))


def _narrow(configuration: Path) -> None:
    """Make every layer `NARROWER` times narrower, roughly, keeping their number and proportions."""
    for part in ("unet", "vae", "text_encoder", "text_encoder_2"):
        file = configuration / part / "config.json"
        if not file.exists():
            continue
        config = json.loads(file.read_text(encoding="utf-8"))
        if "block_out_channels" in config:
            widths = [width // NARROWER // 8 * 8 or 8 for width in config["block_out_channels"]]
            config |= {"block_out_channels": widths, "norm_num_groups": 8}
        if part == "unet":
            is_xl = isinstance(config["attention_head_dim"], list)
            config |= {"attention_head_dim": [1, 2, 4] if is_xl else 4}
            config["cross_attention_dim"] = 96 + 160 if is_xl else 96
            if is_xl:
                config["projection_class_embeddings_input_dim"] = 6 * 256 + 160
        if "hidden_size" in config:
            width = 96 if config["hidden_size"] == 768 else 160
            config |= {"hidden_size": width, "projection_dim": width}
            config |= {"intermediate_size": 4 * width, "num_attention_heads": 4}
        file.write_text(json.dumps(config), encoding="utf-8")
